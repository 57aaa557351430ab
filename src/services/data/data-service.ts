import type { Database } from '../../api/database.ts';
import type { RouteName } from '../../api/routes.ts';
import { ApiError } from '../../api/errors.ts';
import type { SyntheticHop } from '../../api/operation.ts';
import type { Freshness, rateView } from '../../api/resource.ts';
import type { RouteReplyInput } from '../../api/route.ts';
import { staleAfterSeconds } from '../../core/meshsync/staleness.ts';
import type { DataOperations } from '../operations/linking.ts';
import { StepFailure } from '../operations/plan.ts';
import type { Clock, ClusterApi, Log } from '../ports.ts';
import { isoTime, rest } from '../timing.ts';
import type { DataConnection, DataConnections } from './connections.ts';
import type { DataIntake } from './intake.ts';
import { ResourceReads, told } from './resource-reads.ts';
import { StoreError, type ResourceStore } from './store.ts';
import { Sweeper } from './sweeper.ts';
import { runSyntheticTest, sweepExpired } from './synthetic.ts';
import { DataVersions } from './versions.ts';

/** Changes of connections are looked at together. */
const LOOK_EVERY_MS = 2000;
/** A re-sync that is due because something was lost is asked for at most this often. */
const RESYNC_EVERY_MS = 15_000;
const RATE_SECONDS = 60;

