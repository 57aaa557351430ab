import type { KubeObject } from '../../../services/ports.ts';
import type { SimulatedCluster } from '../../cluster.ts';
import { install } from '../../controllers/install.ts';
import { listAt, stringAt } from '../../kube/json.ts';
import { DEPLOYMENTS, PODS, STATEFUL_SETS } from '../../kube/kinds.ts';
import { patched } from '../../kube/store.ts';
import type { Place } from './fault.ts';

export const OPERATORS = ['meshplay-operator', 'meshery-operator'];

export function reinstall({ cluster, plan }: Place): void {
  for (const installation of plan.installations) install(cluster, installation);
}

export function podsWith(cluster: SimulatedCluster, container: string): KubeObject[] {
  return cluster.store
    .all(PODS)
    .filter((pod) =>
      listAt(pod, 'spec', 'containers').some((entry) => stringAt(entry, 'name') === container),
    );
}

export function operatorsOf(cluster: SimulatedCluster): KubeObject[] {
  return cluster.store.all(DEPLOYMENTS).filter(({ metadata }) => OPERATORS.includes(metadata.name));
}

export function scale(cluster: SimulatedCluster, suffix: string, replicas: number): void {
  for (const key of [DEPLOYMENTS, STATEFUL_SETS]) {
    for (const workload of cluster.store.all(key)) {
      if (workload.metadata.name.endsWith(suffix))
        cluster.store.put(key, patched(workload, { spec: { replicas } }));
    }
  }
}

export function resourceKeys(cluster: SimulatedCluster, plural: string): string[] {
  return cluster.store.keys().filter((key) => key.endsWith(`/${plural}`));
}

export function deleteResources(cluster: SimulatedCluster, plural: string): void {
  for (const key of resourceKeys(cluster, plural)) {
    for (const resource of cluster.store.all(key)) cluster.deletion.request(key, resource, 'Background');
  }
}
