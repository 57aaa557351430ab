import { ApiError } from '../../api/errors.ts';
import {
  Operation,
  type OperationPreview,
  OperationRequest,
  type OperationStep,
} from '../../api/operation.ts';
import { type Clock, ClusterError, type Log, type StateStore } from '../ports.ts';
import { explain } from './cluster-objects.ts';
import { type Plan, StepFailure } from './plan.ts';
import type { Planner } from './planner.ts';
import { lookAgain, type Mending, mendingOf } from './recheck.ts';
import type { OperationTarget } from './target.ts';

const COLLECTION = 'operations';
/** Ended operations kept, so that the file stays small. */
const KEEP = 500;
/** Steps tell their progress many times a second; the file needs it only now and then. */
const SAVE_EVERY_MS = 500;
const DATABASE_KEY = 'database';
const DATABASE_KINDS: ReadonlySet<OperationRequest['kind']> = new Set(['reset-database', 'restore-database']);

interface Stored {
  operation: Operation;
  request: OperationRequest;
}

/** Told of every operation that starts or ends, for the event log. */
export type OperationListener = (operation: Operation) => void;

export interface Operations {
  /** Reads what was stored; what ran when the server stopped becomes `interrupted`. */
  start(): Promise<void>;
  preview(request: OperationRequest, signal: AbortSignal): Promise<OperationPreview>;
  /** Throws `ApiError` `conflict` (relatedId: the one that runs), `unprocessable` (refused, or not confirmed). */
  begin(request: OperationRequest, actor: string, signal: AbortSignal): Promise<Operation>;
  list(): readonly Operation[];
  view(id: string): Operation;
  cancel(id: string): Operation;
  resume(id: string, actor: string, signal: AbortSignal): Promise<Operation>;
  /**
   * Keeps operations away from a connection while `work` moves it to another state, as they keep each other away.
   * Throws `ApiError('conflict')` when one runs or is just being made ready there.
   */
  alone<T>(connectionId: string, title: string, actor: string, work: () => Promise<T>): Promise<T>;
  dismiss(id: string): Promise<Operation>;
  /** Goes up with every change, for ETags. */
  version(): number;
  /** Cancels what runs and waits until it has ended; it is stored as interrupted. */
  close(): Promise<void>;
}