/** Everything the page asks of the data side, and what operations do to it. */
export class DataService implements DataOperations {
  readonly reads: ResourceReads;
  readonly sweeper: Sweeper;
  readonly #versions: DataVersions;
  readonly #store: ResourceStore;
  readonly #intake: DataIntake;
  readonly #connections: DataConnections;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #closing = new AbortController();
  readonly #changed = new Set<string>();
  /** When the link of each connection that is up came up, and what it was asked for last. */
  readonly #links = new Map<string, { sinceAt: string; resyncAskedAt: string | undefined }>();
  readonly #resyncAskedAtMs = new Map<string, number>();
  readonly #swept = new Set<string>();
  #integrity: Database['integrity'] = { outcome: 'unchecked', messages: [] };
  #unsubscribe: () => void = () => undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: {
    store: ResourceStore;
    intake: DataIntake;
    connections: DataConnections;
    clock: Clock;
    log: Log;
  }) {
    this.#store = options.store;
    this.#intake = options.intake;
    this.#connections = options.connections;
    this.#clock = options.clock;
    this.#log = options.log;
    this.reads = new ResourceReads(options);
    this.sweeper = new Sweeper(options);
    this.#versions = new DataVersions(options);
  }

  /** Watches the links: each that comes back is followed by a comparison with its cluster. */
  start(): void {
    this.#unsubscribe = this.#connections.subscribe((connectionId) => this.#changed.add(connectionId));
    this.#intake.onLossMended((connectionIds) => this.#askAgain(connectionIds));
    for (const { id } of this.#connections.connections()) this.#changed.add(id);
    this.#looking = this.#lookForever();
  }

  /** Stops what was started; the store is closed by who opened it. */
  async close(): Promise<void> {
    this.#unsubscribe();
    this.#closing.abort(new Error('The server is stopping.'));
    await this.#looking;
    await this.sweeper.close();
  }

  /** Throws `ApiError('not-found')`. */
  connection(connectionId: string): DataConnection {
    const connection = this.#connections.get(connectionId);
    if (connection !== undefined) return connection;
    throw new ApiError('not-found', `There is no connection ${connectionId}.`, { field: 'connectionId' });
  }

  rows(connectionId: string): number {
    const uid = this.#connections.get(connectionId)?.clusterUid();
    return uid === undefined ? 0 : (this.#store.state().rowsByCluster[uid] ?? 0);
  }

  async freshness(connectionId: string): Promise<Freshness> {
    const connection = this.connection(connectionId);
    const clusterUid = connection.clusterUid();
    const now = this.#clock.now();
    const counters = this.#intake.counters(connectionId);
    const { history, lastMessageAtMs, lastStoredAtMs, meshsyncVersion } = counters;
    const { waiting, oldestWaitingAtMs } = this.#intake.totals();
    const { isStale, staleSeconds } = this.#silence(connection);
    return {
      connectionId,
      ...(clusterUid === undefined ? {} : { clusterUid }),
      rows: this.rows(connectionId),
      ...(lastMessageAtMs === undefined ? {} : { lastMessageAt: isoTime(lastMessageAtMs) }),
      ...(lastStoredAtMs === undefined ? {} : { lastStoredAt: isoTime(lastStoredAtMs) }),
      ratePerSecond: Math.round((history.messagesWithin(now, RATE_SECONDS) / RATE_SECONDS) * 100) / 100,
      isStale,
      staleAfterSeconds: staleSeconds,
      waiting,
      ...(oldestWaitingAtMs === undefined ? {} : { oldestWaitingAt: isoTime(oldestWaitingAtMs) }),
      needsResync: counters.needsResync,
      ...(meshsyncVersion === undefined ? {} : { meshsyncVersion }),
      counters: { ...counters.totals },
      rejected: counters.rejected(),
      kinds: counters.kinds(await this.#rowsByKind(clusterUid), now),
    };
  }

  /** Before the first message the silence began when counting did. Without a link data grows old all the same. */
  #silence(connection: DataConnection): { isStale: boolean; staleSeconds: number } {
    const { link } = connection.evidence();
    const { history, lastMessageAtMs } = this.#intake.counters(connection.id);
    const now = this.#clock.now();
    const staleSeconds = staleAfterSeconds(link);
    const silentSeconds =
      lastMessageAtMs === undefined
        ? history.observedSeconds(now)
        : Math.max((now - lastMessageAtMs) / 1000, link.quietForSeconds ?? 0);
    return { isStale: silentSeconds > staleSeconds, staleSeconds };
  }

  /** As `Services.versionOf`, for what is answered here. The file is looked at meanwhile, see `#lookForever`. */
  versionOf(
    name: RouteName,
    params: Readonly<Record<string, string>>,
    query: URLSearchParams,
  ): string | undefined {
    const { connectionId = '' } = params;
    switch (name) {
      case 'resourceList':
        return this.#versions.rows(query);
      case 'resourceKinds':
        return this.#versions.counts();
      case 'databaseView':
        return this.#versions.database(this.#integrity.outcome, this.#integrity.checkedAt);
      case 'freshnessView': {
        const connection = this.#connections.get(connectionId);
        if (connection === undefined) return undefined;
        const { isStale, staleSeconds } = this.#silence(connection);
        return this.#versions.freshness(connectionId, `${isStale}`, staleSeconds);
      }
      case 'rateView':
        return this.#versions.rates(connectionId);
      case 'driftView': {
        if (this.#connections.get(connectionId) === undefined) return undefined;
        const { isRunning, last, problem } = this.sweeper.view(connectionId);
        return this.#versions.named(name, `${isRunning}`, last?.endedAt, problem);
      }
      default:
        return undefined;
    }
  }

  rates(connectionId: string): RouteReplyInput<typeof rateView> {
    return this.#intake.counters(this.connection(connectionId).id).history.view(this.#clock.now());
  }

  async database(): Promise<Database> {
    await this.#store.probe();
    const state = this.#store.state();
    const { counters, rejected, waiting } = this.#intake.totals();
    return {
      path: state.path,
      sizeBytes: state.sizeBytes,
      rows: state.rows,
      tables: await this.#tables(),
      integrity: this.#integrity,
      ...(state.lastWriteAtMs === undefined ? {} : { lastWriteAt: isoTime(state.lastWriteAtMs) }),
      ...(state.problem === undefined ? {} : { problem: state.problem }),
      isPaused: this.#intake.isPaused(),
      isBehind: this.#intake.isBehind(),
      waiting,
      counters,
      rejected,
      copies: await this.#copies(),
    };
  }

  /** Throws `ApiError('not-available')` when the database cannot be opened at all. */
  async checkIntegrity(): Promise<Database> {
    const before = this.#integrity;
    this.#integrity = { ...before, outcome: 'checking' };
    try {
      const { isOk, messages } = await told(() => this.#store.integrity());
      const checkedAt = isoTime(this.#clock.now());
      this.#integrity = { outcome: isOk ? 'ok' : 'damaged', checkedAt, messages: [...messages] };
    } catch (error) {
      this.#integrity = before;
      throw error;
    }
    return this.database();
  }

  async reset(signal: AbortSignal, note: (message: string) => void): Promise<void> {
    await this.#replace(signal, note, () => this.#store.reset());
  }

  async restore(copyId: string, signal: AbortSignal, note: (message: string) => void): Promise<void> {
    await this.#replace(signal, note, () => this.#store.restore(copyId));
  }

  async flush(connectionId: string, signal: AbortSignal): Promise<number> {
    const clusterUid = this.connection(connectionId).clusterUid();
    signal.throwIfAborted();
    return clusterUid === undefined ? 0 : told(() => this.#store.clear(clusterUid));
  }

  async synthetic(
    connectionId: string,
    onHop: (hop: SyntheticHop) => void,
    signal: AbortSignal,
  ): Promise<{ totalMs: number }> {
    const connection = this.connection(connectionId);
    const api = connection.api();
    const clusterUid = connection.clusterUid();
    if (api === undefined || clusterUid === undefined) {
      throw new StepFailure(`${connection.name} cannot be reached.`, 'Mend the way into the cluster first.');
    }
    const namespace = connection.evidence().namespaces[0] ?? 'default';
    const { clock, log, intake, store } = {
      clock: this.#clock,
      log: this.#log,
      intake: this.#intake,
      store: this.#store,
    };
    return runSyntheticTest({
      connectionId,
      clusterUid,
      namespace,
      api,
      intake,
      store,
      clock,
      log,
      signal,
      onHop,
    });
  }

  async #replace(
    signal: AbortSignal,
    note: (message: string) => void,
    move: () => Promise<void>,
  ): Promise<void> {
    signal.throwIfAborted();
    note('Storing is paused; what arrives meanwhile waits.');
    await this.#intake.pause();
    try {
      // From here to the end nothing is cut short: half a reset would be worse than a whole one.
      await told(move);
      this.#integrity = { outcome: 'unchecked', messages: [] };
      note('The former file is set aside, and storing goes on with the new one.');
    } finally {
      this.#intake.resume();
    }
  }

  async #rowsByKind(clusterUid: string | undefined): Promise<Map<string, number>> {
    const rows = new Map<string, number>();
    if (clusterUid === undefined || this.#store.state().problem !== undefined) return rows;
    for (const { kind, rows: count } of await this.#unlessBroken(() => this.#store.tallies(clusterUid), [])) {
      rows.set(kind, (rows.get(kind) ?? 0) + count);
    }
    return rows;
  }

  #tables(): Promise<Database['tables']> {
    return this.#unlessBroken(() => this.#store.tables(), []);
  }

  #copies(): Promise<Database['copies']> {
    return this.#unlessBroken(() => this.#store.copies(), []);
  }

  /** The state of the store tells the problem; what cannot be read because of it is left empty. */
  async #unlessBroken<T>(read: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof StoreError) return otherwise;
      throw error;
    }
  }

  async #lookForever(): Promise<void> {
    while (await rest(this.#clock, LOOK_EVERY_MS, this.#closing.signal)) {
      // A page that gets 304 asks nothing of the database, so that a file that is gone would not be noticed.
      await this.#store.probe();
      const ids = [...this.#changed];
      this.#changed.clear();
      for (const id of ids) this.#look(id);
    }
  }

  #look(connectionId: string): void {
    const connection = this.#connections.get(connectionId);
    if (connection === undefined) {
      this.#links.delete(connectionId);
      this.#swept.delete(connectionId);
      this.#resyncAskedAtMs.delete(connectionId);
      this.#intake.forget(connectionId);
      this.sweeper.forget(connectionId);
      return;
    }
    this.#sweepOnce(connection);
    const { link } = connection.evidence();
    if (link.state !== 'connected') {
      this.#links.delete(connectionId);
      return;
    }
    const before = this.#links.get(connectionId);
    this.#links.set(connectionId, { sinceAt: link.sinceAt, resyncAskedAt: link.resyncAskedAt });
    if (link.resyncAskedAt !== undefined && before?.resyncAskedAt !== link.resyncAskedAt)
      this.#intake.resyncAsked(connectionId, Date.parse(link.resyncAskedAt));
    if (before?.sinceAt !== link.sinceAt) this.sweeper.afterReconnect(connection);
  }

  /** What a test left behind when it was killed goes when its cluster is seen for the first time. */
  #sweepOnce(connection: DataConnection): void {
    const api = connection.api();
    if (api === undefined || connection.clusterUid() === undefined || this.#swept.has(connection.id)) return;
    this.#swept.add(connection.id);
    void this.#removeLeftOvers(connection.id, api);
  }

  async #removeLeftOvers(connectionId: string, api: ClusterApi): Promise<void> {
    try {
      const removed = await sweepExpired(api, this.#clock, this.#closing.signal);
      if (removed > 0)
        this.#log.info(
          { connection: connectionId, removed },
          'left-over ConfigMaps of synthetic tests removed',
        );
    } catch (error) {
      // Without the right to list ConfigMaps nothing can have been left either; anything else waits for the next start.
      this.#log.info(
        { connection: connectionId, error: String(error) },
        'left-over ConfigMaps could not be looked for',
      );
    }
  }

  #askAgain(connectionIds: readonly string[]): void {
    const now = this.#clock.now();
    for (const id of connectionIds) {
      if (now - (this.#resyncAskedAtMs.get(id) ?? -Infinity) < RESYNC_EVERY_MS) continue;
      this.#resyncAskedAtMs.set(id, now);
      const connection = this.#connections.get(id);
      if (connection === undefined) continue;
      try {
        connection.link.resync();
        this.#intake.resyncAsked(id, now);
        this.sweeper.afterReconnect(connection);
      } catch (error) {
        // Without a link there is nobody to ask; the link asks by itself when it is back.
        if (!(error instanceof ApiError)) throw error;
      }
    }
  }
}
