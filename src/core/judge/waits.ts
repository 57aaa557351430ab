import type { Evidence } from '../../api/evidence.ts';
import { type Controller, CONTROLLERS, type Hop } from '../../api/shapes.ts';
import { isArriving, isBehindBreak } from './path.ts';
import {
  ageMs,
  FIRST_MESSAGE_LIMIT_MS,
  isLinkDown,
  isLinkUp,
  isSettling,
  podsOf,
  type Scene,
  settlingSinceMs,
} from './scene.ts';
import { podWords, readyWords, servingOf, type StatesByController } from './states.ts';

/** What a hop that changes waits for, and since when. It is bounded: what does not come becomes a fault. */
export interface Wait {
  /** Fits behind *waiting for*. */
  readonly what: string;
  readonly source: keyof Evidence;
  readonly sinceMs: number;
  /** It waits for nothing but a hop before it, which tells it. */
  readonly isSecondHand?: true;
}

export type Waits = Readonly<Partial<Record<Hop, Wait>>>;

const KINDS = { meshsync: 'MeshSync', broker: 'Broker' } as const;

/** What is missing of a controller that may still be on its way. */
function missing(scene: Scene, role: Controller, states: StatesByController): Omit<Wait, 'sinceMs'> {
  const workload = scene.workload[role];
  if (role === 'operator') {
    if (workload === undefined) return { what: 'its Deployment to be created', source: 'workloads' };
    const bad = podsOf(scene, role)?.find((pod) => !pod.ready);
    return bad === undefined
      ? { what: `its rollout to finish: ${readyWords(workload)}`, source: 'workloads' }
      : { what: `its pod: ${podWords(scene, bad)}`, source: 'pods' };
  }
  if (scene.resources !== undefined && scene.resource[role] === undefined)
    return { what: `the ${KINDS[role]} resource to be created`, source: 'resources' };
  if (workload === undefined) {
    const kind = role === 'broker' ? 'StatefulSet' : 'Deployment';
    return { what: `the Operator to create its ${kind}`, source: 'workloads' };
  }
  const serving = servingOf(scene, role);
  if (serving?.isServing === false) return { what: `its pod: ${serving.because.text}`, source: 'pods' };
  const [because] = states[role].because;
  const what = role === 'broker' ? 'this server to connect' : 'it to connect to the Broker';
  return { what: `${what}: ${because.text}`, source: role === 'broker' ? 'link' : 'monitor' };
}

function controllerWait(scene: Scene, role: Controller, states: StatesByController): Wait | undefined {
  const { state, isGood } = states[role];
  const { link } = scene;
  if (isGood || state === 'UNKNOWN') return undefined;
  // A Broker that lets us in works; that no data comes over the link is the server hop's to tell.
  if (role === 'broker' && isLinkUp(scene) && servingOf(scene, role)?.isServing === true) return undefined;
  if (isSettling(scene, role))
    return { ...missing(scene, role, states), sinceMs: settlingSinceMs(scene, role) };
  const isStarting = role === 'broker' && link.state !== 'connected' && !isLinkDown(scene);
  return isStarting ? { ...missing(scene, role, states), sinceMs: Date.parse(link.sinceAt) } : undefined;
}

function serverWait(scene: Scene, states: StatesByController, broker: Wait | undefined): Wait | undefined {
  const { link } = scene;
  const sinceMs = Date.parse(link.sinceAt);
  if (isArriving(scene, isBehindBreak(scene, 'server', states))) return undefined;
  if (isLinkUp(scene) && link.messages === 0) {
    const what = 'the first message of MeshSync';
    if (ageMs(scene, link.sinceAt) < FIRST_MESSAGE_LIMIT_MS) return { what, source: 'link', sinceMs };
    if (isSettling(scene, 'meshsync'))
      return { what, source: 'link', sinceMs: settlingSinceMs(scene, 'meshsync') };
  }
  if (broker !== undefined) return { ...broker, isSecondHand: true };
  const isExpected = scene.resource.broker !== undefined || scene.workload.broker !== undefined;
  return isExpected && !isLinkUp(scene) && !isLinkDown(scene)
    ? { what: 'the Broker to answer', source: 'link', sinceMs }
    : undefined;
}

function databaseWait(scene: Scene, states: StatesByController): Wait | undefined {
  const { database } = scene.evidence;
  const isEmpty = database.status === 'seen' && database.value.rows === 0;
  return isEmpty && isArriving(scene, isBehindBreak(scene, 'database', states))
    ? { what: 'the first rows', source: 'database', sinceMs: Date.parse(scene.link.sinceAt) }
    : undefined;
}

/** What each hop waits for that is neither well nor, yet, at fault; the one rule of what reads *changing*. */
export function waitsOf(scene: Scene, states: StatesByController): Waits {
  if (scene.isApiDown) return {};
  const waits: { -readonly [At in Hop]?: Wait } = {};
  const put = (hop: Hop, wait: Wait | undefined) => {
    if (wait !== undefined) waits[hop] = wait;
  };
  for (const role of CONTROLLERS) put(role, controllerWait(scene, role, states));
  put('server', serverWait(scene, states, waits.broker));
  put('database', databaseWait(scene, states));
  return waits;
}
