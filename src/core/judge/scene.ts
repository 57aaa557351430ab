import type {
  ControllerResource,
  Definition,
  Evidence,
  Failure,
  Link,
  Monitor,
  Observation,
  Pod,
  Service,
  Workload,
} from '../../api/evidence.ts';
import type { Controller, Family } from '../../api/shapes.ts';
import { isStale } from '../meshsync/staleness.ts';
import { permissionWords, timeWords } from './words.ts';

/** A rollout younger than this is given time before it is called broken. */
const ROLLOUT_GRACE_MS = 60_000;
/** A first attempt to reach the Broker is given this long before it is called a failure. */
const LINK_GRACE_MS = 15_000;
/** A link that has just come up counts as live for this long without a message. */
export const FIRST_MESSAGE_GRACE_MS = 30_000;
/** A link without a message for this long is a fault. */
export const FIRST_MESSAGE_LIMIT_MS = 60_000;
/** What the monitoring port told longer ago than this says nothing of now. */
const MONITOR_LIMIT_MS = 60_000;

export interface JudgeContext {
  readonly nowMs: number;
  readonly observedSinceMs: number;
  readonly isOperationRunning?: boolean;
  /** When the operation that runs began; one runs where this is given. */
  readonly operationSinceMs?: number | undefined;
}

/** The evidence, looked through once: what the states, hops and findings all ask for. */
export interface Scene {
  readonly evidence: Evidence;
  readonly nowMs: number;
  readonly observedSinceMs: number;
  readonly isOperationRunning: boolean;
  readonly operationSinceMs: number | undefined;
  /** The API server gave no answer that anything may be claimed from. */
  readonly isApiDown: boolean;
  /** Undefined where it could not be observed; an empty list is a fact. */
  readonly definitions: readonly Definition[] | undefined;
  readonly resources: readonly ControllerResource[] | undefined;
  readonly workloads: readonly Workload[] | undefined;
  readonly pods: readonly Pod[] | undefined;
  readonly services: readonly Service[] | undefined;
  readonly monitor: Monitor | undefined;
  readonly link: Link;
  /** The resource judged, where there are several. */
  readonly resource: {
    readonly broker: ControllerResource | undefined;
    readonly meshsync: ControllerResource | undefined;
  };
  readonly workload: Readonly<Record<Controller, Workload | undefined>>;
  readonly families: Family[];
}

function seen<T>(observation: Observation<T>): T | undefined {
  return observation.status === 'seen' ? observation.value : undefined;
}

/**
 * By namespace, name and uid: watches deliver in any order, and no verdict may change with it. By code units, so that
 * the order is the same in every language.
 */
function inOrder<T extends { readonly name: string; readonly namespace?: string; readonly uid?: string }>(
  objects: readonly T[] | undefined,
): readonly T[] | undefined {
  const keyOf = ({ namespace = '', name, uid = '' }: T) => `${namespace}/${name}/${uid}`;
  return objects?.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
}

function pickResource(
  resources: readonly ControllerResource[] | undefined,
  kind: ControllerResource['kind'],
  family: Family | undefined,
): ControllerResource | undefined {
  const score = (resource: ControllerResource) =>
    (resource.deletedAt === undefined ? 2 : 0) + (resource.family === family ? 1 : 0);
  return resources?.filter((resource) => resource.kind === kind).toSorted((a, b) => score(b) - score(a))[0];
}

function pickWorkload(
  workloads: readonly Workload[] | undefined,
  role: Controller,
  family: Family | undefined,
): Workload | undefined {
  const score = (workload: Workload) =>
    (workload.ready > 0 ? 4 : 0) +
    (workload.deletedAt === undefined ? 2 : 0) +
    (workload.family === family ? 1 : 0);
  return workloads?.filter((workload) => workload.role === role).toSorted((a, b) => score(b) - score(a))[0];
}

function familiesOf(evidence: Evidence): Family[] {
  const found = new Set<Family>();
  for (const resource of seen(evidence.resources) ?? []) found.add(resource.family);
  for (const workload of seen(evidence.workloads) ?? []) found.add(workload.family);
  return (['meshplay', 'meshery'] as const).filter((family) => found.has(family));
}

/** Looks the evidence through. Nothing behind an API server that does not answer counts as seen. */
export function sceneOf(evidence: Evidence, context: JudgeContext): Scene {
  const isApiDown =
    evidence.api.status === 'pending' ||
    (evidence.api.status === 'failed' && evidence.api.failure.kind !== 'forbidden');
  const look = <T>(observation: Observation<T>) => (isApiDown ? undefined : seen(observation));
  const resources = inOrder(look(evidence.resources));
  const workloads = inOrder(look(evidence.workloads));
  const operator = pickWorkload(workloads, 'operator', undefined);
  const broker = pickResource(resources, 'Broker', operator?.family);
  const meshsync = pickResource(resources, 'MeshSync', operator?.family);
  const isMonitorOld =
    evidence.monitor.status === 'seen' &&
    context.nowMs - Date.parse(evidence.monitor.seenAt) > MONITOR_LIMIT_MS;
  return {
    evidence,
    nowMs: context.nowMs,
    observedSinceMs: context.observedSinceMs,
    isOperationRunning: context.isOperationRunning ?? context.operationSinceMs !== undefined,
    operationSinceMs: context.operationSinceMs,
    isApiDown,
    definitions: inOrder(look(evidence.definitions)),
    resources,
    workloads,
    pods: inOrder(look(evidence.pods)),
    services: inOrder(look(evidence.services)),
    monitor: isMonitorOld ? undefined : look(evidence.monitor),
    link: evidence.link,
    resource: { broker, meshsync },
    workload: {
      operator,
      broker: pickWorkload(workloads, 'broker', broker?.family ?? operator?.family),
      meshsync: pickWorkload(workloads, 'meshsync', meshsync?.family ?? operator?.family),
    },
    families: familiesOf(evidence),
  };
}

