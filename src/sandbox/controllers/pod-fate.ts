import type { PodFate, SimulatedCluster } from '../cluster.ts';
import { listAt, stringAt } from '../kube/json.ts';

/** The fate of a pod as a whole, by any of its containers. */
export function podFateOf(cluster: SimulatedCluster, pod: unknown): PodFate | undefined {
  for (const { name } of containersOf(pod)) {
    const fate = cluster.condition.podFates.get(name);
    if (fate !== undefined) return fate;
  }
  return undefined;
}

export function containersOf(pod: unknown): { name: string; image: string }[] {
  return listAt(pod, 'spec', 'containers').map((container) => ({
    name: stringAt(container, 'name') ?? '',
    image: stringAt(container, 'image') ?? '',
  }));
}
