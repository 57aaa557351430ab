import type { Finding } from '../../api/diagnosis.ts';
import type { Hop, Severity } from '../../api/shapes.ts';
import { catalogue } from './catalogue.ts';

const SEVERITY_RANK: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };
const RANK = new Map(catalogue.map((item, index) => [item.code, index]));
const ITEMS = new Map(catalogue.map((item) => [item.code, item]));
const CAUSAL_HOPS: readonly Hop[] = ['kubernetes', 'operator', 'broker', 'meshsync', 'server', 'database'];

/** By code units, so that the order is the same in every language. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function stopsData(finding: Finding): boolean {
  return finding.severity === 'critical' || ITEMS.get(finding.code)?.stopsData === true;
}

function explains(finding: Finding, other: Finding): boolean {
  return ITEMS.get(finding.code)?.explains?.includes(other.code) === true;
}

/** Where its causes come in the order of causes. */
function causalRank(finding: Finding): number {
  return CAUSAL_HOPS.indexOf(ITEMS.get(finding.code)?.causeHop ?? finding.hop);
}

/**
 * A total order: severity, the hops in the order of causes, the catalogue within a hop, then the code and what it is
 * about, so that two findings never change places from one look to the next.
 */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] ||
    causalRank(a) - causalRank(b) ||
    (RANK.get(a.code) ?? RANK.size) - (RANK.get(b.code) ?? RANK.size) ||
    compareText(a.code, b.code) ||
    compareText(a.summary, b.summary) ||
    compareText(JSON.stringify(a.facts), JSON.stringify(b.facts))
  );
}

/**
 * Names the one root cause and folds under it what follows. The root is the first critical finding in the order of
 * causes, or the warning that explains it; else the first warning because of which data stops. What lies downstream of
 * it, or is less exact at the same hop, follows from it. Notes (info) and warnings upstream stand for themselves. Where
 * data flows there is no root: a warning follows only from one that is known to explain it.
 */
export function withRootCause(findings: readonly Finding[]): Finding[] {
  const sorted = findings.toSorted(compareFindings);
  const worst = sorted.find((finding) => finding.severity === 'critical');
  const root =
    (worst === undefined ? undefined : sorted.find((finding) => explains(finding, worst))) ??
    worst ??
    sorted.find(stopsData);
  if (root === undefined) return sorted.map((finding) => withReason(finding, sorted));
  const others = sorted.filter((finding) => finding !== root);
  return [
    root,
    ...others.map((finding) =>
      finding.severity !== 'info' && causalRank(finding) >= causalRank(root)
        ? { ...finding, followsFrom: root.code }
        : finding,
    ),
  ];
}

function withReason(finding: Finding, all: readonly Finding[]): Finding {
  const reason = all.find((other) => other !== finding && explains(other, finding));
  return reason === undefined ? finding : { ...finding, followsFrom: reason.code };
}
