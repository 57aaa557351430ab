import { ApiError } from '../../api/errors.ts';
import { type Operation, OperationRequest } from '../../api/operation.ts';
import { type SyntheticRun, SyntheticSchedule } from '../../api/synthetic.ts';
import { failureOf } from '../failure.ts';
import type { Operations } from '../operations/runner.ts';
import type { Clock, Log, StateStore } from '../ports.ts';
import { ENDED, isoTime, rest } from '../timing.ts';

const COLLECTION = 'synthetic';
const KEEP = 200;
const MINUTE_MS = 60_000;
/** After a start the ways into the clusters are still being found; a test that is overdue waits this long. */
const SETTLE_MS = 30_000;
const ACTOR = 'schedule';
/** Each is measured from its own change, one after the other: together they are the whole test. */
const LAST_HOPS: ReadonlySet<string> = new Set(['database', 'update', 'delete']);

/** A test by the clock that began or went well: told of each time, they would drown every other event. */
export function isRoutine({ kind, actor, status }: Operation): boolean {
  return kind === 'synthetic-test' && actor === ACTOR && (status === 'running' || status === 'succeeded');
}

export interface SyntheticSchedules {
  /** Reads what was kept and lets the schedules run again. */
  start(): Promise<void>;
  view(connectionId: string): SyntheticSchedule;
  /** Runs the test every so many minutes from now on; off without a number. Rejects when it cannot be stored. */
  schedule(connectionId: string, everyMinutes: number | undefined): Promise<SyntheticSchedule>;
  /** To be told of every operation that begins or ends, whoever started it. */
  operationChanged(operation: Operation): void;
  /** Ends the timers; resolves when what was recorded is written. */
  close(): Promise<void>;
}

/**
 * The synthetic test by the clock, off until a person asks for it. A time at which another operation runs, or at which
 * there is no way into the cluster, is passed over: the test is tried again at the next one.
 */
export function createSyntheticSchedules(options: {
  clock: Clock;
  log: Log;
  state: StateStore;
  operations: Pick<Operations, 'begin' | 'list' | 'dismiss'>;
}): SyntheticSchedules {
  const { clock, log, state, operations } = options;
  const kept = new Map<string, SyntheticSchedule>();
  const timers = new Map<string, { abort: AbortController; ended: Promise<void> }>();
  /** Writes go one after the other, so that an older document never replaces a newer one. */
  let written: Promise<void> = Promise.resolve();

  const of = (connectionId: string): SyntheticSchedule => kept.get(connectionId) ?? { history: [] };

  async function save(connectionId: string): Promise<void> {
    const write = written.then(() => state.write(COLLECTION, connectionId, of(connectionId)));
    written = write.catch((error: unknown) => {
      log.error(
        { connection: connectionId, reason: failureOf(error).message },
        'the history of the synthetic test could not be stored',
      );
    });
    return write;
  }

  function change(connectionId: string, part: Partial<SyntheticSchedule>): void {
    kept.set(connectionId, { ...of(connectionId), ...part });
    // What fails is logged by `save`; the schedule goes on in memory.
    save(connectionId).catch(() => undefined);
  }

  async function run(connectionId: string, signal: AbortSignal): Promise<void> {
    try {
      const request = OperationRequest.parse({ kind: 'synthetic-test', connectionId });
      await operations.begin(request, ACTOR, signal);
    } catch (error) {
      const fields = { connection: connectionId, reason: failureOf(error).message };
      if (error instanceof ApiError) log.info(fields, 'a scheduled synthetic test was passed over');
      else log.warn(fields, 'a scheduled synthetic test could not begin');
    }
  }

  async function keepTime(connectionId: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      const { everyMinutes, nextAt } = of(connectionId);
      if (everyMinutes === undefined || nextAt === undefined) return;
      if (!(await rest(clock, Math.max(0, Date.parse(nextAt) - clock.now()), signal))) return;
      change(connectionId, { nextAt: isoTime(clock.now() + everyMinutes * MINUTE_MS) });
      await run(connectionId, signal);
    }
  }

  function setTimer(connectionId: string): void {
    timers.get(connectionId)?.abort.abort(ENDED);
    timers.delete(connectionId);
    if (of(connectionId).everyMinutes === undefined) return;
    const abort = new AbortController();
    timers.set(connectionId, { abort, ended: keepTime(connectionId, abort.signal) });
  }

  /** Of scheduled tests only the last stays on the card, and only while it tells of something wrong. */
  async function putAway(last: Operation): Promise<void> {
    for (const one of operations.list()) {
      const isOld = one.id !== last.id || last.status === 'succeeded';
      const isSame = one.kind === last.kind && one.connectionId === last.connectionId && one.actor === ACTOR;
      if (isSame && isOld && one.status !== 'running' && !one.isDismissed) await operations.dismiss(one.id);
    }
  }

  return {
    async start() {
      for (const { id, value } of await state.list(COLLECTION)) {
        const parsed = SyntheticSchedule.safeParse(value);
        if (!parsed.success) {
          log.warn({ connection: id }, 'a stored synthetic test schedule cannot be read and is left alone');
          continue;
        }
        const { everyMinutes, nextAt } = parsed.data;
        const earliestMs = clock.now() + SETTLE_MS;
        kept.set(id, {
          ...parsed.data,
          history: parsed.data.history.slice(-KEEP),
          ...(everyMinutes === undefined || nextAt === undefined
            ? {}
            : { nextAt: isoTime(Math.max(Date.parse(nextAt), earliestMs)) }),
        });
        setTimer(id);
      }
    },
    view: of,
    async schedule(connectionId, everyMinutes) {
      const { history } = of(connectionId);
      const nextAt = everyMinutes === undefined ? undefined : isoTime(clock.now() + everyMinutes * MINUTE_MS);
      kept.set(connectionId, nextAt === undefined ? { history } : { everyMinutes, nextAt, history });
      setTimer(connectionId);
      await save(connectionId);
      return of(connectionId);
    },
    operationChanged(operation) {
      const { kind, connectionId } = operation;
      if (kind !== 'synthetic-test' || connectionId === undefined) return;
      const ended = runOf(operation, clock.now());
      if (ended === undefined) return;
      change(connectionId, { history: [...of(connectionId).history, ended].slice(-KEEP) });
      if (operation.actor !== ACTOR) return;
      putAway(operation).catch((error: unknown) => {
        log.warn(
          { connection: connectionId, reason: failureOf(error).message },
          'the results of scheduled synthetic tests could not be put away',
        );
      });
    },
    async close() {
      const open = [...timers.values()];
      timers.clear();
      for (const { abort } of open) abort.abort(ENDED);
      await Promise.all(open.map(({ ended }) => ended));
      await written;
    },
  };
}

/** What an operation tells of the path from the cluster to the database; nothing when it did not come to its end. */
function runOf(operation: Operation, nowMs: number): SyntheticRun | undefined {
  const at = operation.endedAt ?? isoTime(nowMs);
  const { hops = [], summary } = operation;
  const message = summary === undefined ? {} : { message: summary };
  switch (operation.status) {
    case 'running':
    case 'cancelled':
    case 'interrupted':
      return undefined;
    case 'failed': {
      const hop = hops.find((one) => one.afterMs === undefined);
      return { at, isSuccess: false, ...(hop === undefined ? {} : { failedHop: hop.title }), ...message };
    }
    case 'succeeded': {
      const totalMs = hops
        .filter(({ hop }) => LAST_HOPS.has(hop))
        .reduce((sum, { afterMs = 0 }) => sum + afterMs, 0);
      return { at, isSuccess: true, totalMs, ...message };
    }
  }
}
