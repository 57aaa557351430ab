import type { CheckResult, CheckRun, CheckSuite } from '../../api/check.ts';
import type { JunitCase } from './formats.ts';
import { paragraph } from './layout.ts';
import { statusMark } from './paint.ts';
import type { Screen } from './screen.ts';

/** The guide's categories, by the suites of checks behind them. */
const CATEGORIES: readonly { readonly title: string; readonly suite: CheckSuite }[] = [
  { title: 'Kubernetes API', suite: 'kubernetes' },
  { title: 'Operator', suite: 'operator' },
  { title: 'Broker', suite: 'broker' },
  { title: 'MeshSync', suite: 'meshsync' },
  { title: 'Server', suite: 'server' },
  { title: 'Synthetic test', suite: 'synthetic' },
];

/** The check that explains the failures of a run and what it saw; undefined where nothing failed. */
export function rootCauseOf(run: CheckRun): string | undefined {
  const root = run.results.find((one) => one.id === run.rootCause);
  if (root === undefined) return undefined;
  const category = CATEGORIES.find(({ suite }) => suite === root.suite)?.title ?? root.suite;
  return `${category}, “${root.title}”: ${root.observed ?? 'failed'}`;
}

/** The results as a person reads them. @param isShort only what does not pass */
export function checkReport(runs: readonly CheckRun[], screen: Screen, isShort: boolean): string {
  return runs.map((run) => reportOf(run, screen, isShort)).join('\n\n');
}

function reportOf(run: CheckRun, screen: Screen, isShort: boolean): string {
  const { paint, columns } = screen;
  const categories = CATEGORIES.flatMap(({ title, suite }) => {
    const results = run.results.filter(
      (one) => one.suite === suite && (!isShort || one.status === 'fail' || one.status === 'warn'),
    );
    return results.length === 0 ? [] : ['', `  ${paint.strong(title)}`, ...linesOf(results, screen)];
  });
  const { pass, warn, fail, skip } = run.counts;
  const root = rootCauseOf(run);
  return [
    paint.strong(run.connectionName),
    ...categories,
    '',
    ...(root === undefined ? [] : [paint.broken(paragraph('  Root cause: ', root, columns))]),
    paragraph(
      '  ',
      `${pass} passed, ${warn} with a warning, ${fail} failed, ${skip} skipped, in ${Math.round(run.durationMs ?? 0)} ms`,
      columns,
    ),
  ].join('\n');
}

/** What cannot be asked for one and the same reason is one line: twenty would bury the reason. */
function linesOf(results: readonly CheckResult[], screen: Screen): string[] {
  const told = new Set<string>();
  return results.flatMap((one) => {
    const { status, skippedBecause, observed } = one;
    if (status !== 'skip' || skippedBecause === undefined || observed === undefined)
      return resultLines(one, screen);
    const alike = results.filter((other) => other.status === 'skip' && other.observed === observed);
    if (alike.length === 1) return resultLines(one, screen);
    if (told.has(observed)) return [];
    told.add(observed);
    const mark = statusMark(status, screen.paint);
    return [paragraph(`  ${mark} `, `${alike.length} checks: ${observed}`, screen.columns)];
  });
}

function resultLines(one: CheckResult, { paint, columns }: Screen): string[] {
  const isTrouble = one.status === 'fail' || one.status === 'warn';
  const observed = one.observed === undefined ? '' : `: ${one.observed}`;
  return [
    paragraph(`  ${statusMark(one.status, paint)} `, `${one.title}${observed}`, columns),
    ...(isTrouble && one.remedy !== undefined ? [paragraph('      → ', one.remedy, columns)] : []),
    // To be copied, so never broken.
    ...(isTrouble && one.command !== undefined
      ? one.command
          .trimEnd()
          .split('\n')
          .map((line) => `        ${line}`)
      : []),
  ];
}

/** The results as a CI system reads them. */
export function checkCases(run: CheckRun): JunitCase[] {
  return run.results.map((one) => ({
    suite: `${run.connectionName}.${one.suite}`,
    name: one.title,
    seconds: one.durationMs === undefined ? undefined : one.durationMs / 1000,
    failure: one.status === 'fail' ? (one.observed ?? 'failed') : undefined,
    skipped: one.status === 'skip' ? (one.observed ?? 'skipped') : undefined,
    output: one.status === 'warn' ? one.observed : undefined,
  }));
}
