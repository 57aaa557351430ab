import type { Finding, HopState, Verdict } from '../../api/diagnosis.ts';
import type { FailureKind } from '../../api/evidence.ts';
import { type Controller, type Hop, HOPS } from '../../api/shapes.ts';
import {
  ageMs,
  FIRST_MESSAGE_LIMIT_MS,
  isDataFresh,
  isLinkDown,
  isLinkUp,
  isSettling,
  type Scene,
} from './scene.ts';
import { servingOf, type StateOf } from './states.ts';
import { ageWords, rateWords } from './words.ts';

const JUST_ARRIVED_MS = 10_000;

export type StatesByController = Readonly<Record<Controller, StateOf>>;

const NO_PERMISSION: ReadonlySet<FailureKind> = new Set(['forbidden', 'unauthorized', 'auth']);
const NOT_USABLE: ReadonlySet<FailureKind> = new Set(['exec-missing', 'exec-failed', 'invalid-config']);

function kubernetesWord(scene: Scene, findings: readonly Finding[]): string {
  const { api } = scene.evidence;
  switch (api.status) {
    case 'pending':
      return 'not asked yet';
    case 'failed':
      if (NO_PERMISSION.has(api.failure.kind)) return 'no permission';
      return NOT_USABLE.has(api.failure.kind) ? 'not usable' : 'no answer';
    case 'seen':
      return findings.some(({ code }) => code === 'MT-K-15' || code === 'MT-K-23')
        ? 'no permission'
        : `${Math.round(api.value.latencyMs)} ms`;
  }
}

function stateWord(state: StateOf): string {
  return state.state === 'UNKNOWN' ? 'unknown' : state.state;
}

/** Data may still look fresh when the path is known to be broken before it; only what has just arrived counts then. */
function isArriving(scene: Scene, isBehindBreak: boolean): boolean {
  if (!isLinkUp(scene) || !isDataFresh(scene)) return false;
  return !isBehindBreak || ageMs(scene, scene.link.lastMessageAt) <= JUST_ARRIVED_MS;
}

function serverWord(scene: Scene, isBehindBreak: boolean): string {
  if (scene.isApiDown) return 'unknown';
  if (!isLinkUp(scene)) return 'not connected';
  return isArriving(scene, isBehindBreak) ? rateWords(scene.link.ratePerSecond) : 'no data';
}

function databaseWord(scene: Scene, findings: readonly Finding[], isBehindBreak: boolean): string {
  const { database } = scene.evidence;
  if (database.status !== 'seen') return 'unknown';
  if (database.value.rows === 0) return 'empty';
  const isLagging = findings.some((finding) => finding.hop === 'database' && finding.severity !== 'info');
  if (!scene.isApiDown && isArriving(scene, isBehindBreak) && !isLagging) return 'live';
  const { lastWriteAt } = database.value;
  return lastWriteAt === undefined ? 'unknown' : `${ageWords(ageMs(scene, lastWriteAt))} old`;
}

function wordOf(
  scene: Scene,
  hop: Hop,
  states: StatesByController,
  findings: readonly Finding[],
  isBehindBreak: boolean,
): string {
  switch (hop) {
    case 'kubernetes':
      return kubernetesWord(scene, findings);
    case 'operator':
    case 'meshsync':
    case 'broker':
      return stateWord(states[hop]);
    case 'server':
      return serverWord(scene, isBehindBreak);
    case 'database':
      return databaseWord(scene, findings, isBehindBreak);
  }
}

/** What a hop looks like before its findings are counted; never a fault, since a fault needs a finding. */
function baseVerdict(scene: Scene, hop: Hop, states: StatesByController, isBehindBreak: boolean): Verdict {
  if (hop === 'kubernetes') return scene.evidence.api.status === 'seen' ? 'good' : 'unknown';
  if (scene.isApiDown) return 'unknown';
  switch (hop) {
    case 'operator':
    case 'meshsync':
    case 'broker': {
      const state = states[hop];
      if (state.isGood) return 'good';
      if (state.state === 'UNKNOWN') return 'unknown';
      // A Broker that lets us in works; that no data comes over the link is the server hop's fault to tell.
      if (hop === 'broker' && isLinkUp(scene) && servingOf(scene, 'broker')?.isServing === true)
        return 'good';
      const isStarting = hop === 'broker' && scene.link.state !== 'connected' && !isLinkDown(scene);
      return isSettling(scene, hop) || isStarting ? 'changing' : 'unknown';
    }
    case 'server': {
      if (isArriving(scene, isBehindBreak)) return 'good';
      if (
        isLinkUp(scene) &&
        scene.link.messages === 0 &&
        ageMs(scene, scene.link.sinceAt) < FIRST_MESSAGE_LIMIT_MS
      )
        return 'changing';
      const isExpected = scene.resource.broker !== undefined || scene.workload.broker !== undefined;
      return (isExpected && !isLinkUp(scene) && !isLinkDown(scene)) || isSettling(scene, 'broker')
        ? 'changing'
        : 'unknown';
    }
    case 'database': {
      const { database } = scene.evidence;
      if (database.status !== 'seen' || !isArriving(scene, isBehindBreak)) return 'unknown';
      return database.value.rows > 0 ? 'good' : 'changing';
    }
  }
}

/** The verdict of a hop: the worst of its findings, else what the evidence says by itself. */
function verdictOf(
  scene: Scene,
  hop: Hop,
  states: StatesByController,
  findings: readonly Finding[],
  isBehindBreak: boolean,
): Verdict {
  const own = findings.filter((finding) => finding.hop === hop);
  const base = baseVerdict(scene, hop, states, isBehindBreak);
  if (own.some((finding) => finding.severity === 'critical')) return 'broken';
  if (base === 'changing') return base;
  if (own.some((finding) => finding.severity === 'warning')) return 'attention';
  return base;
}

/** Whether data passes on from a hop; undefined where it cannot be told without stopping the look beyond. */
function passes(scene: Scene, hop: Hop, states: StatesByController): boolean | undefined {
  switch (hop) {
    case 'kubernetes':
      return (
        scene.evidence.api.status === 'seen' && (scene.workloads !== undefined || scene.pods !== undefined)
      );
    case 'operator':
      if (states.operator.state === 'UNKNOWN') return undefined;
      return states.operator.isGood || states.meshsync.isGood || states.meshsync.state === 'RUNNING';
    case 'meshsync':
      return states.meshsync.isGood ? true : states.meshsync.isSure ? false : undefined;
    case 'broker':
      return states.broker.isGood || isLinkUp(scene);
    case 'server':
      return isLinkUp(scene) && isDataFresh(scene);
    case 'database':
      return true;
  }
}

/** The six hops in the order of the contract, with the line each throws to the next. */
export function hopsOf(scene: Scene, states: StatesByController, findings: readonly Finding[]): HopState[] {
  let isBehindBreak = false;
  return HOPS.map((hop): HopState => {
    const verdict = verdictOf(scene, hop, states, findings, isBehindBreak);
    const word = wordOf(scene, hop, states, findings, isBehindBreak);
    if (hop === 'database') return { hop, verdict, word, onward: 'end' };
    if (isBehindBreak) return { hop, verdict, word, onward: 'not-evaluated' };
    const passing = passes(scene, hop, states);
    if (passing === true) return { hop, verdict, word, onward: 'carries' };
    if (passing === undefined) return { hop, verdict, word, onward: 'not-evaluated' };
    isBehindBreak = true;
    const isFault = verdict === 'broken' || verdict === 'attention';
    return { hop, verdict, word, onward: isFault ? 'broken' : 'not-evaluated' };
  });
}
