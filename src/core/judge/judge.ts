import type { Because, ControllerState, Finding, Health, HopState } from '../../api/diagnosis.ts';
import type { Evidence } from '../../api/evidence.ts';
import { CONTROLLERS, type Family, type Hop } from '../../api/shapes.ts';
import { findingsOf } from './findings.ts';
import { hopsOf } from './hops.ts';
import { type JudgeContext, type Scene, sceneOf } from './scene.ts';
import { brokerState } from './states-broker.ts';
import { meshsyncState } from './states-meshsync.ts';
import { operatorState } from './states-operator.ts';
import type { StatesByController } from './states.ts';
import { waitsOf } from './waits.ts';

export interface Judgement {
  /** Operator, MeshSync, Broker, in this order; `sinceAt` is for the caller to fill in. */
  readonly controllers: [ControllerState, ControllerState, ControllerState];
  /** The six of the contract, in its order. */
  readonly hops: HopState[];
  /** Root cause first, then by severity; a symptom names its root in `followsFrom`. */
  readonly findings: Finding[];
  readonly health: Health;
  readonly families: Family[];
}

function healthOf(scene: Scene, hops: readonly HopState[], states: StatesByController): Health {
  if (scene.isApiDown || CONTROLLERS.every((controller) => states[controller].state === 'UNKNOWN'))
    return 'unknown';
  if (scene.isOperationRunning) return 'changing';
  const has = (verdict: HopState['verdict']) => hops.some((hop) => hop.verdict === verdict);
  if (has('broken')) return 'broken';
  if (has('changing')) return 'changing';
  if (has('attention')) return 'needs-attention';
  return has('unknown') ? 'unknown' : 'healthy';
}

/** Why a hop has its verdict, by the findings that gave it. */
function reasonsOf(findings: readonly Finding[], hop: Hop, verdict: HopState['verdict']): Because[] {
  const wanted = { broken: 'critical', attention: 'warning', changing: 'info', good: '', unknown: '' }[
    verdict
  ];
  const found = findings.find((finding) => finding.hop === hop && finding.severity === wanted);
  return found === undefined ? [] : [{ text: found.summary, source: found.facts[0]?.source ?? 'findings' }];
}

/**
 * Judges one connection by what was observed of it: states by the guide’s words, the six hops, the findings and their
 * root cause. Pure: the same evidence at the same moment gives the same judgement, live, simulated or from a bundle.
 *
 * `nowMs` is the moment the ages are counted to, `observedSinceMs` when observing began, both milliseconds since the
 * epoch. While `isOperationRunning`, what is missing counts as on its way.
 */
export function judge(evidence: Evidence, context: JudgeContext): Judgement {
  const scene = sceneOf(evidence, context);
  const states: StatesByController = {
    operator: operatorState(scene),
    meshsync: meshsyncState(scene),
    broker: brokerState(scene),
  };
  const waits = waitsOf(scene, states);
  const findings = findingsOf(scene, waits);
  const hops = hopsOf(scene, states, findings, waits);
  const controller = (name: keyof StatesByController): ControllerState => {
    const { state, version, because, isGood } = states[name];
    const verdict = hops.find((hop) => hop.hop === name)?.verdict ?? 'unknown';
    // Where the state itself is good, what is wrong with it has to be said before what is well.
    const why = isGood ? reasonsOf(findings, name, verdict) : [];
    return {
      controller: name,
      state,
      verdict: state === 'UNKNOWN' ? 'unknown' : verdict,
      ...(version === undefined ? {} : { version }),
      because: [...why, ...because],
    };
  };
  return {
    controllers: [controller('operator'), controller('meshsync'), controller('broker')],
    hops,
    findings,
    health: healthOf(scene, hops, states),
    families: scene.families,
  };
}
