import type { Drift } from '../../api/resource.ts';
import { ApiError } from '../../api/errors.ts';
import { failureOf } from '../failure.ts';
import { ClusterError, type Clock, type Log } from '../ports.ts';
import { linkedController, rest } from '../timing.ts';
import type { DataConnection } from './connections.ts';
import { compareCluster, type DriftPorts } from './drift.ts';
import { repairDrift } from './drift-repair.ts';
import { StoreError, type ResourceStore } from './store.ts';

/** After a reconnect MeshSync needs a moment to send everything: five seconds before it begins, and the sending. */
const SETTLE_AFTER_RECONNECT_MS = 20_000;
/** Comparisons at the same time, over all clusters. */
const CONCURRENCY = 2;
/** After a reconnect more than this is left to the re-sync that runs anyway. */
const AUTOMATIC_READS = 500;

interface DriftState {
  running: Promise<Drift> | undefined;
  last: Drift | undefined;
  problem: string | undefined;
  due: AbortController | undefined;
}

/**
 * Compares the database with the clusters and mends it: on demand, and a while after every reconnect, because MeshSync
 * repeats what exists and never says what vanished meanwhile.
 */
export class Sweeper {
  readonly #store: ResourceStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #states = new Map<string, DriftState>();
  readonly #closing = new AbortController();
  readonly #queue: (() => void)[] = [];
  #running = 0;

  constructor(options: { store: ResourceStore; clock: Clock; log: Log }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  view(connectionId: string): { isRunning: boolean; last?: Drift; problem?: string } {
    const state = this.#states.get(connectionId);
    return {
      isRunning: state?.running !== undefined,
      ...(state?.last === undefined ? {} : { last: state.last }),
      ...(state?.problem === undefined ? {} : { problem: state.problem }),
    };
  }

  /** Throws `ApiError`: `not-available`, `cluster-unreachable`, `cluster-refused`. */
  check(connection: DataConnection, signal: AbortSignal): Promise<Drift> {
    return this.#run(connection, 'check', signal);
  }

  repair(connection: DataConnection, signal: AbortSignal): Promise<Drift> {
    return this.#run(connection, 'repair', signal);
  }

  /** The connection has come back: compares and mends once MeshSync has had its time. Again later: the later counts. */
  afterReconnect(connection: DataConnection): void {
    const state = this.#stateOf(connection.id);
    state.due?.abort();
    const { controller, release } = linkedController(this.#closing.signal);
    state.due = controller;
    void this.#sweepLater(connection, controller.signal).finally(release);
  }

  forget(connectionId: string): void {
    this.#states.get(connectionId)?.due?.abort();
    this.#states.delete(connectionId);
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('The server is stopping.'));
    const running = [...this.#states.values()].flatMap((state) =>
      state.running === undefined ? [] : [state.running],
    );
    await Promise.allSettled(running);
  }

  async #sweepLater(connection: DataConnection, signal: AbortSignal): Promise<void> {
    if (!(await rest(this.#clock, SETTLE_AFTER_RECONNECT_MS, signal))) return;
    try {
      const drift = await this.#run(connection, 'sweep', signal);
      this.#log.info(
        { connection: connection.id, ...drift.repair },
        'database compared with the cluster after a reconnect',
      );
    } catch (error) {
      if (signal.aborted) return;
      this.#log.warn(
        { connection: connection.id, error: String(error) },
        'comparison after a reconnect failed',
      );
    }
  }

  async #run(
    connection: DataConnection,
    how: 'check' | 'repair' | 'sweep',
    signal: AbortSignal,
  ): Promise<Drift> {
    const state = this.#stateOf(connection.id);
    // One at a time for a cluster: the second waits for the first, and then looks for itself.
    while (state.running !== undefined) {
      await Promise.allSettled([state.running]);
      signal.throwIfAborted();
    }
    const { controller, release } = linkedController(signal);
    const stop = () => controller.abort(this.#closing.signal.reason);
    this.#closing.signal.addEventListener('abort', stop, { once: true });
    const running = this.#limited(() => this.#compare(connection, how, controller.signal), controller.signal);
    state.running = running;
    try {
      const drift = await running;
      state.last = drift;
      state.problem = undefined;
      return drift;
    } catch (error) {
      if (controller.signal.aborted) throw error;
      const told = apiErrorOf(error, connection);
      state.problem = told.message;
      throw told;
    } finally {
      state.running = undefined;
      this.#closing.signal.removeEventListener('abort', stop);
      release();
    }
  }

  async #compare(
    connection: DataConnection,
    how: 'check' | 'repair' | 'sweep',
    signal: AbortSignal,
  ): Promise<Drift> {
    const api = connection.api();
    const clusterUid = connection.clusterUid();
    if (api === undefined || clusterUid === undefined) {
      throw new ApiError(
        'cluster-unreachable',
        `${connection.name} cannot be reached, so nothing can be compared.`,
        {
          remedy: 'Mend the way into the cluster first.',
        },
      );
    }
    const ports: DriftPorts = {
      connectionId: connection.id,
      clusterUid,
      api,
      store: this.#store,
      clock: this.#clock,
    };
    const result = await compareCluster(ports, signal);
    if (how === 'check') return result.report;
    const isAutomatic = how === 'sweep';
    const reads = result.wrong.filter((row) => row.what !== 'ghost').length;
    const wrong =
      isAutomatic && reads > AUTOMATIC_READS
        ? result.wrong.filter((row) => row.what === 'ghost')
        : result.wrong;
    const repair = await repairDrift(ports, { ...result, wrong }, signal);
    return {
      ...result.report,
      repair: { ...repair, left: repair.left + result.wrong.length - wrong.length },
    };
  }

  async #limited<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    while (this.#running >= CONCURRENCY) {
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    }
    this.#running += 1;
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      this.#running -= 1;
      this.#queue.shift()?.();
    }
  }

  #stateOf(connectionId: string): DriftState {
    let state = this.#states.get(connectionId);
    if (state === undefined) {
      state = { running: undefined, last: undefined, problem: undefined, due: undefined };
      this.#states.set(connectionId, state);
    }
    return state;
  }
}

function apiErrorOf(error: unknown, connection: DataConnection): Error {
  if (error instanceof ApiError) return error;
  if (error instanceof StoreError) {
    return new ApiError('not-available', error.problem.message, {
      remedy: error.problem.remedy,
      cause: error,
    });
  }
  if (error instanceof ClusterError) {
    const { kind, message } = failureOf(error);
    const code = kind === 'forbidden' || kind === 'unauthorized' ? 'cluster-refused' : 'cluster-unreachable';
    return new ApiError(code, `${connection.name} could not be compared: ${message}`, { cause: error });
  }
  return error instanceof Error ? error : new Error(String(error));
}
