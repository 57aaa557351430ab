import type { KubeObject } from '../../services/ports.ts';
import type { SimulatedCluster } from '../cluster.ts';
import { stringAt } from '../kube/json.ts';
import { LEASES } from '../kube/kinds.ts';
import { patched } from '../kube/store.ts';
import { note } from './journal.ts';

/** controller-runtime’s own; it renews every two seconds, which nobody here would see the difference of. */
const LEASE_SECONDS = 15;
const RENEW_MS = 10_000;
const RETRY_MS = 2000;

export interface LeaderElection {
  isLeading(): boolean;
  /** The pod ends: it lets the lock go, so that the next one need not wait. */
  stop(): void;
}

/**
 * Takes part in the election by a Lease, as operators since 1.0 do: leads at once where nobody holds the lock or who
 * held it let it lapse, and waits else. `onLead` is called each time it begins to lead.
 */
export function electLeader(
  cluster: SimulatedCluster,
  pod: KubeObject,
  name: string,
  onLead: () => void,
): LeaderElection {
  const { namespace = 'default' } = pod.metadata;
  const identity = `${pod.metadata.name}_${pod.metadata.uid ?? ''}`;
  let isStopped = false;
  let isLeading = false;

  const write = (holderIdentity: string) => {
    const renewTime = microTime(cluster.now());
    const before = leaseOf();
    const spec = { holderIdentity, leaseDurationSeconds: LEASE_SECONDS, renewTime };
    if (before === undefined)
      cluster.write(LEASES, { metadata: { name, namespace }, spec: { ...spec, acquireTime: renewTime } });
    else cluster.store.put(LEASES, patched(before, { spec }));
  };
  const leaseOf = () => cluster.store.get(LEASES, namespace, name);
  const isHeldByOther = () => {
    const lease = leaseOf();
    const holder = stringAt(lease, 'spec', 'holderIdentity') ?? '';
    const renewedMs = Date.parse(stringAt(lease, 'spec', 'renewTime') ?? '');
    return holder !== '' && holder !== identity && cluster.now() - renewedMs < LEASE_SECONDS * 1000;
  };

  const turn = () => {
    if (isStopped) return;
    if (cluster.condition.isLockForbidden) {
      isLeading = false;
      const who = `system:serviceaccount:${namespace}:${stringAt(pod, 'spec', 'serviceAccountName') ?? 'default'}`;
      note(
        cluster,
        pod,
        `E leaderelection.go:429] Failed to update lock: leases.coordination.k8s.io "${name}" is forbidden: User "${who}" cannot update resource "leases" in API group "coordination.k8s.io" in the namespace "${namespace}"`,
      );
      cluster.after(RETRY_MS, turn);
      return;
    }
    if (isHeldByOther()) {
      isLeading = false;
      cluster.after(RETRY_MS, turn);
      return;
    }
    write(identity);
    cluster.after(RENEW_MS, turn);
    if (isLeading) return;
    isLeading = true;
    onLead();
  };
  turn();

  return {
    // Who cannot renew the lock does nothing more, also before it is next due.
    isLeading: () => isLeading && !cluster.condition.isLockForbidden,
    stop: () => {
      isStopped = true;
      if (isLeading && !cluster.condition.isLockForbidden && leaseOf() !== undefined) write('');
      isLeading = false;
    },
  };
}

/** RFC 3339 with six digits, as a Lease has it. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace(/Z$/, '000Z');
}
