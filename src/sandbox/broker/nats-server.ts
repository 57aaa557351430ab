import type { Failure } from '../../api/evidence.ts';
import type { BrokerInfo } from '../../services/ports.ts';

/** A client of a simulated NATS server, as the server sees it. */
export interface NatsClient {
  readonly info: BrokerInfo;
  subscribe(subject: string, onMessage: (subject: string, body: Uint8Array) => void, queue?: string): void;
  publish(subject: string, body: Uint8Array): void;
  /** How long a PONG takes now, milliseconds; undefined where none will come. */
  pingMs(): number | undefined;
  readonly closed: Promise<Failure | undefined>;
  close(): void;
}

/** A NATS server in the pod of a simulated cluster: core NATS, at most once, no persistence. */
export interface NatsServer {
  readonly serverId: string;
  readonly serverName: string;
  readonly version: string;
  /** The token clients must give; undefined where the server asks for none. */
  token: string | undefined;
  /** It accepts connections and then says nothing, as a stopped process does. */
  isFrozen: boolean;
  /** It speaks TLS only, with a certificate that nobody here knows. */
  isTlsRequired: boolean;
  /** Its permissions let MeshSync publish, and nobody read. */
  refusesReaders: boolean;
  /** It serves its monitoring port. */
  hasMonitor: boolean;
  /** What the way to it takes there and back. */
  roundTripMs: number;
  /** Gives undefined where the token is wrong. A client that does not read is cut off after a while. */
  connect(client: {
    name: string;
    token: string | undefined;
    ip: string;
    isReading?: boolean;
  }): NatsClient | undefined;
  /** A document of the monitoring port; undefined for an unknown path. */
  monitor(path: string): unknown;
  /** Ends every client but those of one name: as a change of credentials does, or as a cut cable would. */
  kick(spared: string, failure?: Failure): void;
  /** Ends every client, as a stopping server does. */
  stop(): void;
}

interface Subscription {
  readonly tokens: readonly string[];
  readonly subject: string;
  readonly queue: string | undefined;
  readonly onMessage: (subject: string, body: Uint8Array) => void;
}

interface Connected {
  readonly cid: number;
  readonly name: string;
  readonly ip: string;
  readonly isReading: boolean;
  readonly startedMs: number;
  readonly subscriptions: Subscription[];
  /** Since when something waits for a client that does not read. */
  unreadSinceMs: number | undefined;
  lastMs: number;
  inMessages: number;
  outMessages: number;
  inBytes: number;
  outBytes: number;
  end(failure: Failure | undefined): void;
}

const MAX_PAYLOAD_BYTES = 1_048_576;
/** NATS' own `write_deadline`: who leaves the server waiting longer is a slow consumer. */
const WRITE_DEADLINE_MS = 10_000;

