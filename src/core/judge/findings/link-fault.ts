import type { Candidate, FailureKind } from '../../../api/evidence.ts';
import { isLinkDown, isSettling, type Scene } from '../scene.ts';
import { servingOf } from '../states.ts';
import { countWords } from '../words.ts';

export type LinkFault =
  | 'wrong-cluster'
  | 'denied'
  | 'token-missing'
  | 'token-unreadable'
  | 'token-rejected'
  | 'protocol'
  | 'tls'
  | 'pending-address'
  | 'no-address'
  | 'lost'
  | 'dial-fails';

/** A Broker is expected here: its resource or its workload exists. */
export function isBrokerExpected(scene: Scene): boolean {
  return scene.resource.broker !== undefined || scene.workload.broker !== undefined;
}

/** The ways that were tried and did not lead to the Broker, in words. */
export function routeWords(scene: Scene): string {
  const failed = scene.link.candidates.filter((candidate) => candidate.outcome === 'failed');
  const each = failed
    .map((candidate) => `${candidate.address} (${candidate.failure?.kind ?? 'failed'})`)
    .join(', ');
  const reason = scene.link.failure?.message;
  if (failed.length === 0) return reason ?? `link ${scene.link.state}`;
  return `${countWords(failed.length, 'route')} tried, 0 answered: ${each}`;
}

/**
 * Ways that lead to this cluster's Broker if they lead anywhere. What answers at a ClusterIP seen from outside, at the
 * Docker host or on a node may be anything, so its refusal tells nothing of our Broker.
 */
function isTelling(scene: Scene, candidate: Candidate): boolean {
  if (candidate.kind === 'external' || candidate.kind === 'port-forward') return true;
  return candidate.kind === 'internal' && scene.evidence.isServerInCluster;
}

function kindsOf(scene: Scene): ReadonlySet<FailureKind> {
  const { link } = scene;
  const failed = link.candidates.filter((candidate) => candidate.outcome === 'failed');
  if (failed.length === 0) return new Set(link.failure === undefined ? [] : [link.failure.kind]);
  return new Set(
    failed.flatMap((one) => (one.failure !== undefined && isTelling(scene, one) ? [one.failure.kind] : [])),
  );
}

/** The API server refuses to forward a port, so that way never was one. */
export function isForwardBarred(scene: Scene): boolean {
  return scene.link.candidates.some(
    (candidate) => candidate.kind === 'port-forward' && candidate.failure?.kind === 'forbidden',
  );
}

/** It had been connected: something came over it, or a way had answered. */
function wasConnected(scene: Scene): boolean {
  const { link } = scene;
  return (
    link.messages > 0 || (link.state === 'lost' && link.candidates.some((one) => one.outcome === 'answered'))
  );
}

function addressFault(scene: Scene): 'pending-address' | 'no-address' | undefined {
  const services = scene.services?.filter((service) => service.role === 'broker') ?? [];
  if (scene.evidence.isServerInCluster || services.length === 0) return undefined;
  const hasAddress =
    services.some((service) => service.externalAddresses.length > 0 || service.type === 'NodePort') ||
    scene.resource.broker?.endpoint?.external !== undefined;
  if (hasAddress) return undefined;
  return services.some((service) => service.type === 'LoadBalancer') ? 'pending-address' : 'no-address';
}

/** Why this server has no link to a Broker that itself works; undefined when it has one, or the Broker does not. */
export function linkFault(scene: Scene): LinkFault | undefined {
  const { link, evidence } = scene;
  if (scene.isApiDown || !isBrokerExpected(scene) || !isLinkDown(scene)) return undefined;
  if (servingOf(scene, 'broker')?.isServing === false) return undefined;
  if (link.proof === 'mismatch' && link.state === 'connected') return 'wrong-cluster';
  // It let us in, and cut us off for what we asked to read; a refused port-forward is told by its own way.
  if (link.failure?.kind === 'forbidden' && link.candidates.some((one) => one.outcome === 'answered'))
    return 'denied';
  const kinds = kindsOf(scene);
  if (kinds.has('auth') || kinds.has('unauthorized')) {
    if (evidence.brokerToken.status === 'seen' && !evidence.brokerToken.value.isPresent)
      return 'token-missing';
    if (link.token === 'unreadable' || evidence.brokerToken.status === 'failed') return 'token-unreadable';
    return 'token-rejected';
  }
  if (kinds.has('wrong-cluster')) return 'wrong-cluster';
  if (kinds.has('protocol')) return 'protocol';
  if (kinds.has('tls')) return 'tls';
  if (isSettling(scene, 'broker')) return undefined;
  const address = !wasConnected(scene) || isForwardBarred(scene) ? addressFault(scene) : undefined;
  if (address !== undefined) return address;
  if (wasConnected(scene)) return 'lost';
  return link.failure !== undefined || link.candidates.some((candidate) => candidate.outcome === 'failed')
    ? 'dial-fails'
    : undefined;
}
