import type { RouteName } from '../../api/routes.ts';
import type { Clock } from '../ports.ts';
import type { DataConnections } from './connections.ts';
import { RATE_STEP_MS, RATE_WINDOW_MS } from './counters.ts';
import type { DataIntake } from './intake.ts';
import type { ResourceStore } from './store.ts';

/** Nothing of a rate is left so long after the last message. */
const QUIET_AFTER_MS = RATE_WINDOW_MS + RATE_STEP_MS;

/**
 * Versions of what the page polls of the data side: made of counters that are kept anyway, so that an answer that would
 * be the same costs neither a query nor a body.
 */
export class DataVersions {
  readonly #store: ResourceStore;
  readonly #intake: DataIntake;
  readonly #connections: DataConnections;
  readonly #clock: Clock;
  /** Counters begin anew with the process, so its name is part of every version. */
  readonly #process: string;
  #clusters = '';
  #clustersVersion = 0;

  constructor(options: {
    store: ResourceStore;
    intake: DataIntake;
    connections: DataConnections;
    clock: Clock;
  }) {
    this.#store = options.store;
    this.#intake = options.intake;
    this.#connections = options.connections;
    this.#clock = options.clock;
    this.#process = options.clock.uuid().slice(0, 8);
  }

  /**
   * What the rows of an answer depend on. Undefined where it is read live from a cluster, which tells no version:
   * while the database, or what it holds of the cluster asked for, is empty or cannot be used.
   */
  rows(query: URLSearchParams): string | undefined {
    const { rows, rowsByCluster, problem, changes } = this.#store.state();
    const connectionId = query.get('connectionId');
    const clusterUid =
      connectionId === null ? query.get('clusterUid') : this.#connections.get(connectionId)?.clusterUid();
    const known =
      connectionId === null && clusterUid === null ? rows : (rowsByCluster[clusterUid ?? ''] ?? 0);
    if (problem !== undefined || known === 0) return undefined;
    return this.#of('rows', changes, this.#clustersSeen());
  }

  /** Counts alone come from the database in every case. */
  counts(): string {
    const { changes, problem } = this.#store.state();
    return this.#of('counts', changes, this.#clustersSeen(), problem?.kind, problem?.at);
  }

  /** @param more what the answer depends on besides */
  database(...more: readonly (string | number | undefined)[]): string {
    const { changes, sizeBytes, lastWriteAtMs, problem } = this.#store.state();
    const { counters, waiting } = this.#intake.totals();
    const flags = `${this.#intake.isPaused()} ${this.#intake.isBehind()}`;
    const intake = [...Object.values(counters), waiting, flags];
    return this.#of(
      'database',
      changes,
      sizeBytes,
      lastWriteAtMs,
      problem?.kind,
      problem?.at,
      ...intake,
      ...more,
    );
  }

  /** @param more what the answer depends on besides */
  freshness(connectionId: string, ...more: readonly (string | number | undefined)[]): string | undefined {
    if (this.#connections.get(connectionId) === undefined) return undefined;
    const { changes, problem } = this.#store.state();
    const { totals, lastMessageAtMs, lastStoredAtMs, needsResync, meshsyncVersion } =
      this.#intake.counters(connectionId);
    const { waiting, oldestWaitingAtMs } = this.#intake.totals();
    const counted = [...Object.values(totals), waiting, oldestWaitingAtMs, `${needsResync}`, meshsyncVersion];
    const rows = [changes, problem?.kind, this.#clustersSeen(), lastMessageAtMs, lastStoredAtMs];
    return this.#of('freshness', ...rows, ...counted, this.#step(lastMessageAtMs), ...more);
  }

  rates(connectionId: string): string | undefined {
    if (this.#connections.get(connectionId) === undefined) return undefined;
    const { history } = this.#intake.counters(connectionId);
    return this.#of('rates', history.additions, Math.floor(this.#clock.now() / RATE_STEP_MS));
  }

  /** Names a version of the caller's own. */
  named(name: RouteName, ...parts: readonly (string | number | undefined)[]): string {
    return this.#of(name, ...parts);
  }

  /** Rates are told in steps of time, and fall for a while after the last message. */
  #step(lastMessageAtMs: number | undefined): string | number {
    const now = this.#clock.now();
    const isQuiet = lastMessageAtMs === undefined || now - lastMessageAtMs > QUIET_AFTER_MS;
    return isQuiet ? 'quiet' : Math.floor(now / RATE_STEP_MS);
  }

  /** Rows name the connection of their cluster, so it counts when those change. */
  #clustersSeen(): number {
    const clusters = this.#connections
      .connections()
      .map((connection) => `${connection.id} ${connection.clusterUid() ?? ''}`)
      .join('\n');
    if (clusters !== this.#clusters) {
      this.#clusters = clusters;
      this.#clustersVersion += 1;
    }
    return this.#clustersVersion;
  }

  #of(...parts: readonly (string | number | undefined)[]): string {
    return [this.#process, ...parts.map((part) => part ?? '')].join('.');
  }
}
