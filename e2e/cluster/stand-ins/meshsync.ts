/** Plays MeshSync: watches the real API server and publishes to a real Broker, as a client named `meshsync`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import type { KubeApi } from '../harness/kube-api.ts';
import { envelope, toWireObject } from './meshsync-wire.ts';
import type { Family } from './names.ts';

const RETRY_MS = 300;
const BATCH = 5;
const VERSION = '1.0.3';

/** Collections of the default watch-list that the tests bring to life. */
const WATCHED = [
  '/api/v1/namespaces',
  '/api/v1/configmaps',
  '/api/v1/secrets',
  '/api/v1/pods',
  '/api/v1/services',
  '/api/v1/nodes',
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/statefulsets',
  '/apis/apps/v1/replicasets',
];

const Request = z.object({
  Request: z.object({
    Entity: z.string(),
    Payload: z.looseObject({ Reply: z.string().optional() }).nullish(),
  }),
});

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
  readonly monitorPort: number;
  readonly token?: string | undefined;
}

export interface MeshSync {
  isConnected(): boolean;
  /** Messages published since it started. */
  published(): number;
  stop(): Promise<void>;
}

/** Starts it. `broker` is asked before every attempt to connect, as a restarted container would read its environment anew. */
export async function startMeshSync(options: {
  api: KubeApi;
  family: Family;
  broker: () => Promise<BrokerAddress>;
}): Promise<MeshSync> {
  const { api, family } = options;
  const core = `${family}.meshsync.core`;
  const clusterId = (await api.get('/api/v1/namespaces/kube-system')).metadata.uid ?? '';
  const stopping = new AbortController();
  let connection: NatsConnection | undefined;
  let published = 0;

  function publish(subject: string, body: string): void {
    // At most once, as the real one: what happens while there is no Broker is lost.
    if (connection === undefined || connection.isClosed()) return;
    connection.publish(subject, body);
    published += 1;
  }

  const followings = WATCHED.map((collection) =>
    api.follow(collection, (type, object) =>
      publish(core, envelope('meshsync-data', type, toWireObject(object, clusterId))),
    ),
  );
  const everything = () => followings.flatMap((following) => [...following.objects().values()]);
  const republish = () => {
    for (const object of everything())
      publish(core, envelope('meshsync-data', 'ADDED', toWireObject(object, clusterId)));
  };

  function answer(body: string): void {
    const request = Request.safeParse(JSON.parse(body));
    if (!request.success) return;
    const { Entity: entity, Payload: payload } = request.data.Request;
    if (entity === 'informer-store' && typeof payload?.Reply === 'string') {
      const objects = everything().map((object) => toWireObject(object, clusterId));
      for (let start = 0; start < objects.length; start += BATCH) {
        publish(payload.Reply, envelope('', '', objects.slice(start, start + BATCH)));
      }
    } else if (entity === 'resync-discovery') {
      republish();
    } else if (entity === 'meshsync-meta') {
      publish('meshsync-meta', envelope('', '', VERSION));
    }
  }

  async function session(): Promise<void> {
    const { host, port, monitorPort, token } = await options.broker();
    await fetch(`http://${host}:${monitorPort}/connz`, { signal: AbortSignal.timeout(2_000) });
    const opened = await connect({
      servers: `${host}:${port}`,
      name: 'meshsync',
      reconnect: false,
      timeout: 2_000,
      pingInterval: 2_000,
      ...(token === undefined ? {} : { token }),
    });
    if (stopping.signal.aborted) return opened.close();
    connection = opened;
    opened.subscribe(`${family}.meshsync.request`, {
      queue: 'meshsync-request-stream',
      callback: (error, message) => {
        if (error === null) answer(message.string());
      },
    });
    republish();
    await opened.closed();
    connection = undefined;
  }
  async function forever(): Promise<void> {
    while (!stopping.signal.aborted) {
      // No Broker, or one that refuses the token: the container restarts and tries again.
      await session().catch(() => undefined);
      await sleep(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }
  void forever();

  return {
    isConnected: () => connection !== undefined && !connection.isClosed(),
    published: () => published,
    async stop() {
      stopping.abort();
      for (const following of followings) following.stop();
      await connection?.close();
    },
  };
}
