import type { SimulatedCluster } from '../../cluster.ts';
import { DEPLOYMENTS, LEASES, PODS } from '../../kube/kinds.ts';
import { patched } from '../../kube/store.ts';
import { podsWith } from './acts.ts';
import type { Fault } from './fault.ts';

/** A leader renews its lock every few seconds. */
const LAPSED_MS = 600_000;

/** The Operator looks ready and does nothing: it waits for a lock that it may not take. */
export const leaderLockForbidden: Fault = {
  name: 'leader-lock-forbidden',
  title: 'Take the leader lock away from the Operator',
  story:
    'The role for the Lease is gone, and the Operator was restarted: the lock is still held by its former pod, so it waits, looks ready, and does not make the Deployment of MeshSync again that somebody deleted.',
  shows: ['MT-M-15'],
  inject: ({ cluster }) => {
    cluster.condition.isLockForbidden = true;
    lapse(cluster);
    for (const pod of podsWith(cluster, 'manager')) cluster.deletion.request(PODS, pod, 'Background');
    for (const workload of cluster.store.all(DEPLOYMENTS))
      if (workload.metadata.name.endsWith('-meshsync'))
        cluster.deletion.request(DEPLOYMENTS, workload, 'Background');
  },
  repair: ({ cluster }) => {
    cluster.condition.isLockForbidden = false;
  },
};

/** The last renewal was long ago, by a pod that will not come back. */
function lapse(cluster: SimulatedCluster): void {
  for (const lease of cluster.store.all(LEASES)) {
    const renewTime = new Date(cluster.now() - LAPSED_MS).toISOString();
    cluster.store.put(LEASES, patched(lease, { spec: { renewTime } }));
  }
}
