import type { ClusterApi, KubeObject } from '../../ports.ts';
import type { Outcome } from '../engine.ts';
import { pass, warn } from './scene.ts';

/** A lock that nobody renewed for so long is held by nobody; leaders renew every few seconds. */
const RENEWED_WITHIN_MS = 60_000;
/** Where operators before 1.0 keep who leads, as JSON. */
const LOCK_ANNOTATION = 'control-plane.alpha.kubernetes.io/leader';

const REMEDY_OF_LAPSED =
  'Read the log of the Operator: it says why it does not take the lock. Install the Operator again if a role is missing, or redeploy it.';

/** By what one of several Operators leads. */
export interface LeaderLock {
  readonly kind: 'Lease' | 'ConfigMap';
  readonly name: string;
  readonly holder: string | undefined;
  readonly renewedMs: number;
}

/** The Lease (operators since 1.0), or else the ConfigMap (those before); undefined when there is neither. */
export async function findLeaderLock(
  api: ClusterApi,
  namespace: string,
  signal: AbortSignal,
): Promise<LeaderLock | undefined> {
  const leases = await api.list(
    { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', isNamespaced: true },
    { namespace, limit: 100 },
    signal,
  );
  const lease = leases.items.find((one) => one.metadata.name.includes('operator'));
  if (lease !== undefined) return lockOf('Lease', lease, JSON.stringify(lease['spec'] ?? {}));
  const maps = await api.list(
    { group: '', version: 'v1', plural: 'configmaps', isNamespaced: true },
    { namespace, limit: 100, isMetadataOnly: true },
    signal,
  );
  for (const map of maps.items) {
    const text = map.metadata.annotations?.[LOCK_ANNOTATION];
    if (text !== undefined) return lockOf('ConfigMap', map, text);
  }
  return undefined;
}

function lockOf(kind: LeaderLock['kind'], { metadata }: KubeObject, record: string): LeaderLock {
  const holder = /"holderIdentity":\s*"([^"]*)"/.exec(record)?.[1];
  const renewed = /"renewTime":\s*"([^"]+)"/.exec(record)?.[1];
  return {
    kind,
    name: metadata.name,
    holder: holder === '' ? undefined : holder,
    renewedMs: renewed === undefined ? Number.NaN : Date.parse(renewed),
  };
}

/**
 * Judges who leads. Pure. `pods` are those of the Operator, undefined where they cannot be seen: a lock whose holder is
 * none of them is held by nobody, however lately it was renewed.
 */
export function judgeLeaderLock(
  lock: LeaderLock | undefined,
  nowMs: number,
  pods: readonly string[] | undefined,
): Outcome {
  if (lock === undefined) return pass('it elects no leader: neither a Lease nor a ConfigMap is there');
  const { kind, name, holder, renewedMs } = lock;
  const remedy = 'Redeploy the Operator.';
  if (holder === undefined) return warn(`nobody holds the ${kind} ${name}`, { remedy });
  const ageMs = nowMs - renewedMs;
  // `<pod>_<a random word>`, by the convention of client-go.
  const isGone = pods !== undefined && !pods.includes(holder.split('_')[0] ?? '');
  const gone = isGone ? ', which is no pod of the Operator any more,' : '';
  if (ageMs > RENEWED_WITHIN_MS || Number.isNaN(ageMs)) {
    const when = Number.isNaN(ageMs) ? 'at an unknown time' : `${Math.round(ageMs / 1000)} s ago`;
    return warn(`${holder}${gone} held the ${kind} ${name} last ${when}`, { remedy: REMEDY_OF_LAPSED });
  }
  if (isGone) return warn(`${holder}${gone} holds the ${kind} ${name}; it lapses by itself`, { remedy });
  return pass(`${holder} holds the ${kind} ${name}`);
}
