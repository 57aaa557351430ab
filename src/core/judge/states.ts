import type { Because, ControllerStateName } from '../../api/diagnosis.ts';
import type { Evidence, Pod, Workload } from '../../api/evidence.ts';
import type { Controller } from '../../api/shapes.ts';
import { quietSeconds } from '../meshsync/staleness.ts';
import { ageMs, isRolledOut, isServing, podsOf, type Scene, whyUnseen } from './scene.ts';
import { ageWords, countWords } from './words.ts';

/** The state of a controller before findings colour it. `isSure` is false where a part could not be observed. */
export interface StateOf {
  readonly state: ControllerStateName;
  readonly version: string | undefined;
  readonly because: [Because, ...Because[]];
  /** The state is as good as it gets, by evidence. */
  readonly isGood: boolean;
  readonly isSure: boolean;
}

export type StatesByController = Readonly<Record<Controller, StateOf>>;

export function because(text: string, source: keyof Evidence): Because {
  return { text, source };
}

/** From this long a silence on, what still came is told apart from what tells of a change. */
const QUIET_MS = 60_000;

/**
 * MeshSync may answer what it is asked from memory and notice no change: its last message is then much younger than
 * its last change, and alone it would read as if all were well.
 */
export function isLastAnAnswer(scene: Scene): boolean {
  const quietMs = quietSeconds(scene.link, scene.nowMs) * 1000;
  return quietMs >= QUIET_MS && ageMs(scene, scene.link.lastMessageAt) < quietMs / 2;
}

/** `last message 4 s ago`, and that it was no more than an answer. */
export function lastMessageWords(scene: Scene): string {
  const age = ageWords(ageMs(scene, scene.link.lastMessageAt));
  if (!isLastAnAnswer(scene)) return `last message ${age} ago`;
  const quiet = ageWords(quietSeconds(scene.link, scene.nowMs) * 1000);
  return `no change told for ${quiet}, last message ${age} ago in answer to this server`;
}

/** `1 of 1 ready`. */
export function readyWords(workload: Workload): string {
  return `${workload.ready} of ${workload.replicas} ready`;
}

/** Why a pod does not serve, in a few words. */
export function podWords(scene: Scene, pod: Pod): string {
  if (pod.deletedAt !== undefined)
    return `pod ${pod.name} has been terminating for ${ageWords(ageMs(scene, pod.deletedAt))}`;
  const bad = pod.containers.find((container) => !container.ready && container.reason !== undefined);
  if (bad?.reason !== undefined) return `container ${bad.name} of ${pod.name}: ${bad.reason}`;
  if (pod.unschedulable !== undefined) return `pod ${pod.name} cannot be scheduled: ${pod.unschedulable}`;
  return `pod ${pod.name} is ${pod.phase} but not ready`;
}

/** UNKNOWN, with why: nothing of what would decide could be observed. */
export function unknownState(
  scene: Scene,
  sources: readonly (keyof Evidence & ('api' | 'resources' | 'workloads' | 'pods'))[],
): StateOf {
  const asked = scene.isApiDown ? (['api'] as const) : sources;
  const reasons = asked.flatMap((source) => {
    const why = whyUnseen(scene.evidence[source]);
    return why === undefined
      ? []
      : [because(`${source === 'api' ? 'the API server' : source} could not be observed: ${why}`, source)];
  });
  const [first = because('could not be observed', 'api'), ...rest] = reasons;
  return { state: 'UNKNOWN', version: undefined, because: [first, ...rest], isGood: false, isSure: false };
}

/** How the pods behind a workload fare; undefined when neither pods nor workloads could be observed. */
export function servingOf(
  scene: Scene,
  role: Controller,
): { readonly isServing: boolean; readonly hasPods: boolean; readonly because: Because } | undefined {
  const pods = podsOf(scene, role);
  const workload = scene.workload[role];
  if (pods !== undefined) {
    const serving = pods.find(isServing);
    if (serving !== undefined) {
      const text = workload === undefined ? `pod ${serving.name} is ready` : readyWords(workload);
      return { isServing: true, hasPods: true, because: because(text, 'pods') };
    }
    const first = pods.find((pod) => pod.deletedAt === undefined) ?? pods[0];
    if (first !== undefined)
      return { isServing: false, hasPods: true, because: because(podWords(scene, first), 'pods') };
    const text =
      workload === undefined
        ? 'no pod and no workload'
        : `${workload.name} wants ${countWords(workload.replicas, 'pod')}, none exists`;
    return { isServing: false, hasPods: false, because: because(text, 'pods') };
  }
  if (scene.workloads === undefined) return undefined;
  if (workload === undefined)
    return { isServing: false, hasPods: false, because: because('no workload', 'workloads') };
  return {
    isServing: workload.ready > 0,
    hasPods: workload.total > 0,
    because: because(readyWords(workload), 'workloads'),
  };
}

/** State by the workload alone, for when the resource could not be read. */
export function stateByWorkload(workload: Workload | undefined): ControllerStateName {
  if (workload === undefined) return 'UNDEPLOYED';
  return isRolledOut(workload) ? 'DEPLOYED' : 'DEPLOYING';
}