/** Milliseconds since a time of the evidence; infinite when there is none. */
export function ageMs(scene: Scene, at: string | undefined): number {
  return at === undefined ? Number.POSITIVE_INFINITY : scene.nowMs - Date.parse(at);
}

/** Pods of a controller, of the workload judged where there is one; undefined when pods could not be observed. */
export function podsOf(scene: Scene, role: Controller): readonly Pod[] | undefined {
  const namespace = scene.workload[role]?.namespace;
  return scene.pods?.filter(
    (pod) => pod.role === role && (namespace === undefined || pod.namespace === namespace),
  );
}

/** Runs and serves: phase `Running` alone also holds for a crash loop, a failing probe and a pod that is going. */
export function isServing(pod: Pod): boolean {
  return pod.phase === 'Running' && pod.ready && pod.deletedAt === undefined;
}

/** kubectl’s rule for a rollout that is done: new generation seen, all updated and available, the old ones gone. */
export function isRolledOut(workload: Workload): boolean {
  return (
    workload.replicas > 0 &&
    workload.deletedAt === undefined &&
    workload.observedGeneration >= workload.generation &&
    workload.updated >= workload.replicas &&
    workload.total <= workload.updated &&
    workload.available >= workload.updated
  );
}

/** When the newest part of a controller that is young was made; undefined where none is young. */
function youngSinceMs(scene: Scene, role: Controller): number | undefined {
  const resource = role === 'operator' ? undefined : scene.resource[role];
  const isAwaited = scene.workload.operator !== undefined && resource?.deletedAt === undefined;
  const times = [
    scene.workload[role]?.createdAt,
    ...(podsOf(scene, role) ?? []).map((pod) => pod.createdAt),
    // A resource that is new is acted on only where there is an operator.
    ...(isAwaited ? [resource?.createdAt] : []),
  ];
  const young = times.flatMap((at) =>
    at !== undefined && ageMs(scene, at) < ROLLOUT_GRACE_MS ? [Date.parse(at)] : [],
  );
  return young.length === 0 ? undefined : Math.max(...young);
}

/** True while what is missing or not ready may still be on its way: an operation runs, or a rollout is young. */
export function isSettling(scene: Scene, role: Controller): boolean {
  return (
    scene.isOperationRunning ||
    youngSinceMs(scene, role) !== undefined ||
    youngSinceMs(scene, 'operator') !== undefined
  );
}

/** Since when a controller that settles is waited for. */
export function settlingSinceMs(scene: Scene, role: Controller): number {
  return (
    youngSinceMs(scene, role) ?? youngSinceMs(scene, 'operator') ?? scene.operationSinceMs ?? scene.nowMs
  );
}

/** No operator, as a fact: the workloads were observed and none is an operator. */
export function isOperatorAbsent(scene: Scene): boolean {
  return scene.workloads !== undefined && scene.workload.operator === undefined;
}

/** Changes arrive over our own link, the last not too long ago. */
export function isDataFresh(scene: Scene): boolean {
  const { link, nowMs } = scene;
  return link.state === 'connected' && link.messages > 0 && !isStale(link, nowMs);
}

/** Our link stands and the Broker that answered is not known to be another’s. */
export function isLinkUp(scene: Scene): boolean {
  return scene.link.state === 'connected' && scene.link.proof !== 'mismatch';
}

/** Our link has been down for longer than a first attempt takes, or is known to have failed. */
export function isLinkDown(scene: Scene): boolean {
  const { link } = scene;
  if (link.state === 'connected') return link.proof === 'mismatch';
  return link.state === 'lost' || link.failure !== undefined || ageMs(scene, link.sinceAt) >= LINK_GRACE_MS;
}

const CORE_SUBJECT = /^(?:meshplay|meshery)\.meshsync\.core$/;

/** True for a subscription that takes MeshSync’s data, by its own name or by a wildcard. */
export function takesData(subscription: string): boolean {
  return (
    CORE_SUBJECT.test(subscription) ||
    subscription === '>' ||
    /^\*\.meshsync\.(?:core|>|\*)$/.test(subscription)
  );
}

/** The list names every client there is: it was read to its end, and there is no other pod with clients of its own. */
export function isClientListComplete(scene: Scene): boolean {
  return scene.monitor?.isComplete === true && (scene.workload.broker?.replicas ?? 1) <= 1;
}

export function meshsyncClients(scene: Scene): Monitor['clients'] {
  return scene.monitor?.clients.filter((client) => client.name === 'meshsync') ?? [];
}

/** The part of the evidence that failed, in words; undefined when it was seen. */
export function whyUnseen(observation: Observation<unknown>): string | undefined {
  switch (observation.status) {
    case 'seen':
      return undefined;
    case 'pending':
      return 'not looked at yet';
    case 'failed':
      return observation.lastSeenAt === undefined
        ? failureWords(observation.failure)
        : `${failureWords(observation.failure)}; last seen well at ${timeWords(observation.lastSeenAt)}`;
  }
}

/** The API server's own refusal is a long sentence of quoted words; what is missing says it shorter. */
function failureWords({ kind, permission, message }: Failure): string {
  return kind === 'forbidden' && permission !== undefined
    ? `this identity may not ${permissionWords(permission)}`
    : message;
}
