import type { CheckResult, CheckRun, CheckSuite } from '../../../api/check.ts';
import type { Tone } from '../../theme/tokens.ts';

export const SUITE_NAMES: Readonly<Record<CheckSuite, string>> = {
  kubernetes: 'Kubernetes',
  operator: 'Operator',
  broker: 'Broker',
  meshsync: 'MeshSync',
  server: 'Server and database',
  synthetic: 'Synthetic test',
};

/** In the order of the path; written out, for the contract’s own list would bring zod into the page. */
export const SUITES = [
  'kubernetes',
  'operator',
  'broker',
  'meshsync',
  'server',
  'synthetic',
] as const satisfies readonly CheckSuite[];

interface ResultLook {
  readonly mark: string;
  readonly word: string;
  readonly tone: Tone;
}

export const RESULT_LOOK: Readonly<Record<CheckResult['status'], ResultLook>> = {
  waiting: { mark: '·', word: 'Waiting', tone: 'unknown' },
  running: { mark: '◌', word: 'Checking', tone: 'changing' },
  pass: { mark: '✓', word: 'Passed', tone: 'good' },
  warn: { mark: '!', word: 'Warning', tone: 'attention' },
  fail: { mark: '×', word: 'Failed', tone: 'broken' },
  skip: { mark: '–', word: 'Not evaluated', tone: 'unknown' },
};

/** The checks that were not evaluated because of one, directly or by way of others. */
export function skippedBecauseOf(id: string, results: readonly CheckResult[]): number {
  const known = new Set([id]);
  for (let before = 0; before !== known.size;) {
    before = known.size;
    for (const one of results) {
      if (one.status === 'skip' && one.skippedBecause !== undefined && known.has(one.skippedBecause)) {
        known.add(one.id);
      }
    }
  }
  return known.size - 1;
}

/** `21 passed, 1 warning, 2 failed, 3 not evaluated`, without what there is none of. */
export function countWords({ pass, warn, fail, skip }: CheckRun['counts']): string {
  const parts = [
    [pass, 'passed'],
    [warn, warn === 1 ? 'warning' : 'warnings'],
    [fail, 'failed'],
    [skip, 'not evaluated'],
  ] as const;
  return parts.flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`])).join(', ');
}
