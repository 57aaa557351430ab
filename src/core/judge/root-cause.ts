import type { Finding } from '../../api/diagnosis.ts';
import type { Severity } from '../../api/shapes.ts';
import { catalogue, type CatalogueItem } from './catalogue.ts';

const SEVERITY_RANK: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };
const RANK = new Map(catalogue.map((item, index) => [item.code, index]));
const ITEMS = new Map(catalogue.map((item) => [item.code, item]));
const CAUSAL_HOPS = ['kubernetes', 'operator', 'broker', 'meshsync', 'server', 'database'];

function stopsData(item: CatalogueItem | undefined): boolean {
  return item !== undefined && (item.severity === 'critical' || item.stopsData === true);
}

function compare(a: Finding, b: Finding): number {
  return (
    SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] || (RANK.get(a.code) ?? 0) - (RANK.get(b.code) ?? 0)
  );
}

/**
 * Names the one root cause and folds under it what follows. The root is the first critical finding in the order of
 * causes, else the first warning because of which data stops; what lies downstream of it, or is less exact at the same
 * hop, follows from it. Notes (info) and warnings upstream stand for themselves.
 */
export function withRootCause(findings: readonly Finding[]): Finding[] {
  const sorted = findings.toSorted(compare);
  const root =
    sorted.find((finding) => finding.severity === 'critical') ??
    sorted.find((finding) => stopsData(ITEMS.get(finding.code)));
  if (root === undefined) return sorted;
  const rank = (finding: Finding) => CAUSAL_HOPS.indexOf(finding.hop);
  const others = sorted.filter((finding) => finding !== root);
  return [
    root,
    ...others.map((finding) =>
      finding.severity !== 'info' && rank(finding) >= rank(root)
        ? { ...finding, followsFrom: root.code }
        : finding,
    ),
  ];
}
