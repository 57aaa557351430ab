import type { KubeObject } from '../../services/ports.ts';
import type { SimulatedCluster } from '../cluster.ts';
import { EVENTS } from '../kube/kinds.ts';
import { timestamp } from '../kube/store.ts';

/** A Kubernetes event about an object; one object per reason, counted up as the real recorder does. */
export function tell(
  cluster: SimulatedCluster,
  about: KubeObject,
  reason: string,
  message: string,
  component = 'kubelet',
): void {
  const { name, namespace, uid } = about.metadata;
  const eventName = `${name}.${reason.toLowerCase()}`;
  const known = cluster.store.get(EVENTS, namespace, eventName);
  const at = timestamp(cluster.now());
  const count = typeof known?.['count'] === 'number' ? known['count'] + 1 : 1;
  cluster.write(EVENTS, {
    metadata: { name: eventName, ...(namespace === undefined ? {} : { namespace }) },
    type: 'Warning',
    reason,
    message,
    count,
    firstTimestamp: known?.['firstTimestamp'] ?? at,
    lastTimestamp: at,
    involvedObject: { apiVersion: about.apiVersion ?? 'v1', kind: about.kind ?? 'Pod', name, namespace, uid },
    source: { component },
  });
}
