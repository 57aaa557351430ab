/** A link that moves from a forwarded port to the Broker’s own address loses nothing: over a real nats-server. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSystemClock } from '../../src/sandbox/clock.ts';
import { createBrokerConnector } from '../../src/server/nats/connector.ts';
import { FakeCluster } from '../../src/services/fakes/fake-cluster.ts';
import { BrokerLink } from '../../src/services/link/link.ts';
import type { BrokerTarget } from '../../src/services/link/target.ts';
import type { ByteStream } from '../../src/services/ports.ts';
import type { NatsServer } from './harness/nats.ts';
import { startNats } from './harness/nats.ts';

const CORE = 'meshery.meshsync.core';
const GENEROUS_MS = 60_000;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const connector = createBrokerConnector(log);
/** On the way through the API server everything takes a little longer. */
const DETOUR_MS = 15;

let nats: NatsServer;
beforeAll(async () => {
  nats = await startNats({ host: '127.0.0.1', serverName: 'meshery-nats-0' });
});
afterAll(async () => {
  await nats?.stop();
});

/** A forwarded port: bytes to the server pass at once, those from it come late. */
function forwarded(port: number): ByteStream {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  const { readable, writable } = Duplex.toWeb(socket);
  const late = new TransformStream<Uint8Array, Uint8Array>({
    async transform(chunk, controller) {
      await sleep(DETOUR_MS);
      controller.enqueue(chunk);
    },
  });
  // Node types its own web streams apart from the standard ones; they are the same objects.
  const stream = { readable, writable } as Pick<ByteStream, 'readable' | 'writable'>;
  return { ...stream, readable: stream.readable.pipeThrough(late), close: () => socket.destroy() };
}

describe('a link over a real nats-server', () => {
  it('takes every message exactly once while it moves to the direct way', async () => {
    const cluster = Object.assign(new FakeCluster(), {
      forward: (_pod: unknown, port: number) =>
        Promise.resolve(forwarded(port === 4222 ? nats.port : nats.monitorPort)),
    });
    const inside: BrokerTarget = {
      isWanted: true,
      internal: undefined,
      external: undefined,
      service: undefined,
      clientPort: nats.port,
      monitorPort: nats.monitorPort,
      clientNodePort: undefined,
      monitorNodePort: undefined,
      apiHost: undefined,
      readyPods: [{ namespace: 'meshery', name: 'meshery-nats-0' }],
      isServerInCluster: false,
      token: { state: 'none' },
      key: 'inside',
    };
    let target = inside;
    const received: number[] = [];
    const link = new BrokerLink({
      clock: createSystemClock(),
      log,
      brokers: connector,
      dockerHosts: [],
      api: () => cluster,
      target: () => target,
      clusterUid: () => undefined,
      onMessage: (_subject, body) => void received.push(Number(new TextDecoder().decode(body))),
      onChange: () => undefined,
    });
    const route = { kind: 'address', host: '127.0.0.1', port: nats.port } as const;
    const meshsync = await connector.connect({ route, name: 'meshsync', timeoutMs: GENEROUS_MS });
    try {
      link.start();
      await vi.waitFor(() => expect(link.read()).toMatchObject({ chosen: 'port-forward' }), {
        timeout: GENEROUS_MS,
      });
      let published = 0;
      const publishSome = async (count: number) => {
        for (let index = 0; index < count; index += 1) {
          meshsync.publish(CORE, new TextEncoder().encode(String(published)));
          published += 1;
          if (index % 10 === 9) await sleep(1);
        }
      };
      // Subscriptions take their way; what is published before them is nobody’s.
      await vi.waitFor(
        async () => {
          meshsync.publish(CORE, new TextEncoder().encode('-1'));
          await meshsync.roundTrip(GENEROUS_MS);
          expect(received).toContain(-1);
        },
        { timeout: GENEROUS_MS },
      );
      await publishSome(500);
      target = { ...inside, external: { host: '127.0.0.1', port: nats.port }, key: 'outside' };
      link.targetChanged();
      await vi.waitFor(
        async () => {
          await publishSome(100);
          expect(link.read()).toMatchObject({ chosen: 'external' });
        },
        { timeout: GENEROUS_MS, interval: 1 },
      );
      await publishSome(500);
      const data = () => received.filter((number) => number >= 0);
      await vi.waitFor(() => expect(data().length).toBeGreaterThanOrEqual(published), {
        timeout: GENEROUS_MS,
      });
      await vi.waitFor(() => expect(link.current()?.clientIds).toHaveLength(1), { timeout: GENEROUS_MS });
      expect(link.read()).toMatchObject({ state: 'connected', proof: 'proven' });
      expect(data().toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: published }, (_, index) => index),
      );
    } finally {
      link.close();
      await meshsync.close();
    }
  });
});
