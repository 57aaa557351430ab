import type { ConnectionSummary } from '../../api/connection.ts';
import type { KubeconfigDiscovery } from '../../api/kubeconfig.ts';
import { failureOf } from '../failure.ts';
import { Lifecycles } from '../lifecycle/lifecycles.ts';
import type { DiscoveredContext, Discovery, Ports } from '../ports.ts';
import { ENDED, isoTime, rest } from '../timing.ts';
import { Connection } from './connection.ts';
import { compareContexts, keyOf } from './discovery.ts';
import type { DiscoveryChange } from './discovery.ts';
import type { EventLog } from './event-log.ts';
import type { ConnectionHandle } from './handle.ts';
import type { ConnectionHost } from './host.ts';
import { Identities } from './identities.ts';
import type { Judge } from './judging.ts';
import { nameByWays } from './ways.ts';

const DISCOVER_EVERY_MS = 30_000;
const TICK_MS = 1000;
const TICKED_AT_ONCE = 20;
const MOST_SLICES = 50;

export interface Registry {
  /** Reads what was kept, discovers once, and starts observing. */
  start(): Promise<void>;
  close(): Promise<void>;
  connections(): readonly ConnectionHandle[];
  get(id: string): ConnectionHandle | undefined;
  /** By name; the array is the same until something in it changes. */
  summaries(): readonly ConnectionSummary[];
  /** Reads every kubeconfig again and gives what is new, changed and gone. */
  rediscover(): Promise<DiscoveryChange>;
  kubeconfigs(): KubeconfigDiscovery;
  /** The context in use of each simulated connection, for its faults. */
  contextOf(connectionId: string): string | undefined;
  connectionOfContext(context: string, origin: DiscoveredContext['origin']): string | undefined;
  activity(): { messages: number; ratePerSecond: number; lastMs: number | undefined; connected: number };
  /** Called with the id of each connection that came, went or shows something else. Gives the way to stop it. */
  subscribe(listener: (connectionId: string) => void): () => void;
  /** Counts every change of anything that a list of connections shows. */
  version(): number;
  versionOf(connectionId: string): number | undefined;
  discoveryVersion(): number;
  /** What people decided about connections; `settle` makes a change of it hold. */
  readonly lifecycles: Lifecycles;
  /** Stops or starts what a decision calls for; with an id that connection begins anew. */
  settle(connectionId?: string): void;
  /** The contexts that lead to a connection. */
  waysOf(connectionId: string): readonly DiscoveredContext[];
  /** UID of the cluster, also from an earlier time when it cannot be observed now. */
  clusterUidOf(connectionId: string): string | undefined;
  /** The connection a context leads to by its fingerprint, whether there is one yet or not. */
  idFor(context: DiscoveredContext): string;
  /** Notes which cluster a context leads to, before it is observed. */
  identify(context: DiscoveredContext, clusterUid: string): void;
  /** Calls a connection so from now on, whatever its contexts are called. Rejects when that cannot be kept. */
  rename(connectionId: string, name: string): Promise<void>;
  /** A connection that was deleted is called by its context again when it comes back. */
  forgetName(connectionId: string): void;
}

export function createRegistry(options: { ports: Ports; events: EventLog; judge: Judge }): Registry {
  return new LiveRegistry(options);
}

class LiveRegistry implements Registry {
  readonly #ports: Ports;
  readonly #events: EventLog;
  readonly #identities: Identities;
  readonly #host: ConnectionHost;
  readonly lifecycles: Lifecycles;
  readonly #closing = new AbortController();
  readonly #connections = new Map<string, Connection>();
  readonly #listeners = new Set<(connectionId: string) => void>();
  #discovery: Discovery = { paths: [], contexts: [] };
  #discoveredMs: number;
  #discoveryVersion = 0;
  #version = 0;
  #sorted: readonly Connection[] | undefined;
  #summaries: { version: number; items: readonly ConnectionSummary[] } | undefined;
  #messagesOfClosed = 0;
  /** Discoveries come one after another, whoever asked for them. */
  #discovering: Promise<unknown> = Promise.resolve();

