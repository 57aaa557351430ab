import type { ConnectionSummary } from '../../api/connection.ts';
import type { ControllerState, Finding, HopState } from '../../api/diagnosis.ts';
import type { Evidence } from '../../api/evidence.ts';
import { HOPS } from '../../api/shapes.ts';
import type { Controller, Severity } from '../../api/shapes.ts';
import type { judge, Judgement } from '../../core/judge/judge.ts';
import { failureOf } from '../failure.ts';
import type { Log } from '../ports.ts';
import { isoTime } from '../timing.ts';

export type Judge = typeof judge;

/** Judges, and survives rules that throw: the connection then reads unknown, and the others are not touched. */
export function judgeSafely(
  evidence: Evidence,
  context: Parameters<Judge>[1],
  using: { judge: Judge; log: Log },
): Judgement {
  try {
    return using.judge(evidence, context);
  } catch (error) {
    const reason = failureOf(error).message;
    using.log.error({ connection: evidence.connectionId, reason }, 'the rules failed on this evidence');
    const because = [{ text: `The rules could not judge what was observed: ${reason}`, source: 'rules' }];
    const unknown = (controller: Controller): ControllerState => ({
      controller,
      state: 'UNKNOWN',
      verdict: 'unknown',
      because,
    });
    return {
      controllers: [unknown('operator'), unknown('meshsync'), unknown('broker')],
      hops: HOPS.map((hop) => ({
        hop,
        verdict: 'unknown',
        word: 'unknown',
        onward: hop === 'database' ? 'end' : 'not-evaluated',
      })),
      findings: [],
      health: 'unknown',
      families: [],
    };
  }
}

/** A server that has just started finds states that are older than itself; the link takes a moment to stand. */
const FINDING_OUT_MS = 30_000;

/**
 * Remembers since when each controller is in its state. What is well when we come is well since its pod was made, as
 * far as anybody can tell; a state that was only out of sight goes on when it is seen again.
 */
export class StateAges {
  readonly #seen = new Map<Controller, { state: string; sinceAt: string }>();
  readonly #known = new Map<Controller, { state: string; sinceAt: string }>();
  #firstMs: number | undefined;

  date(controllers: readonly ControllerState[], pods: Evidence['pods'], nowMs: number): ControllerState[] {
    this.#firstMs ??= nowMs;
    const isFindingOut = nowMs - this.#firstMs < FINDING_OUT_MS;
    return controllers.map((one) => {
      const before = this.#seen.get(one.controller);
      const known = this.#known.get(one.controller);
      const isSame = before?.state === one.state;
      const isBack = before?.state === 'UNKNOWN' && known?.state === one.state;
      const podAt = isFindingOut && one.verdict === 'good' ? oldestPodAt(pods, one.controller) : undefined;
      const sinceAt = isSame ? before.sinceAt : isBack ? known.sinceAt : (podAt ?? isoTime(nowMs));
      const now = { state: one.state, sinceAt };
      this.#seen.set(one.controller, now);
      if (one.state !== 'UNKNOWN') this.#known.set(one.controller, now);
      return { ...one, sinceAt };
    });
  }
}

function oldestPodAt(pods: Evidence['pods'], controller: Controller): string | undefined {
  if (pods.status !== 'seen') return undefined;
  return pods.value
    .filter((pod) => pod.role === controller && pod.ready)
    .map((pod) => pod.createdAt)
    .toSorted((a, b) => a.localeCompare(b))[0];
}

const SEVERITY_ORDER: readonly Severity[] = ['critical', 'warning', 'info'];

/** Root causes first, then by severity; the order of the rules decides the rest. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const rank = (finding: Finding) =>
    (finding.followsFrom === undefined ? 0 : 10) + SEVERITY_ORDER.indexOf(finding.severity);
  return findings.toSorted((a, b) => rank(a) - rank(b));
}

/** The part of a card that the findings decide. */
export function rootOf(
  findings: readonly Finding[],
): Pick<ConnectionSummary, 'rootCause' | 'symptoms' | 'findings'> {
  const root = findings.find((finding) => finding.followsFrom === undefined);
  return {
    ...(root === undefined ? {} : { rootCause: root }),
    symptoms: root === undefined ? 0 : findings.filter((finding) => finding.followsFrom === root.code).length,
    findings: findings.length,
  };
}

/** A hop of a cluster that a person put aside: nothing failed there, nobody looks. */
export function unobserved(hop: HopState): HopState {
  const onward = hop.onward === 'end' ? 'end' : 'not-evaluated';
  return { hop: hop.hop, verdict: 'unknown', word: 'not observed', onward };
}
