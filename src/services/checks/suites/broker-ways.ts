import type { Candidate, Link } from '../../../api/evidence.ts';
import { forwardedMonitor } from '../../link/candidates.ts';
import { BrokerError, ClusterError } from '../../ports.ts';
import type { Outcome } from '../engine.ts';
import { type CheckScene, fail, pass, skip, warn } from './scene.ts';

const HEALTH_LIMIT_MS = 3000;
/** Completes “It answers …”. */
export const WAY_WORDS: Readonly<Record<Candidate['kind'], string>> = {
  internal: 'at its address inside the cluster',
  external: 'at its external address',
  'docker-host': 'at the Docker host',
  'api-host': 'at the host of the API server',
  'port-forward': 'through the API server',
};

/** One way by itself. What failed and is not needed, since another answered, is no fault. */
export function judgeCandidate(link: Link, kind: Candidate['kind']): Outcome {
  const own = link.candidates.filter((one) => one.kind === kind);
  const first = own[0];
  if (first === undefined) return skip('there is no such way here');
  const answered = own.find((one) => one.outcome === 'answered');
  if (answered !== undefined) {
    const tookMs = answered.latencyMs;
    return pass(`${answered.address}${tookMs === undefined ? '' : ` in ${Math.round(tookMs)} ms`}`);
  }
  const lines = own.map((one) => `${one.address}: ${one.failure?.message ?? one.outcome}`);
  const failed = own.find((one) => one.outcome === 'failed');
  if (link.state === 'connected') {
    return skip(
      `not needed, since ${link.chosen ?? 'another way'} answers${failed === undefined ? '' : `; ${failed.failure?.message ?? 'it failed'}`}`,
    );
  }
  if (failed === undefined) return skip(first.failure?.message ?? 'it was not tried yet');
  // That nothing answers is told once, by the check before this one.
  return warn(failed.failure?.message ?? 'it failed', { evidence: lines });
}

/** Asks /healthz of a pod of the Broker through the API server, since the port is seldom open otherwise. */
export async function askHealth(scene: CheckScene, signal: AbortSignal): Promise<Outcome> {
  const { pods } = scene.target.evidence();
  const api = scene.target.api();
  const pod =
    pods.status === 'seen' ? pods.value.find((one) => one.role === 'broker' && one.ready) : undefined;
  if (api === undefined || pod === undefined) return skip('no pod of it is ready to be asked');
  try {
    const answer = await scene.brokers.monitor(
      { route: forwardedMonitor(api, pod), path: '/healthz', timeoutMs: HEALTH_LIMIT_MS },
      signal,
    );
    const status =
      typeof answer === 'object' && answer !== null && 'status' in answer ? String(answer.status) : 'unclear';
    return status === 'ok'
      ? pass('/healthz says ok')
      : fail(`/healthz says ${status}`, { remedy: 'Read the log of the Broker; redeploy it if it stays.' });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BrokerError || error instanceof ClusterError)) throw error;
    const { kind, message } = error.failure;
    return kind === 'forbidden'
      ? { ...skip(`it cannot be asked: ${message}`), skippedBecause: 'kubernetes-may-forward' }
      : warn(message, { remedy: 'Read the log of the Broker; redeploy it if it stays.' });
  }
}
