import { ApiError } from '../../api/errors.ts';
import type { CheckResult, CheckRun, CheckSuite } from '../../api/check.ts';
import { CHECK_ERRORS } from '../../core/errors-reference/check-errors.ts';
import type { OperationTarget } from '../operations/target.ts';
import type { Clock } from '../ports.ts';
import { countResults, rootCauseOf, runChecks, waiting } from './engine.ts';
import { brokerChecks } from './suites/broker.ts';
import { kubernetesChecks } from './suites/kubernetes.ts';
import { meshsyncChecks } from './suites/meshsync.ts';
import { operatorChecks } from './suites/operator.ts';
import type { CheckScene, SuiteCheck } from './suites/scene.ts';
import { serverChecks, syntheticChecks } from './suites/server.ts';

/** Ended runs kept for the page that started them. */
const KEEP = 200;
const RUNNING_LIMIT = 200;

const SUITES: Readonly<Record<CheckSuite, (scene: CheckScene) => SuiteCheck[]>> = {
  kubernetes: kubernetesChecks,
  operator: operatorChecks,
  broker: brokerChecks,
  meshsync: meshsyncChecks,
  server: serverChecks,
  synthetic: syntheticChecks,
};

export interface CheckRuns {
  /** Throws `ApiError` `too-many-requests` when 200 runs are open. */
  start(scene: CheckScene, suites: readonly CheckSuite[]): CheckRun;
  /** @param waitMs answers when the run has ended, or after this */
  view(id: string, waitMs: number, signal: AbortSignal): Promise<CheckRun>;
  cancel(id: string): CheckRun;
  /** Ends the runs of a connection that is not the one they began with: it was deleted, put aside, or connected anew. */
  leave(connectionId: string, present: OperationTarget | undefined): void;
  /** The latest ended run of a connection. */
  latest(connectionId: string): CheckRun | undefined;
  close(): void;
}

/** Keeps the runs of checks; results come as they are found. */
export function createCheckRuns(clock: Clock): CheckRuns {
  const runs = new Map<
    string,
    { run: CheckRun; target: OperationTarget; abort: AbortController; done: Promise<void> }
  >();

  function get(id: string) {
    const found = runs.get(id);
    if (found === undefined)
      throw new ApiError('not-found', `There is no test ${id}; it may have been put away.`);
    return found;
  }

  function prune(): void {
    for (const [id, { run }] of runs) {
      if (runs.size <= KEEP) return;
      if (run.status !== 'running') runs.delete(id);
    }
  }

  return {
    start(scene, suites) {
      if ([...runs.values()].filter(({ run }) => run.status === 'running').length >= RUNNING_LIMIT) {
        throw new ApiError('too-many-requests', `${RUNNING_LIMIT} tests run already.`, {
          remedy: 'Wait until some have ended.',
        });
      }
      const order: CheckSuite[] = (Object.keys(SUITES) as CheckSuite[]).filter((suite) =>
        suites.includes(suite),
      );
      const asked = order.flatMap((suite) => SUITES[suite](scene));
      const checks = withNeeds(
        asked,
        Object.values(SUITES).flatMap((suite) => suite(scene)),
      );
      const startedMs = clock.now();
      const entry = {
        target: scene.target,
        abort: new AbortController(),
        done: Promise.resolve(),
        run: {
          id: clock.uuid(),
          connectionId: scene.target.id,
          connectionName: scene.target.name,
          suites: order,
          status: 'running',
          startedAt: new Date(startedMs).toISOString(),
          results: checks.map(waiting),
          counts: { pass: 0, warn: 0, fail: 0, skip: 0 },
        } as CheckRun,
      };
      const put = (result: CheckResult) => {
        const results = entry.run.results.map((one) => (one.id === result.id ? result : one));
        entry.run = { ...entry.run, results, counts: countResults(results) };
      };
      const finish = async () => {
        const found = await runChecks(checks, clock, (one) => put(withReference(one)), entry.abort.signal);
        const results = found.map(withReference);
        const endedMs = clock.now();
        const rootCause = rootCauseOf(results);
        entry.run = {
          ...entry.run,
          results,
          counts: countResults(results),
          status: entry.abort.signal.aborted ? 'cancelled' : 'done',
          endedAt: new Date(endedMs).toISOString(),
          durationMs: endedMs - startedMs,
          ...(rootCause === undefined ? {} : { rootCause }),
        };
      };
      entry.done = finish();
      runs.set(entry.run.id, entry);
      prune();
      return entry.run;
    },
    async view(id, waitMs, signal) {
      const entry = get(id);
      if (waitMs > 0 && entry.run.status === 'running') {
        const over = new AbortController();
        const stop = () => over.abort();
        signal.addEventListener('abort', stop, { once: true });
        await Promise.race([entry.done, clock.sleep(waitMs, over.signal).catch(() => undefined)]);
        signal.removeEventListener('abort', stop);
        over.abort();
      }
      return entry.run;
    },
    cancel(id) {
      const entry = get(id);
      entry.abort.abort(new Error('cancelled'));
      return entry.run;
    },
    leave(connectionId, present) {
      for (const { run, target, abort } of runs.values()) {
        if (run.connectionId !== connectionId || run.status !== 'running' || target === present) continue;
        abort.abort(new Error('the connection was left'));
      }
    },
    latest(connectionId) {
      return [...runs.values()].findLast(
        ({ run }) => run.connectionId === connectionId && run.status !== 'running',
      )?.run;
    },
    close() {
      for (const { abort } of runs.values()) abort.abort(new Error('the server stops'));
    },
  };
}

const REMEDIES: ReadonlyMap<string, string> = new Map(
  Object.entries(CHECK_ERRORS).map(([id, { remedy }]) => [id, remedy]),
);

/**
 * Each check has an entry in the error reference: one that did not pass leads there unless it names a better one, and
 * one that says no remedy of its own, because it threw for instance, says that of its entry.
 */
function withReference(result: CheckResult): CheckResult {
  if (result.status !== 'fail' && result.status !== 'warn') return result;
  const { id, reference = id, remedy = REMEDIES.get(id) } = result;
  return { ...result, reference, ...(remedy === undefined ? {} : { remedy }) };
}

/** The checks asked for, and before them those they need of other suites: a Broker test alone still finds a dead API server. */
function withNeeds(asked: readonly SuiteCheck[], all: readonly SuiteCheck[]): SuiteCheck[] {
  const byId = new Map<string, SuiteCheck>(all.map((check) => [check.id, check]));
  const wanted = new Map<string, SuiteCheck>();
  const add = (check: SuiteCheck): void => {
    if (wanted.has(check.id)) return;
    wanted.set(check.id, check);
    for (const need of check.needs) {
      const found = byId.get(need);
      if (found !== undefined) add(found);
    }
  };
  for (const check of asked) add(check);
  return all.filter((check) => wanted.has(check.id));
}
