import type { Definition, Workload } from '../../api/evidence.ts';
import { imageVersion } from './image-version.ts';
import { isRolledOut, podsOf, type Scene } from './scene.ts';
import { because, podWords, readyWords, type StateOf, unknownState } from './states.ts';
import { countWords } from './words.ts';

function definitionWords(definitions: readonly Definition[] | undefined): string {
  if (definitions === undefined) return '';
  const served = definitions.filter((definition) => definition.versions.some((version) => version.served));
  const kinds = new Set(served.map((definition) => definition.kind));
  if (kinds.has('Broker') && kinds.has('MeshSync')) return ', both CRDs served';
  return kinds.size === 0 ? ', no CRD served' : `, only the CRD of ${[...kinds].join(', ')} served`;
}

/** What keeps a rollout from being done where no pod says it. */
function unfinishedWords(workload: Workload): string {
  if (workload.deletedAt !== undefined) return 'it is being deleted';
  if (workload.observedGeneration < workload.generation)
    return 'the cluster has not taken up its newest settings';
  return `${workload.updated} of the new version, ${countWords(workload.total, 'pod')} in all, ${workload.available} available`;
}

/**
 * State of the Operator, by its Deployment as it stands now and never by what was done before: NOTDEPLOYED without
 * one, DEPLOYED when the rollout is done and a pod is ready, else DEPLOYING.
 */
export function operatorState(scene: Scene): StateOf {
  if (scene.workloads === undefined) return unknownState(scene, ['workloads']);
  const workload = scene.workload.operator;
  if (workload === undefined) {
    const others = scene.workloads.length + (scene.resources?.length ?? 0);
    const text =
      others === 0
        ? 'no Deployment of an operator'
        : `no Deployment of an operator; ${countWords(others, 'other object')} of it remain`;
    return {
      state: 'NOTDEPLOYED',
      version: undefined,
      because: [because(text, 'workloads')],
      isGood: false,
      isSure: true,
    };
  }
  const manager =
    workload.containers.find((container) => container.name === 'manager') ?? workload.containers[0];
  const version = manager === undefined ? undefined : imageVersion(manager.image);
  if (isRolledOut(workload)) {
    const text = `${readyWords(workload)}${definitionWords(scene.definitions)}`;
    return { state: 'DEPLOYED', version, because: [because(text, 'workloads')], isGood: true, isSure: true };
  }
  const bad = podsOf(scene, 'operator')?.find((pod) => !pod.ready);
  const reason =
    workload.replicas === 0
      ? 'scaled to zero'
      : bad === undefined
        ? unfinishedWords(workload)
        : podWords(scene, bad);
  return {
    state: 'DEPLOYING',
    version,
    because: [
      because(readyWords(workload), 'workloads'),
      because(reason, workload.replicas === 0 || bad === undefined ? 'workloads' : 'pods'),
    ],
    isGood: false,
    isSure: true,
  };
}
