import { describe, expect, it } from 'vitest';
import type { CheckResult, CheckRun } from '../../api/check.ts';
import { checkReport } from './check-report.ts';
import { createScreen } from './screen.ts';

const sink = { write: () => true };
const screen = createScreen({ out: sink, err: sink }, {});

function result(id: string, status: CheckResult['status'], more: Partial<CheckResult> = {}): CheckResult {
  return { id, suite: 'broker', hop: 'broker', title: id, status, evidence: [], ...more };
}

function run(results: CheckResult[]): CheckRun {
  return {
    id: 'run',
    connectionId: 'one',
    connectionName: 'staging',
    suites: ['broker'],
    status: 'done',
    startedAt: '2026-11-30T00:00:00.000Z',
    durationMs: 12,
    results,
    rootCause: 'way',
    counts: { pass: 1, warn: 0, fail: 1, skip: 3 },
  };
}

describe('checkReport', () => {
  it('tells in one line what was not evaluated for one reason, and each other in its own', () => {
    const because = { skippedBecause: 'way', observed: 'not evaluated, because “way” failed' };
    const report = checkReport(
      [
        run([
          result('way', 'fail', { observed: 'refused', remedy: 'Reconnect.' }),
          result('ping', 'skip', because),
          result('service', 'pass', { observed: 'ClusterIP' }),
          result('monitor', 'skip', because),
          result('docker', 'skip', { observed: 'no container' }),
        ]),
      ],
      screen,
      false,
    );
    expect(report.split('\n').slice(3, -3)).toEqual([
      '  × way: refused',
      '      → Reconnect.',
      '  - 2 checks: not evaluated, because “way” failed',
      '  ✓ service: ClusterIP',
      '  - docker: no container',
    ]);
  });
});
