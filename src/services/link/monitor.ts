import { z } from 'zod';
import type { Monitor, Observation } from '../../api/evidence.ts';
import { failureOf } from '../failure.ts';
import { BrokerError } from '../ports.ts';
import type { BrokerConnector, Clock, ClusterApi, Route } from '../ports.ts';
import { ENDED, isoTime, jittered, Wake, withDeadline } from '../timing.ts';
import { forwardedMonitor } from './candidates.ts';
import type { BrokerTarget } from './target.ts';

const READ_TIMEOUT_MS = 2000;
const PAGE_SIZE = 1024;
const MAX_PAGES = 4;
const CLIENT_NAMES: ReadonlySet<string> = new Set([
  'meshsync',
  'meshplay-server',
  'meshery-server',
  'meshplay',
  'meshery',
]);

const Varz = z.object({
  server_id: z.string().catch(''),
  server_name: z.string().catch(''),
  version: z.string().catch(''),
  connections: z.number().catch(0),
  in_msgs: z.number().catch(0),
  out_msgs: z.number().catch(0),
  slow_consumers: z.number().catch(0),
  auth_required: z.boolean().catch(false),
});
const Connz = z.object({
  total: z.number().catch(0),
  connections: z
    .array(
      z.object({
        cid: z.number(),
        name: z.string().catch(''),
        ip: z.string().optional().catch(undefined),
        port: z.number().optional().catch(undefined),
        in_msgs: z.number().catch(0),
        out_msgs: z.number().catch(0),
        subscriptions_list: z.array(z.string()).catch([]),
      }),
    )
    .nullish(),
});

export interface MonitorOptions {
  readonly clock: Clock;
  readonly brokers: BrokerConnector;
  readonly api: () => ClusterApi | undefined;
  readonly target: () => BrokerTarget;
  readonly current: () =>
    | { serverId: string; clientIds: readonly number[]; monitor: Route | undefined }
    | undefined;
  readonly intervalMs: () => number;
  readonly onChange: () => void;
}

/** Reads the Broker's monitoring port every few seconds, by the link's own way or through a forwarded port. */
export class BrokerMonitor {
  readonly #options: MonitorOptions;
  readonly #closing = new AbortController();
  readonly #wake: Wake;
  #observation: Observation<Monitor> = { status: 'pending' };

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#wake = new Wake(options.clock);
  }

  start(): void {
    void this.#run(this.#closing.signal);
  }

  close(): void {
    this.#closing.abort(ENDED);
  }

  /** Looks now rather than when it is due: the link came up, or somebody asked. */
  ring(): void {
    this.#wake.ring();
  }

  observation(): Observation<Monitor> {
    return this.#observation;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, intervalMs, onChange } = this.#options;
    while (!signal.aborted) {
      const before = shown(this.#observation);
      await this.#look(signal);
      if (signal.aborted) return;
      if (shown(this.#observation) !== before) onChange();
      await this.#wake.sleep(jittered(clock, intervalMs()), signal);
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const routes = this.#routes();
    if (routes.length === 0) {
      if (!this.#options.target().isWanted) this.#observation = { status: 'pending' };
      else
        this.#fail(
          new BrokerError({
            kind: 'unreachable',
            message: 'There is no way to the Broker’s monitoring port.',
          }),
        );
      return;
    }
    let failed: unknown;
    for (const route of routes) {
      try {
        const value = await withDeadline(
          clock,
          READ_TIMEOUT_MS,
          signal,
          (inner) => this.#read(route, inner),
          () =>
            new BrokerError({
              kind: 'timeout',
              message: 'The Broker’s monitoring port did not answer in time.',
            }),
        );
        this.#observation = { status: 'seen', value, seenAt: isoTime(clock.now()) };
        return;
      } catch (error) {
        if (signal.aborted) return;
        failed = error;
      }
    }
    this.#fail(failed);
  }

  #routes(): Route[] {
    const target = this.#options.target();
    const api = this.#options.api();
    const current = this.#options.current();
    const [pod] = target.readyPods;
    const forwarded = api === undefined || pod === undefined ? [] : [forwardedMonitor(api, pod)];
    if (current !== undefined)
      return [...(current.monitor === undefined ? [] : [current.monitor]), ...forwarded];
    if (!target.isWanted) return [];
    const { internal, isServerInCluster, monitorPort } = target;
    const inside: Route[] =
      isServerInCluster && internal !== undefined
        ? [{ kind: 'address', host: internal.host, port: monitorPort }]
        : [];
    return [...inside, ...forwarded];
  }

  async #read(route: Route, signal: AbortSignal): Promise<Monitor> {
    const { brokers, current } = this.#options;
    const get = (path: string) => brokers.monitor({ route, path, timeoutMs: READ_TIMEOUT_MS }, signal);
    const varz = Varz.parse(await get('/varz'));
    const clients: Monitor['clients'] = [];
    const ours = current();
    let read = 0;
    let total = 0;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const offset = page * PAGE_SIZE;
      const connz = Connz.parse(await get(`/connz?subs=1&limit=${PAGE_SIZE}&offset=${offset}`));
      const listed = connz.connections ?? [];
      total = Math.max(connz.total, listed.length);
      read += listed.length;
      for (const client of listed) {
        if (!CLIENT_NAMES.has(client.name)) continue;
        clients.push({
          cid: client.cid,
          name: client.name,
          ...(client.ip === undefined ? {} : { address: `${client.ip}:${client.port ?? 0}` }),
          subscriptions: client.subscriptions_list,
          inMessages: client.in_msgs,
          outMessages: client.out_msgs,
          // A client id means something on its own server only.
          isOurs:
            ours !== undefined && ours.clientIds.includes(client.cid) && ours.serverId === varz.server_id,
        });
      }
      if (read >= total || listed.length === 0) break;
    }
    return {
      serverName: varz.server_name,
      version: varz.version,
      connections: varz.connections,
      isComplete: read >= total,
      clients,
      slowConsumers: varz.slow_consumers,
      inMessages: varz.in_msgs,
      outMessages: varz.out_msgs,
      authRequired: varz.auth_required,
    };
  }

  #fail(error: unknown): void {
    const before = this.#observation;
    const last =
      before.status === 'seen'
        ? { lastValue: before.value, lastSeenAt: before.seenAt }
        : before.status === 'failed'
          ? { lastValue: before.lastValue, lastSeenAt: before.lastSeenAt }
          : {};
    const failure =
      error instanceof z.ZodError
        ? { kind: 'protocol' as const, message: 'The monitoring port answered something that is not NATS’.' }
        : failureOf(error);
    this.#observation = { status: 'failed', failure, failedAt: isoTime(this.#options.clock.now()), ...last };
  }
}

/** What would make a difference to a reader: everything but the time of the look. */
function shown(observation: Observation<Monitor>): string {
  if (observation.status === 'seen') return JSON.stringify(observation.value);
  return observation.status === 'failed' ? `${observation.failure.kind} ${observation.failure.message}` : '';
}
