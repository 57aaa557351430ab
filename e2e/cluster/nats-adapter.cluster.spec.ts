import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BrokerSession, ByteStream, Route } from '../../src/services/ports.ts';
import { BrokerError } from '../../src/services/ports.ts';
import { createBrokerConnector } from '../../src/server/nats/connector.ts';
import type { NatsServer } from './harness/nats.ts';
import { startNats } from './harness/nats.ts';

const TOKEN = 'a-token-of-the-cluster';
const connector = createBrokerConnector({
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
});
const GENEROUS_MS = 20_000;

let nats: NatsServer;
beforeAll(async () => {
  nats = await startNats({ host: '127.0.0.1', token: TOKEN, serverName: 'meshery-nats-0' });
});
afterAll(async () => {
  await nats?.stop();
});

const address = (port: number): Route => ({ kind: 'address', host: '127.0.0.1', port });
const stream = (port: number): Route => ({
  kind: 'stream',
  label: 'port-forward to meshery-nats-0',
  async open() {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', () => undefined);
    const { readable, writable } = Duplex.toWeb(socket);
    // Node types its own web streams apart from the standard ones; they are the same objects.
    return { readable, writable, close: () => socket.destroy() } as ByteStream;
  },
});
const dial = (route: Route, token: string | undefined = TOKEN): Promise<BrokerSession> =>
  connector.connect({ route, token, name: 'meshplay-server', timeoutMs: GENEROUS_MS });

async function kindOf(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.catch((reason: unknown) => reason);
  if (!(error instanceof BrokerError)) throw new Error(`expected a BrokerError, got ${String(error)}`);
  return error.failure.kind;
}

interface Connz {
  connections: { name?: string; subscriptions_list?: string[] }[];
}

describe.each([
  ['an address', address],
  ['a stream', stream],
])('a real nats-server over %s', (_, routeTo) => {
  it('lets in, carries messages of both families, and shows us with our subscriptions', async () => {
    const session = await dial(routeTo(nats.port));
    expect(session.info).toMatchObject({ serverName: 'meshery-nats-0', isAuthRequired: true });
    expect(session.info.clientId).toBeGreaterThan(0);
    const received: string[] = [];
    for (const subject of ['meshery.meshsync.core', 'meshplay.meshsync.core']) {
      session.subscribe(subject, (from, body) => received.push(`${from} ${new TextDecoder().decode(body)}`));
    }
    await session.roundTrip(GENEROUS_MS);

    const publisher = await dial(address(nats.port));
    publisher.publish('meshery.meshsync.core', new TextEncoder().encode('one'));
    publisher.publish('meshplay.meshsync.core', new TextEncoder().encode('two'));
    await vi.waitFor(
      () => expect(received).toEqual(['meshery.meshsync.core one', 'meshplay.meshsync.core two']),
      {
        timeout: GENEROUS_MS,
      },
    );

    const monitor = routeTo(nats.monitorPort);
    const seen = await connector.monitor({ route: monitor, path: '/connz?subs=1', timeoutMs: GENEROUS_MS });
    const ours = (seen as Connz).connections.find((one) => one.subscriptions_list !== undefined);
    expect(ours?.name).toBe('meshplay-server');
    expect(ours?.subscriptions_list?.toSorted()).toEqual(['meshery.meshsync.core', 'meshplay.meshsync.core']);
    await publisher.close();
    await session.close();
    expect(await session.closed).toBeUndefined();
  });

  it('refuses a wrong token and none at all', async () => {
    expect(await kindOf(dial(routeTo(nats.port), 'wrong'))).toBe('auth');
    const withoutToken = connector.connect({ route: routeTo(nats.port), name: 'n', timeoutMs: GENEROUS_MS });
    expect(await kindOf(withoutToken)).toBe('auth');
  });
});

describe('a real nats-server', () => {
  it('is noticed when it freezes, and is usable again after', async () => {
    const session = await dial(address(nats.port));
    await nats.freeze();
    try {
      expect(await kindOf(session.roundTrip(300))).toBe('timeout');
      const late = connector.connect({ route: address(nats.port), token: TOKEN, name: 'n', timeoutMs: 300 });
      expect(await kindOf(late)).toBe('timeout');
    } finally {
      nats.thaw();
    }
    expect(await session.roundTrip(GENEROUS_MS)).toBeGreaterThanOrEqual(0);
    await session.close();
  });

  it('ends sessions when it dies, refuses while it is gone, and takes a new token after a restart', async () => {
    const session = await dial(address(nats.port));
    await nats.stop();
    expect(await session.closed).toBeDefined();
    expect(await kindOf(dial(address(nats.port)))).toBe('refused');
    await nats.restart({ token: 'rotated' });
    expect(await kindOf(dial(address(nats.port)))).toBe('auth');
    const again = await dial(address(nats.port), 'rotated');
    await again.close();
  });

  it('is told from its monitoring port', async () => {
    // A web server waits for the caller to speak, so it shows as silence, never as a Broker.
    const attempt = connector.connect({ route: address(nats.monitorPort), name: 'n', timeoutMs: 500 });
    expect(await kindOf(attempt)).toBe('timeout');
  });
});
