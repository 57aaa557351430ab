import type { Finding, HopState, Verdict } from '../../api/diagnosis.ts';
import type { FailureKind } from '../../api/evidence.ts';
import { type Hop, HOPS } from '../../api/shapes.ts';
import { isArriving, passes } from './path.ts';
import { ageMs, isLinkUp, type Scene } from './scene.ts';
import { servingOf, type StateOf, type StatesByController } from './states.ts';
import type { Waits } from './waits.ts';
import { ageWords, rateWords } from './words.ts';

const NOT_ACCEPTED: ReadonlySet<FailureKind> = new Set(['unauthorized', 'auth']);
const NOT_USABLE: ReadonlySet<FailureKind> = new Set(['exec-missing', 'exec-failed', 'invalid-config']);

function kubernetesWord(scene: Scene, findings: readonly Finding[]): string {
  const { api } = scene.evidence;
  switch (api.status) {
    case 'pending':
      return 'not asked yet';
    case 'failed':
      if (api.failure.kind === 'forbidden') return 'no permission';
      if (NOT_ACCEPTED.has(api.failure.kind)) return 'login refused';
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

function serverWord(scene: Scene, isBehindBreak: boolean): string {
  if (scene.isApiDown) return 'unknown';
  if (!isLinkUp(scene)) return 'not connected';
  return isArriving(scene, isBehindBreak) ? rateWords(scene.link.ratePerSecond) : 'no data';
}

function databaseWord(scene: Scene, findings: readonly Finding[], isBehindBreak: boolean): string {
  const { database } = scene.evidence;
  if (database.status === 'pending') return 'unknown';
  if (database.status === 'failed') return 'nothing kept';
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
      return states[hop].isGood ? 'good' : 'unknown';
    case 'broker':
      // A Broker that lets us in works; that no data comes over the link is the server hop’s fault to tell.
      if (states.broker.isGood) return 'good';
      return states.broker.state !== 'UNKNOWN' && isLinkUp(scene) && servingOf(scene, hop)?.isServing === true
        ? 'good'
        : 'unknown';
    case 'server':
      return isArriving(scene, isBehindBreak) ? 'good' : 'unknown';
    case 'database': {
      const { database } = scene.evidence;
      const holds = database.status === 'seen' && database.value.rows > 0;
      return holds && isArriving(scene, isBehindBreak) ? 'good' : 'unknown';
    }
  }
}

/** The verdict of a hop: the worst of its findings, else what the evidence says by itself. */
function verdictOf(
  scene: Scene,
  hop: Hop,
  states: StatesByController,
  findings: readonly Finding[],
  waits: Waits,
  isBehindBreak: boolean,
): Verdict {
  const own = findings.filter((finding) => finding.hop === hop);
  if (own.some((finding) => finding.severity === 'critical')) return 'broken';
  const wait = waits[hop];
  // Behind a Broker that is broken nothing is waited for.
  const isVain =
    wait?.isSecondHand === true &&
    findings.some((one) => one.hop === 'broker' && one.severity === 'critical');
  if (wait !== undefined && !isVain) return 'changing';
  if (own.some((finding) => finding.severity === 'warning')) return 'attention';
  return baseVerdict(scene, hop, states, isBehindBreak);
}

/** What arrives goes into the database: where nothing can be kept, the line from the server is the one that is broken. */
function isKept(findings: readonly Finding[]): boolean {
  return !findings.some(({ hop, severity }) => hop === 'database' && severity === 'critical');
}

/** The six hops in the order of the contract, with the line each throws to the next. */
export function hopsOf(
  scene: Scene,
  states: StatesByController,
  findings: readonly Finding[],
  waits: Waits,
): HopState[] {
  let isBehindBreak = false;
  return HOPS.map((hop): HopState => {
    const verdict = verdictOf(scene, hop, states, findings, waits, isBehindBreak);
    const word = wordOf(scene, hop, states, findings, isBehindBreak);
    if (hop === 'database') return { hop, verdict, word, onward: 'end' };
    if (isBehindBreak) return { hop, verdict, word, onward: 'not-evaluated' };
    const passing = passes(scene, hop, states);
    if (passing === true)
      return {
        hop,
        verdict,
        word,
        onward: hop === 'server' && !isKept(findings) ? 'broken' : 'carries',
      };
    if (passing === undefined) return { hop, verdict, word, onward: 'not-evaluated' };
    isBehindBreak = true;
    const isFault = verdict === 'broken' || verdict === 'attention';
    return { hop, verdict, word, onward: isFault ? 'broken' : 'not-evaluated' };
  });
}
