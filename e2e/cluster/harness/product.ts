import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConnectionSummary, ConnectionView } from '../../../src/api/connection.ts';
import type { Evidence } from '../../../src/api/evidence.ts';
import type { RouteReply, RouteRequest } from '../../../src/api/route.ts';
import { type RouteName, routes, type Routes } from '../../../src/api/routes.ts';
import { createClient } from '../../../src/client/client.ts';
import { waitFor } from './poll.ts';
import { type Child, startChild } from './process.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface Product {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Calls a route of the contract; throws when it fails or when the reply is not what the contract says. */
  call<N extends RouteName>(name: N, request: RouteRequest<Routes[N]>): Promise<RouteReply<Routes[N]>>;
  connections(): Promise<ConnectionSummary[]>;
  connection(id: string): Promise<ConnectionView>;
  evidence(id: string): Promise<Evidence>;
  /** Polls a connection until it is as wanted; gives it, with the time it took since the call. */
  waitForConnection(
    what: string,
    predicate: (connection: ConnectionView) => boolean,
    options?: { timeoutMs?: number; id?: string },
  ): Promise<{ value: ConnectionView; elapsedMs: number }>;
  /** What it logged so far. */
  logs(): string;
  stop(): Promise<void>;
  /** As a crash would end it. */
  kill(): Promise<void>;
}

/**
 * Starts our own server as a user would, over a kubeconfig. Its data folder is its own and goes with it, unless
 * `dataFolder` names one, which stays: a server that is started again finds there what the former one left.
 */
export async function startProduct(options: {
  kubeconfigPath: string;
  dataFolder?: string;
  env?: Readonly<Record<string, string | undefined>>;
  args?: readonly string[];
}): Promise<Product> {
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'product-')));
  const removeData = async (): Promise<void> => {
    if (options.dataFolder === undefined) await rm(dataFolder, { recursive: true, force: true });
  };
  let url = '';
  const child: Child = await startChild({
    name: 'the product’s server',
    command: process.execPath,
    args: [
      join(ROOT, 'src/server/start.ts'),
      // It takes a free one and tells which: a port chosen here could be taken before it listens.
      '--port',
      '0',
      '--data-dir',
      dataFolder,
      '--no-sandbox',
      ...(options.args ?? []),
    ],
    cwd: ROOT,
    env: {
      KUBECONFIG: options.kubeconfigPath,
      HOME: dataFolder,
      // No test dials a Docker host.
      MESHPLAY_DOCKER_HOSTS: '',
      KUBERNETES_SERVICE_HOST: undefined,
      KUBERNETES_SERVICE_PORT: undefined,
      ...options.env,
    },
    async ready({ output }) {
      url = /is at (http:\/\/\S+)\/settings/.exec(output())?.[1] ?? '';
      return url !== '' && (await fetch(`${url}${routes.healthView.path}`)).ok;
    },
    readyTimeoutMs: 120_000,
  });

  const client = createClient({ baseUrl: url, fetch, actor: 'cluster-suite' });
  const product: Product = {
    url,
    async call(name, request) {
      const reply = await client.call(name, request);
      // The caller trusts its server; the suite does not: every reply is held against the contract.
      routes[name].response.parse(reply);
      return reply;
    },
    connections: async () => (await product.call('connectionList', {})).items,
    connection: (id) => product.call('connectionView', { params: { connectionId: id } }),
    evidence: (id) => product.call('connectionEvidence', { params: { connectionId: id } }),
    async waitForConnection(what, predicate, { timeoutMs = 20_000, id } = {}) {
      let last: ConnectionView | undefined;
      try {
        return await waitFor(
          what,
          async () => {
            const wanted = id ?? (await product.connections())[0]?.id;
            if (wanted === undefined) return undefined;
            last = await product.connection(wanted);
            return predicate(last) ? last : undefined;
          },
          { timeoutMs, everyMs: 40 },
        );
      } catch (error) {
        throw new Error(`${what}: not within ${timeoutMs} ms; last seen: ${describeConnection(last)}`, {
          cause: error,
        });
      }
    },
    logs: () => child.output(),
    async stop() {
      await child.stop();
      await removeData();
    },
    async kill() {
      await child.kill();
      await removeData();
    },
  };
  return product;
}

/** The state of one controller, `UNKNOWN` and the like. */
export function stateOf(
  connection: ConnectionSummary,
  controller: 'operator' | 'meshsync' | 'broker',
): string {
  return connection.controllers.find((one) => one.controller === controller)?.state ?? 'missing';
}

/** All three states in the order Operator, MeshSync, Broker. */
export function statesOf(connection: ConnectionSummary): [string, string, string] {
  return [stateOf(connection, 'operator'), stateOf(connection, 'meshsync'), stateOf(connection, 'broker')];
}

/** A line a person can read when a wait was in vain. */
function describeConnection(connection: ConnectionView | undefined): string {
  if (connection === undefined) return 'no connection';
  const findings = connection.allFindings.map(({ code, summary }) => `${code} ${summary}`).join(' | ');
  const because = connection.controllers
    .map(
      ({ controller, state, because: facts }) =>
        `${controller}=${state} (${facts.map(({ text }) => text).join('; ')})`,
    )
    .join(', ');
  return `${connection.health}; ${because}; messages ${connection.messages}; ${findings}`;
}
