import type { KubeObject } from '../../../services/ports.ts';
import type { SimulatedCluster } from '../../cluster.ts';
import { isObject, listAt, numberAt, stringAt } from '../../kube/json.ts';
import { SERVICES } from '../../kube/kinds.ts';
import { patched } from '../../kube/store.ts';
import type { Denial } from '../../kube/access.ts';
import { resourceKeys } from './acts.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** One of its own, so that mending takes away what the fault did and nothing else. */
const BARRED: Denial = { verbs: ['create', 'get'], group: '', resource: 'pods/portforward' };

/** The identity may no longer open ports through the API server, which else is the way when no other is left. */
export function barPortForward({ condition }: SimulatedCluster): void {
  condition.denials = [...condition.denials, BARRED];
}

export function allowPortForward({ condition }: SimulatedCluster): void {
  condition.denials = condition.denials.filter((denial) => denial !== BARRED);
}

/** Cuts every connection to the Broker but MeshSync’s, which does not come from outside. */
export function cutOutside(cluster: SimulatedCluster): void {
  for (const server of cluster.brokers.values())
    server.kick('meshsync', { kind: 'unavailable', message: 'The connection was cut.' });
}

/** Merges a patch into every resource of a kind, as a person with `kubectl patch` would. */
export function patchResources(cluster: SimulatedCluster, plural: string, patch: JsonObject): void {
  for (const key of resourceKeys(cluster, plural)) {
    for (const resource of cluster.store.all(key)) cluster.store.put(key, patched(resource, patch));
  }
}

/** Takes a resource away and leaves what was made for it: its finalizers go first, its dependants are orphaned. */
export function orphanResources(cluster: SimulatedCluster, plural: string): void {
  for (const key of resourceKeys(cluster, plural)) {
    for (const resource of cluster.store.all(key)) {
      const metadata = { ...resource.metadata, finalizers: [] };
      const released = cluster.store.put(key, { ...resource, metadata });
      cluster.deletion.request(key, released, 'Orphan');
    }
  }
}

/** Services of the Broker: those that serve its client port. */
export function brokerServices(cluster: SimulatedCluster): KubeObject[] {
  return cluster.store
    .all(SERVICES)
    .filter((service) => listAt(service, 'spec', 'ports').some((port) => numberAt(port, 'port') === 4222));
}

/** Lets the client port of the Broker’s Services lead to a port of its pods. */
export function leadClientPortTo(cluster: SimulatedCluster, targetPort: number): void {
  for (const service of brokerServices(cluster)) {
    const ports = listAt(service, 'spec', 'ports').map((port) =>
      isObject(port) && numberAt(port, 'port') === 4222 ? { ...port, targetPort } : port,
    );
    cluster.store.put(SERVICES, patched(service, { spec: { ports } }));
  }
}

/** Workloads of one kind that have a container of this name. */
export function workloadsWith(cluster: SimulatedCluster, key: string, container: string): KubeObject[] {
  return cluster.store
    .all(key)
    .filter((workload) =>
      listAt(workload, 'spec', 'template', 'spec', 'containers').some(
        (entry) => stringAt(entry, 'name') === container,
      ),
    );
}
