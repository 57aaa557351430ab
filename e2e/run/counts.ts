import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** How many tests ended how. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Something that is not a test and did not work: it counts as one failure, so that no total can hide it. */
export const ONE_FAILURE: Counts = { passed: 0, failed: 1, skipped: 0 };
export const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 };

const VitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number().default(0),
});

const PlaywrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
});

/**
 * The counts of a runner's JSON report. A runner that failed without a failing test (a file that does not load, an
 * error outside any test, no report at all) counts as one failure.
 */
export function countsOf(runner: 'vitest' | 'playwright', file: string, exitCode: number): Counts {
  const counts = read(runner, file);
  if (counts === undefined) return ONE_FAILURE;
  return exitCode !== 0 && counts.failed === 0 ? total([counts, ONE_FAILURE]) : counts;
}

function read(runner: 'vitest' | 'playwright', file: string): Counts | undefined {
  try {
    const report: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (runner === 'vitest') {
      const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = VitestReport.parse(report);
      return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
    }
    const { expected, unexpected, flaky, skipped } = PlaywrightReport.parse(report).stats;
    return { passed: expected + flaky, failed: unexpected, skipped };
  } catch (error) {
    console.error(
      `The report ${file} could not be read: ${error instanceof Error ? error.message : String(error)}`,
    );
    return undefined;
  }
}

export function total(all: readonly Counts[]): Counts {
  return all.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
    }),
    NOTHING,
  );
}

/** The last line of every run: `.ci/run` reads it. */
export function countsLine(counts: Counts): string {
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
}
