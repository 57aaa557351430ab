import type { CheckResult, CheckSuite } from '../../api/check.ts';
import type { Hop } from '../../api/shapes.ts';
import type { Clock } from '../ports.ts';

/** How a check ended. `observed` is what was seen, in words; a check that throws has failed with the error's words. */
export interface Outcome {
  readonly status: 'pass' | 'warn' | 'fail' | 'skip';
  readonly observed: string;
  readonly evidence?: readonly string[];
  readonly remedy?: string | undefined;
  readonly command?: string | undefined;
  readonly reference?: string | undefined;
  /** Only for `skip`: the check that explains it. */
  readonly skippedBecause?: string | undefined;
}

/** One check as data: what it asks, what must hold before it can be asked, and how it is found out. */
export interface Check {
  readonly id: string;
  readonly suite: CheckSuite;
  readonly hop: Hop;
  readonly title: string;
  /** Ids of checks without which this one says nothing; when one of them did not pass, this one is skipped, never failed. */
  readonly needs: readonly string[];
  readonly timeoutMs: number;
  /** How it ends when its time is up, where that tells of this server’s own load and not of a fault; *fail* otherwise. */
  readonly whenLate?: 'skip' | 'warn';
  run(signal: AbortSignal): Promise<Outcome>;
}

const NEED_MET = new Set(['pass', 'warn']);
/** A limit that strikes so much later than it should was not kept by this machine: answers could not be taken either. */
const OVERSLEPT_MS = 1000;
const NOT_EVALUATED = 'not evaluated';

/** Not an answer: the time of a check was up, `lateMs` after the moment it was set for. */
class TimeIsUp extends Error {
  readonly lateMs: number;
  constructor(timeoutMs: number, lateMs: number) {
    super(`no answer within ${timeoutMs / 1000} s`);
    this.lateMs = lateMs;
  }
}

/** What it means that a check has no answer: a fault of what it asks, unless this server itself was too busy to hear one. */
function outOfTime(check: Check, { message, lateMs }: TimeIsUp): Pick<Outcome, 'status' | 'observed'> {
  if (lateMs > OVERSLEPT_MS)
    return {
      status: 'skip',
      observed: `could not be looked at: this server was too busy, and late by ${Math.round(lateMs / 1000)} s itself`,
    };
  return check.whenLate === undefined
    ? { status: 'fail', observed: message }
    : {
        status: check.whenLate,
        observed: `could not be looked at within ${check.timeoutMs / 1000} s; try again later`,
      };
}

/** A result before its check has run. */
export function waiting(check: Check): CheckResult {
  return {
    id: check.id,
    suite: check.suite,
    hop: check.hop,
    title: check.title,
    status: 'waiting',
    evidence: [],
  };
}

/**
 * Runs checks as a graph: whatever has its needs met runs at once, with a limit of its own; what depends on a failure
 * is skipped because of the first failure on its way. Never throws for what a check does.
 * @param onResult called when a check begins and when it ends
 * @returns results in the order given
 */
export async function runChecks(
  checks: readonly Check[],
  clock: Clock,
  onResult: (result: CheckResult) => void,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const known = new Map(checks.map((check) => [check.id, check]));
  const runs = new Map<string, Promise<CheckResult>>();

  const start = (check: Check): Promise<CheckResult> => {
    const present = runs.get(check.id);
    if (present !== undefined) return present;
    const run = (async (): Promise<CheckResult> => {
      const needs = check.needs.flatMap((id) => known.get(id) ?? []);
      const before = await Promise.all(needs.map(start));
      const blocker = before.find((one) => !NEED_MET.has(one.status));
      const result =
        blocker === undefined ? await runOne(check, clock, onResult, signal) : skipped(check, blocker);
      onResult(result);
      return result;
    })();
    runs.set(check.id, run);
    return run;
  };
  return Promise.all(checks.map(start));
}

/** Names what is at the root, however many checks lie between: a person mends that one. */
function skipped(check: Check, blocker: CheckResult): CheckResult {
  const { id, title, status, observed, skippedBecause } = blocker;
  const result = { ...waiting(check), status: 'skip' } as const;
  if (status !== 'skip')
    return { ...result, skippedBecause: id, observed: `${NOT_EVALUATED}, because “${title}” failed` };
  const isItselfBlocked = skippedBecause !== undefined && observed?.startsWith(NOT_EVALUATED) === true;
  return isItselfBlocked
    ? { ...result, skippedBecause, observed }
    : {
        ...result,
        skippedBecause: skippedBecause ?? id,
        observed: `${NOT_EVALUATED}, as “${title}” was not${observed === undefined ? '' : `: ${observed}`}`,
      };
}

async function runOne(
  check: Check,
  clock: Clock,
  onResult: (result: CheckResult) => void,
  signal: AbortSignal,
): Promise<CheckResult> {
  onResult({ ...waiting(check), status: 'running' });
  const startedMs = clock.now();
  const limit = new AbortController();
  const stop = () => limit.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const done = new AbortController();
  try {
    signal.throwIfAborted();
    // A check that heeds its signal rejects by it; one that does not is left behind. Both ways it is over.
    const over = new Promise<Outcome>((_resolve, reject) => {
      limit.signal.addEventListener(
        'abort',
        () => reject(limit.signal.reason instanceof Error ? limit.signal.reason : new Error('cancelled')),
        { once: true },
      );
    });
    void clock.sleep(check.timeoutMs, done.signal).then(
      () => limit.abort(new TimeIsUp(check.timeoutMs, clock.now() - startedMs - check.timeoutMs)),
      () => undefined, // ended before its limit
    );
    const outcome = await Promise.race([over, check.run(limit.signal)]);
    return {
      ...waiting(check),
      ...outcome,
      evidence: [...(outcome.evidence ?? [])],
      durationMs: clock.now() - startedMs,
    };
  } catch (error) {
    const isCancelled = signal.aborted;
    const cause = limit.signal.aborted ? (limit.signal.reason as unknown) : error;
    const ended: Pick<Outcome, 'status' | 'observed'> = isCancelled
      ? { status: 'skip', observed: 'cancelled' }
      : cause instanceof TimeIsUp
        ? outOfTime(check, cause)
        : { status: 'fail', observed: cause instanceof Error ? cause.message : String(cause) };
    return {
      ...waiting(check),
      ...ended,
      durationMs: clock.now() - startedMs,
    };
  } finally {
    signal.removeEventListener('abort', stop);
    done.abort();
  }
}

/** The check that explains the others: the first failure of the path that is not itself a consequence. */
export function rootCauseOf(results: readonly CheckResult[]): string | undefined {
  return results.find((one) => one.status === 'fail')?.id;
}

export function countResults(results: readonly CheckResult[]): {
  pass: number;
  warn: number;
  fail: number;
  skip: number;
} {
  const count = (status: CheckResult['status']) => results.filter((one) => one.status === status).length;
  return { pass: count('pass'), warn: count('warn'), fail: count('fail'), skip: count('skip') };
}
