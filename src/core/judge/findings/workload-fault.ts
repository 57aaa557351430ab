import type { Pod, Workload } from '../../../api/evidence.ts';
import type { Controller } from '../../../api/shapes.ts';
import type { WorkloadFault } from '../catalogue/workload.ts';
import { ageMs, isServing, isSettling, podsOf, type Scene } from '../scene.ts';
import { podWords, readyWords } from '../states.ts';
import { type Detected, detected, type Detector } from './detector.ts';

const STUCK_MS = 60_000;
/** A controller that is refused tries again at ever longer intervals, of a quarter of an hour in the end. */
const REFUSAL_LIMIT_MS = 20 * 60_000;
/** MeshSync restarts twice at a first deployment (meshery/meshery-operator#290); that is still starting up. */
const RESTARTS_OF_A_CRASH = 3;
const PULL_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'RegistryUnavailable',
]);
const CONFIG_REASONS = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError']);
const WAITING_REASONS = new Set(['ContainerCreating', 'PodInitializing']);

type ContainerStatus = Pod['containers'][number];

export interface Fault {
  readonly fault: WorkloadFault;
  readonly pod: Pod | undefined;
  readonly container: ContainerStatus | undefined;
  readonly text: string;
}

function containerFault(scene: Scene, pod: Pod, isEarly: boolean): Fault | undefined {
  const found = (fault: WorkloadFault, container: ContainerStatus, text: string): Fault => ({
    fault,
    pod,
    container,
    text,
  });
  const unready = pod.containers.filter((container) => !container.ready);
  for (const container of unready) {
    if (container.reason !== undefined && PULL_REASONS.has(container.reason)) {
      return found(
        'imagePull',
        container,
        `container ${container.name}: ${container.reason} for ${container.image}`,
      );
    }
  }
  for (const container of unready) {
    if (isEarly && container.restarts < RESTARTS_OF_A_CRASH) continue;
    if (container.reason === 'OOMKilled' || container.lastReason === 'OOMKilled') {
      return found(
        'outOfMemory',
        container,
        `container ${container.name}: OOMKilled, restarted ${container.restarts} times`,
      );
    }
    const isCrashing =
      container.reason === 'CrashLoopBackOff' ||
      (container.restarts >= RESTARTS_OF_A_CRASH && container.state !== 'running') ||
      (container.state === 'terminated' && container.exitCode !== undefined && container.exitCode !== 0);
    if (isCrashing) {
      const exit = container.exitCode === undefined ? '' : `, exit code ${container.exitCode}`;
      return found(
        'crashLoop',
        container,
        `container ${container.name}: ${container.reason ?? 'ended'}, restarted ${container.restarts} times${exit}`,
      );
    }
  }
  if (isEarly) return undefined;
  for (const container of unready) {
    const isStuck =
      container.reason !== undefined &&
      WAITING_REASONS.has(container.reason) &&
      ageMs(scene, pod.createdAt) >= STUCK_MS;
    if (container.reason !== undefined && (CONFIG_REASONS.has(container.reason) || isStuck)) {
      const detail = container.message ?? mountMessage(scene, pod);
      return found(
        'configError',
        container,
        `container ${container.name}: ${container.reason}${detail === undefined ? '' : `: ${detail}`}`,
      );
    }
  }
  return undefined;
}

/** Why the API server refused the pods: a StatefulSet has no condition for it and tells it by events alone. */
function refusalEvent(scene: Scene, workload: Workload): string | undefined {
  if (scene.evidence.events.status !== 'seen') return undefined;
  return scene.evidence.events.value.find(
    (event) =>
      event.reason === 'FailedCreate' &&
      event.objectKind === workload.kind &&
      event.objectName === workload.name &&
      ageMs(scene, event.lastAt) < REFUSAL_LIMIT_MS,
  )?.message;
}

function mountMessage(scene: Scene, pod: Pod): string | undefined {
  if (scene.evidence.events.status !== 'seen') return undefined;
  return scene.evidence.events.value.find(
    (event) => event.reason === 'FailedMount' && event.objectName === pod.name,
  )?.message;
}

/** Why nothing of a workload serves; undefined when something does, or when it is still too early to say. */
export function workloadFault(scene: Scene, role: Controller): Fault | undefined {
  const workload = scene.workload[role];
  if (workload === undefined) return undefined;
  const pods = podsOf(scene, role);
  if (pods?.some(isServing) === true || (pods === undefined && workload.ready > 0)) return undefined;
  const plain = (fault: WorkloadFault, text: string, pod?: Pod): Fault => ({
    fault,
    text,
    pod,
    container: undefined,
  });
  if (workload.replicas === 0)
    return scene.isOperationRunning ? undefined : plain('scaledToZero', `${workload.name} wants 0 pods`);
  const isEarly = isSettling(scene, role);
  const standing = pods?.filter((pod) => pod.deletedAt === undefined) ?? [];
  for (const pod of standing) {
    const fault = containerFault(scene, pod, isEarly);
    if (fault !== undefined) return fault;
  }
  if (isEarly) return undefined;
  const unscheduled = standing.find((pod) => pod.unschedulable !== undefined);
  if (unscheduled !== undefined) return plain('unschedulable', unscheduled.unschedulable ?? '', unscheduled);
  const refused = workload.conditions.find(
    (condition) => condition.type === 'ReplicaFailure' && condition.status === 'True',
  );
  if (refused !== undefined)
    return plain('quota', refused.message ?? refused.reason ?? 'the pod was refused');
  const refusal = standing.length === 0 ? refusalEvent(scene, workload) : undefined;
  if (refusal !== undefined) return plain('quota', refusal);
  const leaving = pods?.find((pod) => pod.deletedAt !== undefined && ageMs(scene, pod.deletedAt) >= STUCK_MS);
  if (leaving !== undefined && standing.length === 0)
    return plain('terminating', podWords(scene, leaving), leaving);
  if (pods?.length === 0) return plain('noPod', `${workload.name}: ${readyWords(workload)}, no pod`);
  const [first] = standing.length > 0 ? standing : (pods ?? []);
  return plain('notReady', first === undefined ? readyWords(workload) : podWords(scene, first), first);
}

const WHAT: Record<Controller, string> = {
  operator: 'the Operator',
  meshsync: 'MeshSync',
  broker: 'the Broker',
};

function summaryOf(role: Controller, fault: Fault): string | undefined {
  if (fault.fault === 'imagePull' && fault.container !== undefined)
    return `The image ${fault.container.image} of ${WHAT[role]} cannot be pulled.`;
  return undefined;
}

/** The detector of one fault of one controller’s workload. */
export function workloadDetector(
  role: Controller,
  wanted: WorkloadFault,
  isWanted: (fault: Fault) => boolean = () => true,
): Detector {
  return (scene): Detected | undefined => {
    const fault = workloadFault(scene, role);
    const workload = scene.workload[role];
    if (fault?.fault !== wanted || workload === undefined || !isWanted(fault)) return undefined;
    const summary = summaryOf(role, fault);
    return detected(fault.pod === undefined ? 'workloads' : 'pods', fault.text, {
      ...(summary === undefined ? {} : { summary }),
      values: {
        namespace: workload.namespace,
        name: workload.name,
        kind: workload.kind.toLowerCase(),
        pod: fault.pod?.name,
      },
    });
  };
}
