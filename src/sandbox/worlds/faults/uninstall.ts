import type { KubeObject } from '../../../services/ports.ts';
import type { SimulatedCluster } from '../../cluster.ts';
import type { Installation } from '../../controllers/install.ts';
import { stringAt } from '../../kube/json.ts';
import { DEFINITIONS, DEPLOYMENTS, SERVICES, STATEFUL_SETS } from '../../kube/kinds.ts';
import { patched } from '../../kube/store.ts';

const GROUPS = ['meshplay.khulnasoft.com', 'meshery.io', 'meshery.layer5.io'];

/** The definitions of Broker and MeshSync, of every group they ever had. */
export function ourDefinitions(cluster: SimulatedCluster): KubeObject[] {
  return cluster.store
    .definitions()
    .filter((definition) => GROUPS.includes(stringAt(definition, 'spec', 'group') ?? ''));
}

/** Deletes the definitions of one group or of all; `isForced` takes the finalizers of the resources away first. */
export function removeDefinitions(
  cluster: SimulatedCluster,
  options: { group?: string; isForced?: boolean } = {},
): void {
  for (const definition of ourDefinitions(cluster)) {
    const group = stringAt(definition, 'spec', 'group') ?? '';
    if (options.group !== undefined && group !== options.group) continue;
    const key = `${group}/${stringAt(definition, 'spec', 'names', 'plural') ?? ''}`;
    if (options.isForced === true) {
      for (const resource of cluster.store.all(key)) {
        const freed = cluster.store.put(key, patched(resource, { metadata: { finalizers: [] } }));
        cluster.deletion.request(key, freed, 'Background');
      }
    }
    cluster.deletion.request(DEFINITIONS, definition, 'Background');
  }
}

/** Removes everything of an installation at once, whether its Operator helps or not. */
export function uninstall(cluster: SimulatedCluster, { namespace, group }: Installation): void {
  for (const key of [DEPLOYMENTS, STATEFUL_SETS, SERVICES]) {
    for (const object of cluster.store.all(key, namespace))
      cluster.deletion.request(key, object, 'Background');
  }
  removeDefinitions(cluster, { group, isForced: true });
}
