import type { Finding } from '../../api/diagnosis.ts';
import type { Evidence, Pod, Workload } from '../../api/evidence.ts';
import type { Controller } from '../../api/shapes.ts';
import { known } from './flavour-of.ts';
import { type StepContext, StepFailure } from './plan.ts';
import type { OperationTarget } from './target.ts';

/** A roll-out may pull images over a slow line. */
export const ROLLOUT_TIMEOUT_MS = 300_000;
export const REMOVAL_TIMEOUT_MS = 120_000;

const TITLES: Readonly<Record<Controller, string>> = {
  operator: 'Operator',
  meshsync: 'MeshSync',
  broker: 'Broker',
};

/** The workload of a controller in the namespace, as observed now. */
export function workloadOf(evidence: Evidence, role: Controller, namespace: string): Workload | undefined {
  return known(evidence.workloads)?.find((one) => one.role === role && one.namespace === namespace);
}

function podsOf(evidence: Evidence, role: Controller, namespace: string): Pod[] {
  return (known(evidence.pods) ?? []).filter((one) => one.role === role && one.namespace === namespace);
}

function isRolledOut(workload: Workload): boolean {
  return (
    workload.deletedAt === undefined &&
    workload.observedGeneration >= workload.generation &&
    workload.replicas > 0 &&
    workload.updated >= workload.replicas &&
    workload.ready >= workload.replicas &&
    workload.total <= workload.replicas
  );
}

/** What keeps a controller from being ready, in the words of its pods. */
export function whyNotReady(evidence: Evidence, role: Controller, namespace: string): string {
  const workload = workloadOf(evidence, role, namespace);
  const pods = podsOf(evidence, role, namespace);
  for (const pod of pods) {
    if (pod.unschedulable !== undefined) return `pod ${pod.name} finds no node: ${pod.unschedulable}`;
    for (const container of pod.containers) {
      if (
        container.state === 'waiting' &&
        container.reason !== undefined &&
        container.reason !== 'ContainerCreating'
      ) {
        return `container ${container.name} of pod ${pod.name}: ${container.reason}${container.message === undefined ? '' : `, ${container.message}`}`;
      }
    }
  }
  if (workload === undefined) return `its workload has not been made yet`;
  if (pods.length === 0) return `${workload.kind} ${workload.name} has no pod yet`;
  return `${workload.ready} of ${workload.replicas} ready`;
}

/** Reasons that waiting longer does not mend by itself. */
function isHopeless(evidence: Evidence, role: Controller, namespace: string): boolean {
  return podsOf(evidence, role, namespace).some((pod) =>
    pod.containers.some(
      (container) =>
        ['InvalidImageName', 'CreateContainerConfigError', 'ErrImageNeverPull'].includes(
          container.reason ?? '',
        ) ||
        (container.reason === 'CrashLoopBackOff' && container.restarts >= 5),
    ),
  );
}

/**
 * Waits until the observer sees the controller's roll-out finished.
 * @param since what was changed just before: the observer, which lags behind, must have seen that too. `generation` of
 *   the workload, and `oldPods`, uids of pods that must be gone
 * @throws StepFailure with the reason when it is hopeless or takes longer than five minutes
 */
export async function waitForRollout(
  target: OperationTarget,
  role: Controller,
  namespace: string,
  context: StepContext,
  since: { generation?: number | undefined; oldPods?: ReadonlySet<string> } = {},
): Promise<void> {
  const isDone = (evidence: Evidence) => {
    const workload = workloadOf(evidence, role, namespace);
    const arePodsHidden = evidence.pods.status === 'failed' && evidence.pods.failure.kind === 'forbidden';
    if (evidence.workloads.status !== 'seen') return false;
    if (workload === undefined || workload.generation < (since.generation ?? 0) || !isRolledOut(workload))
      return false;
    // Who may not see pods is told by the workload, which counts them.
    if (arePodsHidden) return true;
    if (evidence.pods.status !== 'seen') return false;
    const pods = podsOf(evidence, role, namespace);
    if (pods.some((pod) => since.oldPods?.has(pod.uid) === true)) return false;
    // The workload may be seen as it was before its pods went: the pods themselves must be seen running, too.
    return pods.filter((pod) => pod.deletedAt === undefined && pod.ready).length >= workload.replicas;
  };
  // Ours, applied a moment ago: when it has been seen and is not there any more, somebody removes it.
  let wasSeen = false;
  const isTakenAway = (evidence: Evidence) => {
    if (since.generation === undefined || evidence.workloads.status !== 'seen') return false;
    const workload = workloadOf(evidence, role, namespace);
    wasSeen ||= workload !== undefined;
    return wasSeen && (workload === undefined || workload.deletedAt !== undefined);
  };
  const done = await target.waitFor(
    (_view, evidence) => {
      if (isDone(evidence) || isTakenAway(evidence)) return true;
      context.note(`Waiting for ${TITLES[role]}: ${whyNotReady(evidence, role, namespace)}`);
      return isHopeless(evidence, role, namespace);
    },
    ROLLOUT_TIMEOUT_MS,
    context.signal,
  );
  const evidence = target.evidence();
  if (done && isDone(evidence)) {
    context.note(`${TITLES[role]} is ready`);
    return;
  }
  if (isTakenAway(evidence))
    throw new StepFailure(
      `${TITLES[role]} was removed by somebody else while it was being started.`,
      `See whether namespace ${namespace} is being deleted. When it is gone, resume.`,
    );
  throw new StepFailure(
    `${TITLES[role]} does not become ready: ${whyNotReady(evidence, role, namespace)}.`,
    'Mend what the pod complains of (image name, registry, pull secret, node space), then resume.',
  );
}

/** Waits until the state of a controller is one of those named. Throws `StepFailure` with what is observed instead. */
export async function waitForState(
  target: OperationTarget,
  role: Controller,
  states: readonly string[],
  timeoutMs: number,
  context: StepContext,
): Promise<void> {
  const stateOf = () => target.view().controllers.find((one) => one.controller === role);
  const done = await target.waitFor(
    (view) => {
      const state = view.controllers.find((one) => one.controller === role);
      context.note(
        `${TITLES[role]} is ${state?.state ?? 'UNKNOWN'}: ${state?.because[0]?.text ?? 'nothing observed yet'}`,
      );
      return state !== undefined && states.includes(state.state);
    },
    timeoutMs,
    context.signal,
  );
  if (done) return;
  const state = stateOf();
  const cause = faultOf(target);
  throw new StepFailure(
    `${TITLES[role]} is ${state?.state ?? 'UNKNOWN'}, not ${states.join(' or ')}: ${state?.because.map((one) => one.text).join('; ') ?? ''}.`,
    cause === undefined ? 'Look at the evidence of this connection.' : `${cause.summary} ${cause.cause}`,
  );
}

/** What is wrong with a connection, where something is: what it merely waits for, or is worth a note, is not. */
export function faultOf(target: Pick<OperationTarget, 'view'>): Finding | undefined {
  const { rootCause } = target.view();
  return rootCause?.severity === 'info' ? undefined : rootCause;
}