/** Runs operations one at a time per connection; every change of one is kept, so that a restart loses nothing. */
export function createOperations(options: {
  clock: Clock;
  log: Log;
  state: StateStore;
  planner: Planner;
  target: (id: string) => OperationTarget | undefined;
  onChange: OperationListener;
}): Operations {
  const { clock, log, state, planner } = options;
  const all = new Map<string, Stored>();
  const running = new Map<string, { id: string; abort: AbortController; done: Promise<void> }>();
  /**
   * Connections for which a plan is just being made, or that are being moved: two presses at once must not both
   * begin. `id` is that of the operation to come.
   */
  const beginning = new Map<string, { id?: string; title: string; actor: string }>();
  let version = 0;
  let isClosing = false;

  const iso = () => new Date(clock.now()).toISOString();
  const keyOf = (request: OperationRequest) => request.connectionId ?? DATABASE_KEY;

  /** Gives why it could not be stored, undefined when it was. */
  async function save(stored: Stored): Promise<Error | undefined> {
    try {
      await state.write(COLLECTION, stored.operation.id, stored);
      return undefined;
    } catch (error) {
      log.error({ operation: stored.operation.id, error: String(error) }, 'operation could not be stored');
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  function update(stored: Stored, change: Partial<Operation>): void {
    stored.operation = { ...stored.operation, ...change };
    version += 1;
  }

  function targetOf(request: OperationRequest): OperationTarget | undefined {
    if (request.connectionId === undefined) return undefined;
    const target = options.target(request.connectionId);
    if (target === undefined) {
      throw new ApiError('not-found', `There is no connection ${request.connectionId}.`, {
        field: 'connectionId',
      });
    }
    return target;
  }

  async function makePlan(
    request: OperationRequest,
    target: OperationTarget | undefined,
    signal: AbortSignal,
  ): Promise<Plan> {
    try {
      return await planner.plan(request, target, signal);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      const failure = explain(error, 'Looking at what is there');
      const code =
        error instanceof ClusterError
          ? error.status === undefined
            ? 'cluster-unreachable'
            : 'cluster-refused'
          : 'unprocessable';
      throw new ApiError(code, failure.message, { remedy: failure.remedy, cause: error });
    }
  }

  /** Takes a place where one thing at a time may happen. Throws `ApiError('conflict')` naming what happens there. */
  async function occupy(key: string, what: { id?: string; title: string; actor: string }): Promise<void> {
    // One that has ended but is still being written down stands in nobody's way; its last words are waited for.
    const ending = running.get(key);
    if (ending !== undefined && all.get(ending.id)?.operation.status !== 'running') await ending.done;
    const runningId = running.get(key)?.id;
    const first = (runningId === undefined ? undefined : all.get(runningId)?.operation) ?? beginning.get(key);
    if (first !== undefined) {
      throw new ApiError('conflict', `${first.title} already runs here, asked by ${first.actor}.`, {
        relatedId: first.id,
        remedy: 'Wait until it has ended, or cancel it.',
      });
    }
    beginning.set(key, what);
  }

  async function begin(
    asked: OperationRequest,
    actor: string,
    signal: AbortSignal,
    isResumed = false,
  ): Promise<Operation> {
    const request = ofDatabaseAlone(asked);
    const key = keyOf(request);
    const target = targetOf(request);
    const id = clock.uuid();
    await occupy(key, { id, title: `The operation ${request.kind}`, actor });
    try {
      const plan = await makePlan(request, target, signal);
      beginning.set(key, { id, title: plan.title, actor });
      const refusal = plan.refusal ?? (isResumed ? undefined : plan.nothingToDo);
      if (refusal !== undefined) throw new ApiError('unprocessable', refusal);
      if (plan.confirmName !== undefined && request.confirm !== plan.confirmName) {
        throw new ApiError('unprocessable', `This needs to be confirmed by name: ${plan.confirmName}.`, {
          field: 'confirm',
          allowed: [plan.confirmName],
        });
      }
      const mending = mendingOf(request, options.target, isResumed);
      const stored: Stored = {
        request: plan.install === undefined ? request : { ...request, install: plan.install },
        operation: {
          id,
          kind: request.kind,
          title: plan.title,
          ...(target === undefined ? {} : { connectionId: target.id, connectionName: target.name }),
          controllers: request.controllers,
          actor,
          status: 'running',
          startedAt: iso(),
          steps: [
            ...plan.steps.map((step) => step.title),
            ...(mending === undefined ? [] : [`See whether ${mending.before.finding.code} is gone`]),
          ].map((title): OperationStep => ({ title, status: 'waiting', details: [] })),
          canCancel: true,
          canResume: false,
          isDismissed: false,
        },
      };
      const unwritten = await save(stored);
      // After a kill the cluster must be as the log says: what cannot be written down is not done.
      if (unwritten !== undefined) {
        throw new ApiError('not-available', `${plan.title} cannot be written down: ${unwritten.message}.`, {
          remedy:
            'Nothing was changed. Make room in the data folder of this server, or mend its permissions.',
          cause: unwritten,
        });
      }
      all.set(id, stored);
      version += 1;
      options.onChange(stored.operation);
      const abort = new AbortController();
      target?.setOperationRunning(true);
      const done = execute(stored, plan, mending, abort.signal).finally(() => {
        running.delete(key);
        target?.setOperationRunning(false);
      });
      running.set(key, { id, abort, done });
      return stored.operation;
    } finally {
      beginning.delete(key);
    }
  }

  async function execute(
    stored: Stored,
    plan: Plan,
    mending: Mending | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    let savedAtMs = clock.now();
    const setStep = (index: number, change: Partial<OperationStep>) => {
      update(stored, {
        steps: stored.operation.steps.map((step, at) => (at === index ? { ...step, ...change } : step)),
      });
      if (clock.now() - savedAtMs < SAVE_EVERY_MS) return;
      savedAtMs = clock.now();
      void save(stored);
    };
    let current = 0;
    let ending: Partial<Operation> = {};
    try {
      for (const [index, step] of plan.steps.entries()) {
        current = index;
        signal.throwIfAborted();
        setStep(index, { status: 'running', startedAt: iso() });
        await step.run({
          signal,
          intend: async (message) => {
            signal.throwIfAborted();
            setStep(index, { message });
            const unwritten = await save(stored);
            if (unwritten === undefined) return;
            throw new StepFailure(
              `${message}: not done, because it cannot be written down: ${unwritten.message}.`,
              'Make room in the data folder of this server, or mend its permissions, then resume.',
              unwritten,
            );
          },
          note: (message) => {
            if (stored.operation.steps[index]?.message !== message) setStep(index, { message });
          },
          detail: (line) =>
            setStep(index, { details: [...(stored.operation.steps[index]?.details ?? []), line] }),
          hop: (hop) =>
            update(stored, {
              hops: [...(stored.operation.hops ?? []).filter((one) => one.hop !== hop.hop), hop],
            }),
        });
        setStep(index, { status: 'done', endedAt: iso() });
        await save(stored);
      }
      const outcome = await plan.outcome(signal);
      ending = {
        status: 'succeeded',
        summary: outcome.summary,
        ...(outcome.left === undefined ? {} : { left: [...outcome.left] }),
      };
    } catch (error) {
      const isCancelled = signal.aborted;
      const failure = isCancelled ? undefined : explain(error, plan.steps[current]?.title ?? plan.title);
      if (failure !== undefined && !(error instanceof StepFailure))
        log.warn({ operation: stored.operation.id, error: String(error) }, 'operation failed');
      setStep(current, {
        status: isCancelled ? 'cancelled' : 'failed',
        endedAt: iso(),
        ...(failure === undefined ? {} : { message: failure.message }),
      });
      ending = {
        status: isCancelled ? (isClosing ? 'interrupted' : 'cancelled') : 'failed',
        summary:
          failure?.message ??
          (isClosing ? 'The server stopped meanwhile.' : 'Cancelled. What was done before stays done.'),
        ...(failure?.remedy === undefined ? {} : { remedy: failure.remedy }),
        canResume: true,
      };
    } finally {
      await plan.cleanUp?.();
      if (mending !== undefined && !isClosing) {
        const recheck = await lookAgain(mending, {
          hasSucceeded: ending.status === 'succeeded',
          nowAt: iso,
          log,
          signal,
          setStep: (change) => setStep(plan.steps.length, change),
        });
        ending = { ...ending, ...(recheck === undefined ? {} : { recheck }) };
      }
      update(stored, {
        ...ending,
        steps: stored.operation.steps.map((step) =>
          step.status === 'waiting' ? { ...step, status: 'skipped' } : step,
        ),
        endedAt: iso(),
        canCancel: false,
      });
      await save(stored);
      options.onChange(stored.operation);
    }
  }

  function get(id: string): Stored {
    const stored = all.get(id);
    if (stored === undefined) throw new ApiError('not-found', `There is no operation ${id}.`);
    return stored;
  }

  return {
    async start() {
      for (const { id, value } of await state.list(COLLECTION)) {
        const parsed = readStored(value);
        if (parsed === undefined) {
          log.warn({ operation: id }, 'a stored operation cannot be read and is left alone');
          continue;
        }
        all.set(id, parsed);
        if (parsed.operation.status !== 'running') continue;
        update(parsed, {
          status: 'interrupted',
          endedAt: iso(),
          summary: 'The server stopped while this was running. What was done before stays done.',
          remedy: 'Resume it: it begins again and skips what is as it should be.',
          canCancel: false,
          canResume: true,
          steps: parsed.operation.steps.map((step) =>
            step.status === 'running'
              ? { ...step, status: 'cancelled', endedAt: iso() }
              : step.status === 'waiting'
                ? { ...step, status: 'skipped' }
                : step,
          ),
        });
        await save(parsed);
        options.onChange(parsed.operation);
      }
      const old = [...all.values()]
        .toSorted((a, b) => b.operation.startedAt.localeCompare(a.operation.startedAt))
        .slice(KEEP);
      for (const { operation } of old) {
        all.delete(operation.id);
        await state.remove(COLLECTION, operation.id);
      }
    },
    async preview(asked, signal) {
      const request = ofDatabaseAlone(asked);
      const plan = await makePlan(request, targetOf(request), signal);
      return {
        title: plan.title,
        changes: [...plan.changes],
        steps: plan.steps.map((step) => step.title),
        warnings: [...plan.warnings],
        refusal: plan.refusal ?? plan.nothingToDo,
        confirmName: plan.confirmName,
      };
    },
    begin: (request, actor, signal) => begin(request, actor, signal),
    list: () =>
      [...all.values()]
        .map((stored) => stored.operation)
        .toSorted((a, b) => b.startedAt.localeCompare(a.startedAt)),
    view: (id) => get(id).operation,
    cancel(id) {
      const stored = get(id);
      const run = [...running.values()].find((one) => one.id === id);
      // It runs on for a moment after its end, until that is written down.
      if (run === undefined || stored.operation.status !== 'running')
        throw new ApiError('conflict', `${stored.operation.title} has ended already.`);
      run.abort.abort(new Error('cancelled'));
      return stored.operation;
    },
    async resume(id, actor, signal) {
      const { operation, request } = get(id);
      if (!operation.canResume)
        throw new ApiError('conflict', `${operation.title} cannot be resumed: it is ${operation.status}.`);
      const next = await begin(request, actor, signal, true);
      const stored = get(id);
      update(stored, { isDismissed: true, canResume: false });
      await save(stored);
      return next;
    },
    async alone(connectionId, title, actor, work) {
      await occupy(connectionId, { title, actor });
      try {
        return await work();
      } finally {
        beginning.delete(connectionId);
      }
    },
    async dismiss(id) {
      const stored = get(id);
      if (stored.operation.status === 'running')
        throw new ApiError('conflict', `${stored.operation.title} is still running.`, {
          remedy: 'Cancel it first.',
        });
      update(stored, { isDismissed: true, canResume: false });
      await save(stored);
      return stored.operation;
    },
    version: () => version,
    async close() {
      isClosing = true;
      const open = [...running.values()];
      for (const run of open) run.abort.abort(new Error('the server stops'));
      await Promise.all(open.map((run) => run.done));
    },
  };
}

/** The database is one for all: whatever connection is named beside it, a reset must not run beside another. */
function ofDatabaseAlone(request: OperationRequest): OperationRequest {
  const { connectionId: _ignored, ...rest } = request;
  return DATABASE_KINDS.has(request.kind) ? rest : request;
}

function readStored(value: unknown): Stored | undefined {
  if (value === null || typeof value !== 'object' || !('operation' in value) || !('request' in value))
    return undefined;
  const operation = Operation.safeParse(value.operation);
  const request = OperationRequest.safeParse(value.request);
  return operation.success && request.success
    ? { operation: operation.data, request: request.data }
    : undefined;
}