  constructor({ ports, events, judge }: { ports: Ports; events: EventLog; judge: Judge }) {
    this.#ports = ports;
    this.#events = events;
    this.#discoveredMs = ports.clock.now();
    this.#identities = new Identities({ state: ports.state, log: ports.log });
    this.lifecycles = new Lifecycles({ state: ports.state, log: ports.log });
    this.#host = {
      ports,
      judge,
      events,
      connections: () => this.#connections.size,
      isOwnCluster: (uid) => this.#isOwnCluster(uid),
      onChange: (connection) => this.#changed(connection.id),
      onIdentity: (connection, uid) => this.#learn(connection, uid),
    };
  }

  async start(): Promise<void> {
    await this.#identities.load();
    await this.lifecycles.load();
    await this.rediscover();
    void this.#rediscoverForever(this.#closing.signal);
    void this.#tickForever(this.#closing.signal);
  }

  async close(): Promise<void> {
    this.#closing.abort(ENDED);
    await this.#discovering;
    await Promise.allSettled([...this.#connections.values()].map((connection) => connection.close()));
    this.#connections.clear();
  }

  connections(): readonly Connection[] {
    this.#sorted ??= [...this.#connections.values()].toSorted(
      (a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }) || a.id.localeCompare(b.id),
    );
    return this.#sorted;
  }

  get(id: string): Connection | undefined {
    return this.#connections.get(id);
  }

  summaries(): readonly ConnectionSummary[] {
    if (this.#summaries?.version !== this.#version) {
      const items = this.connections().map((connection) => connection.summary());
      this.#summaries = { version: this.#version, items };
    }
    return this.#summaries.items;
  }

  async rediscover(): Promise<DiscoveryChange> {
    const turn = this.#discovering.then(() => this.#discover());
    // A discovery that failed must not stop the next one; who asked for it still gets the error.
    this.#discovering = turn.catch(() => undefined);
    return turn;
  }

  kubeconfigs(): KubeconfigDiscovery {
    return {
      discoveredAt: isoTime(this.#discoveredMs),
      paths: [...this.#discovery.paths],
      contexts: this.#discovery.contexts.map((context) => ({
        context: context.context,
        cluster: context.cluster,
        user: context.user,
        ...(context.server === '' ? {} : { server: context.server }),
        source: context.source,
        isCurrent: context.isCurrent,
        ...(context.problem === undefined ? {} : { problem: context.problem }),
        ...(this.lifecycles.isHidden(context)
          ? { isHidden: true }
          : { connectionId: this.#identities.idOf(keyOf(context)) }),
      })),
    };
  }

  contextOf(connectionId: string): string | undefined {
    return this.#connections.get(connectionId)?.ways.find((way) => way.origin === 'sandbox')?.context;
  }

  connectionOfContext(context: string, origin: DiscoveredContext['origin']): string | undefined {
    return this.connections().find((connection) =>
      connection.ways.some((way) => way.context === context && way.origin === origin),
    )?.id;
  }

  activity(): { messages: number; ratePerSecond: number; lastMs: number | undefined; connected: number } {
    let messages = this.#messagesOfClosed;
    let ratePerSecond = 0;
    let connected = 0;
    let lastMs: number | undefined;
    for (const connection of this.#connections.values()) {
      const traffic = connection.traffic();
      messages += traffic.messages;
      ratePerSecond += traffic.ratePerSecond;
      if (traffic.isConnected) connected += 1;
      if (traffic.lastMs !== undefined) lastMs = Math.max(lastMs ?? 0, traffic.lastMs);
    }
    return { messages, ratePerSecond: Math.round(ratePerSecond * 10) / 10, lastMs, connected };
  }

  subscribe(listener: (connectionId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  version(): number {
    return this.#version;
  }

  versionOf(connectionId: string): number | undefined {
    return this.#connections.get(connectionId)?.version;
  }

  discoveryVersion(): number {
    return this.#discoveryVersion;
  }

  settle(connectionId?: string): void {
    if (this.#closing.signal.aborted) return;
    if (connectionId !== undefined) this.#drop(connectionId);
    this.#discoveryVersion += 1;
    this.#place();
    if (connectionId !== undefined) this.#changed(connectionId);
  }

  waysOf(connectionId: string): readonly DiscoveredContext[] {
    return this.#connections.get(connectionId)?.ways ?? [];
  }

  clusterUidOf(connectionId: string): string | undefined {
    return this.#connections.get(connectionId)?.clusterUid() ?? this.#identities.uidOf(connectionId);
  }

  idFor(context: DiscoveredContext): string {
    return this.#identities.idOf(keyOf(context));
  }

  identify(context: DiscoveredContext, clusterUid: string): void {
    this.#identities.learn(clusterUid, this.idFor(context), [keyOf(context)]);
  }

  async rename(connectionId: string, name: string): Promise<void> {
    await this.#identities.rename(connectionId, name);
    this.#sorted = undefined;
    this.#connections.get(connectionId)?.rename(name);
  }

  forgetName(connectionId: string): void {
    this.#identities.forgetName(connectionId);
  }

  #drop(id: string): void {
    const connection = this.#connections.get(id);
    if (connection === undefined) return;
    this.#connections.delete(id);
    this.#messagesOfClosed += connection.traffic().messages;
    void connection.close().catch((error: unknown) => {
      this.#ports.log.warn(
        { connection: id, reason: failureOf(error).message },
        'connection did not close cleanly',
      );
    });
    this.#sorted = undefined;
  }

  #changed(connectionId: string): void {
    this.#version += 1;
    for (const listener of this.#listeners) {
      try {
        listener(connectionId);
      } catch (error) {
        this.#ports.log.error({ reason: failureOf(error).message }, 'a listener of the registry failed');
      }
    }
  }

  #isOwnCluster(uid: string | undefined): boolean {
    if (uid === undefined || !this.#ports.environment.isInCluster) return false;
    for (const connection of this.#connections.values()) {
      if (connection.clusterUid() === uid && connection.ways.some((way) => way.origin === 'in-cluster'))
        return true;
    }
    return false;
  }

  #learn(connection: Connection, uid: string): void {
    const keys = [...new Set(connection.ways.map(keyOf))];
    if (!this.#identities.learn(uid, connection.id, keys)) return;
    this.#ports.log.info(
      { connection: connection.id, uid },
      'two contexts lead to one cluster; they become one connection',
    );
    // Out of the observer that told it, which is about to be closed.
    queueMicrotask(() => {
      if (!this.#closing.signal.aborted) this.#place();
    });
  }

  async #discover(): Promise<DiscoveryChange> {
    const isFirst = this.#discoveryVersion === 0;
    const discovery = await this.#ports.kubeconfigs.discover();
    if (this.#closing.signal.aborted) return { added: [], changed: [], removed: [] };
    const change = compareContexts(this.#discovery.contexts, discovery.contexts);
    const isPathNews = JSON.stringify(this.#discovery.paths) !== JSON.stringify(discovery.paths);
    const isNews = change.added.length + change.changed.length + change.removed.length > 0 || isPathNews;
    if (isNews || isFirst) {
      this.#discovery = discovery;
      this.#discoveredMs = this.#ports.clock.now();
      this.#discoveryVersion += 1;
      this.#place();
    }
    if (!isFirst) this.#tell(change);
    return change;
  }

  #tell({ added, changed, removed }: DiscoveryChange): void {
    const said = [
      [added, 'found'],
      [changed, 'changed'],
      [removed, 'gone'],
    ] as const;
    for (const [names, word] of said) {
      if (names.length === 0) continue;
      const shown = names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
      const message = `Kubeconfig: ${names.length} ${names.length === 1 ? 'context' : 'contexts'} ${word}: ${shown}.`;
      this.#events.add({ severity: 'info', subject: 'kubeconfig', message });
    }
  }

  /** Makes the connections what the contexts call for. */
  #place(): void {
    const groups = new Map<string, DiscoveredContext[]>();
    for (const context of this.#discovery.contexts) {
      if (this.lifecycles.isHidden(context)) continue;
      const id = this.#identities.idOf(keyOf(context));
      const group = groups.get(id);
      if (group === undefined) groups.set(id, [context]);
      else group.push(context);
    }
    for (const id of this.#connections.keys()) {
      if (groups.has(id)) continue;
      this.#drop(id);
      this.#changed(id);
    }
    const made: Connection[] = [];
    const names = this.#namesOf(groups);
    for (const [id, ways] of groups) {
      const name = names.get(id) ?? id;
      let connection = this.#connections.get(id);
      if (connection === undefined) {
        const paused = this.lifecycles.pausedAs(id);
        connection = new Connection(id, this.#host, {
          name,
          paused,
          clusterUid: paused === undefined ? undefined : this.#identities.uidOf(id),
          version: this.#version + 1,
        });
        this.#connections.set(id, connection);
        made.push(connection);
      }
      connection.setWays(ways);
    }
    this.#sorted = undefined;
    for (const connection of made) connection.start();
    this.#version += 1;
  }

  /** Who is there already keeps its name; a newcomer, or who comes back, must not be taken for another. */
  #namesOf(groups: ReadonlyMap<string, readonly DiscoveredContext[]>): ReadonlyMap<string, string> {
    const names = new Map<string, string>();
    const isLive = (id: string) => this.#connections.has(id);
    for (const isTurn of [isLive, (id: string) => !isLive(id)]) {
      const taken = new Set(names.values());
      for (const [id, ways] of groups) {
        if (!isTurn(id)) continue;
        const name = this.#identities.nameOf(id, nameByWays(ways), isLive(id) ? new Set() : taken);
        names.set(id, name);
        taken.add(name);
      }
    }
    return names;
  }

  async #rediscoverForever(signal: AbortSignal): Promise<void> {
    while (await rest(this.#ports.clock, DISCOVER_EVERY_MS, signal)) {
      try {
        await this.rediscover();
      } catch (error) {
        this.#ports.log.error({ reason: failureOf(error).message }, 'kubeconfigs could not be discovered');
      }
    }
  }

  #slices(): number {
    return Math.min(MOST_SLICES, Math.max(1, Math.ceil(this.#connections.size / TICKED_AT_ONCE)));
  }

  async #tickForever(signal: AbortSignal): Promise<void> {
    let slice = 0;
    // In slices over the second: a thousand judged in one go would hold up every answer meanwhile.
    while (await rest(this.#ports.clock, TICK_MS / this.#slices(), signal)) {
      const slices = this.#slices();
      slice = (slice + 1) % slices;
      const nowMs = this.#ports.clock.now();
      let index = 0;
      for (const connection of this.#connections.values()) {
        if (index % slices === slice) connection.tick(nowMs);
        index += 1;
      }
    }
  }
}