export function createNatsServer(options: {
  serverId: string;
  serverName: string;
  version: string;
  token: string | undefined;
  now(): number;
  /** Told of a subscriber that threw; the others still get the message. */
  onError(error: unknown): void;
  /** Told of each line of its log. */
  onLine(line: string): void;
}): NatsServer {
  const { now } = options;
  const startedMs = now();
  const clients = new Map<number, Connected>();
  let lastCid = 0;
  const totals = { inMessages: 0, outMessages: 0, inBytes: 0, outBytes: 0, slowConsumers: 0 };

  const deliver = (to: Connected, { onMessage }: Subscription, subject: string, body: Uint8Array) => {
    if (!to.isReading) {
      to.unreadSinceMs ??= now();
      if (now() - to.unreadSinceMs < WRITE_DEADLINE_MS) return;
      totals.slowConsumers += 1;
      options.onLine(
        `[1] [INF] ${to.ip}:${30_000 + to.cid} - cid:${to.cid} - Slow Consumer Detected: WriteDeadline of 10s exceeded`,
      );
      to.end({ kind: 'unavailable', message: 'Slow consumer: the Broker ended the connection.' });
      return;
    }
    to.outMessages += 1;
    to.outBytes += body.length;
    totals.outMessages += 1;
    totals.outBytes += body.length;
    // A subscriber runs on its own, as one at the other end of a socket does.
    queueMicrotask(() => {
      if (!clients.has(to.cid)) return;
      try {
        onMessage(subject, body);
      } catch (error) {
        options.onError(error);
      }
    });
  };

  const route = (subject: string, body: Uint8Array) => {
    const tokens = subject.split('.');
    const servedQueues = new Set<string>();
    for (const client of clients.values()) {
      for (const subscription of client.subscriptions) {
        if (!matches(subscription.tokens, tokens)) continue;
        const { queue } = subscription;
        if (queue !== undefined && servedQueues.has(`${subscription.subject} ${queue}`)) continue;
        if (queue !== undefined) servedQueues.add(`${subscription.subject} ${queue}`);
        deliver(client, subscription, subject, body);
      }
    }
  };

  const server: NatsServer = {
    serverId: options.serverId,
    serverName: options.serverName,
    version: options.version,
    token: options.token,
    isFrozen: false,
    isTlsRequired: false,
    refusesReaders: false,
    hasMonitor: true,
    roundTripMs: 1,
    connect: ({ name, token, ip, isReading = true }) => {
      if (server.token !== undefined && token !== server.token) {
        options.onLine(`[1] [ERR] ${ip} - authentication error - "${name}"`);
        return undefined;
      }
      const cid = (lastCid += 1);
      const { promise, resolve } = Promise.withResolvers<Failure | undefined>();
      const client: Connected = {
        cid,
        name,
        ip,
        isReading,
        unreadSinceMs: undefined,
        startedMs: now(),
        lastMs: now(),
        subscriptions: [],
        inMessages: 0,
        outMessages: 0,
        inBytes: 0,
        outBytes: 0,
        end: (failure) => {
          clients.delete(cid);
          resolve(failure);
        },
      };
      clients.set(cid, client);
      return {
        info: {
          serverId: server.serverId,
          serverName: server.serverName,
          version: server.version,
          isAuthRequired: server.token !== undefined,
          maxPayload: MAX_PAYLOAD_BYTES,
          clientId: cid,
        },
        subscribe: (subject, onMessage, queue) => {
          if (server.refusesReaders && name !== 'meshsync') {
            client.end({
              kind: 'forbidden',
              message: `Permissions violation for subscription to "${subject}"`,
            });
            return;
          }
          client.subscriptions.push({ subject, tokens: subject.split('.'), queue, onMessage });
        },
        publish: (subject, body) => {
          if (!clients.has(cid) || server.isFrozen) return;
          if (body.length > MAX_PAYLOAD_BYTES) {
            client.end({ kind: 'protocol', message: 'maximum payload violation' });
            return;
          }
          client.lastMs = now();
          client.inMessages += 1;
          client.inBytes += body.length;
          totals.inMessages += 1;
          totals.inBytes += body.length;
          route(subject, body);
        },
        pingMs: () => (clients.has(cid) && !server.isFrozen ? server.roundTripMs : undefined),
        closed: promise,
        close: () => client.end(undefined),
      };
    },
    monitor: (path) => {
      const url = new URL(path, 'http://monitor.example');
      switch (url.pathname) {
        case '/healthz':
          return { status: 'ok' };
        case '/varz':
          return {
            server_id: server.serverId,
            server_name: server.serverName,
            version: server.version,
            uptime: uptime(now() - startedMs),
            connections: clients.size,
            total_connections: lastCid,
            in_msgs: totals.inMessages,
            out_msgs: totals.outMessages,
            in_bytes: totals.inBytes,
            out_bytes: totals.outBytes,
            slow_consumers: totals.slowConsumers,
            subscriptions: [...clients.values()].reduce(
              (sum, client) => sum + client.subscriptions.length,
              0,
            ),
            auth_required: server.token !== undefined,
            max_payload: MAX_PAYLOAD_BYTES,
            port: 4222,
            http_port: 8222,
          };
        case '/connz':
          return connz(server.serverId, [...clients.values()], url.searchParams, now());
        default:
          return undefined;
      }
    },
    kick: (spared, failure) => {
      for (const client of clients.values()) {
        if (client.name !== spared)
          client.end(failure ?? { kind: 'auth', message: 'The Broker ended the connection: authorization.' });
      }
    },
    stop: () => {
      for (const client of clients.values())
        client.end({ kind: 'unavailable', message: 'The Broker shut down.' });
    },
  };
  return server;
}

function connz(
  serverId: string,
  clients: readonly Connected[],
  query: URLSearchParams,
  nowMs: number,
): unknown {
  const limit = Number(query.get('limit') ?? 1024);
  const offset = Number(query.get('offset') ?? 0);
  const page = clients.slice(offset, offset + limit);
  return {
    server_id: serverId,
    now: new Date(nowMs).toISOString(),
    num_connections: page.length,
    total: clients.length,
    offset,
    limit,
    connections: page.map((client) => ({
      cid: client.cid,
      kind: 'Client',
      type: 'nats',
      ip: client.ip,
      port: 30_000 + client.cid,
      start: new Date(client.startedMs).toISOString(),
      last_activity: new Date(client.lastMs).toISOString(),
      rtt: '412µs',
      uptime: uptime(nowMs - client.startedMs),
      idle: uptime(nowMs - client.lastMs),
      pending_bytes: 0,
      in_msgs: client.inMessages,
      out_msgs: client.outMessages,
      in_bytes: client.inBytes,
      out_bytes: client.outBytes,
      subscriptions: client.subscriptions.length,
      name: client.name,
      lang: client.name === 'meshsync' ? 'go' : 'nats.js',
      version: client.name === 'meshsync' ? '1.31.0' : '3.4.0',
      ...(query.get('subs') === '1' || query.get('subs') === 'true'
        ? { subscriptions_list: client.subscriptions.map(({ subject }) => subject) }
        : {}),
    })),
  };
}

/** Go's short durations: 12d3h4m5s. */
function uptime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  const shown = first === -1 ? [] : parts.slice(first);
  return `${shown.map(([count, unit]) => `${count}${unit}`).join('')}${seconds % 60}s`;
}

/** NATS subject matching: `*` is one token, `>` the rest. */
function matches(pattern: readonly string[], subject: readonly string[]): boolean {
  for (const [index, token] of pattern.entries()) {
    if (token === '>') return subject.length > index;
    if (subject[index] === undefined) return false;
    if (token !== '*' && token !== subject[index]) return false;
  }
  return pattern.length === subject.length;
}
