import type { Bundle, BundledConnection } from '../../api/bundle.ts';
import type { ConnectionView } from '../../api/connection.ts';
import { judge } from '../judge/judge.ts';

/**
 * Judges a connection of a bundle by the rules of this version, at the time the bundle was taken: the same states and
 * findings as live, since both are functions of the evidence alone.
 */
export function judgeBundled(bundled: BundledConnection): ConnectionView {
  const { evidence, view } = bundled;
  const judgement = judge(evidence, {
    nowMs: Date.parse(evidence.takenAt),
    observedSinceMs: Date.parse(bundled.observedSinceAt),
    isOperationRunning: bundled.isOperationRunning,
  });
  const { findings } = judgement;
  const root = findings.find((one) => one.followsFrom === undefined);
  const { rootCause: _shown, ...rest } = view;
  return {
    ...rest,
    health: judgement.health,
    families: judgement.families,
    controllers: judgement.controllers.map((state) => {
      const before = view.controllers.find(
        (one) => one.controller === state.controller && one.state === state.state,
      );
      return before?.sinceAt === undefined ? state : { ...state, sinceAt: before.sinceAt };
    }),
    hops: judgement.hops,
    allFindings: findings,
    findings: findings.length,
    symptoms: root === undefined ? 0 : findings.filter((one) => one.followsFrom === root.code).length,
    ...(root === undefined ? {} : { rootCause: root }),
  };
}

/** Every connection of a bundle, judged. */
export function judgeBundle(bundle: Bundle): ConnectionView[] {
  return bundle.connections.map(judgeBundled);
}
