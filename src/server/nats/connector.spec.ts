import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { Duplex } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ByteStream, Log, Route } from '../../services/ports.ts';
import { BrokerError, ClusterError } from '../../services/ports.ts';
import { createBrokerConnector } from './connector.ts';
import type { FakeNats } from './fake-nats.ts';
import { startFakeNats } from './fake-nats.ts';

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const connector = createBrokerConnector(silent);
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function fakeNats(options: Parameters<typeof startFakeNats>[0] = {}): Promise<FakeNats> {
  const fake = await startFakeNats(options);
  closers.push(() => fake.close());
  return fake;
}

/** A listener that does what `onSocket` says. */
async function listener(onSocket: Parameters<typeof createServer>[1]): Promise<number> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket?.(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen({ host: '127.0.0.1', port: 0 }, resolve);
  });
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  return (server.address() as AddressInfo).port;
}

const at = (port: number): Route => ({ kind: 'address', host: '127.0.0.1', port });

/** A stream into a port, as a port-forward gives it; `closed` counts how often it was closed. */
function streamTo(port: number): Route & { closed: number } {
  const route = {
    kind: 'stream' as const,
    label: 'port-forward to meshery-nats-0',
    closed: 0,
    async open(): Promise<ByteStream> {
      const socket = connect({ host: '127.0.0.1', port });
      socket.on('error', () => undefined);
      const { readable, writable } = Duplex.toWeb(socket);
      return {
        // Node types its own web streams apart from the standard ones; they are the same objects.
        readable: readable as ByteStream['readable'],
        writable: writable as ByteStream['writable'],
        close: () => {
          route.closed += 1;
          socket.destroy();
        },
      };
    },
  };
  return route;
}

const dial = (route: Route, token?: string, timeoutMs = 10_000) =>
  connector.connect({ route, token, name: 'meshplay-server', timeoutMs });

async function failureOf(attempt: Promise<unknown>) {
  const error = await attempt.catch((reason: unknown) => reason);
  if (!(error instanceof BrokerError)) throw new Error(`expected a BrokerError, got ${String(error)}`);
  return error.failure;
}

describe('what closes or greets wrongly', () => {
  const GREETING = { server_id: 'N', server_name: 'n', version: '2.9.10', proto: 1, max_payload: 1_048_576 };

  it('is not said to refuse: something listens there', async () => {
    const atOnce = await listener((socket) => socket.destroy());
    const afterConnect = await listener((socket) => {
      socket.write(`INFO ${JSON.stringify(GREETING)}\r\n`);
      socket.once('data', () => socket.destroy());
    });
    for (const port of [atOnce, afterConnect]) {
      const { kind, message } = await failureOf(dial(at(port)));
      expect(kind).toBe('unreachable');
      expect(message).toMatch(/closed|ECONNRESET/);
    }
  });

  it('is said not to speak NATS when the parts of its greeting are none', async () => {
    const port = await listener((socket) => socket.write('INFO null\r\n'));
    expect(await failureOf(dial(at(port)))).toMatchObject({ kind: 'protocol' });
  });
});

describe.each([
  ['an address', (port: number) => at(port)],
  ['a stream', (port: number) => streamTo(port)],
])('a session over %s', (_, routeTo) => {
  it('tells who answered, and carries messages', async () => {
    const fake = await fakeNats({ token: 's3cret' });
    const session = await dial(routeTo(fake.port), 's3cret');
    expect(session.info).toEqual({
      serverId: 'NFAKE',
      serverName: 'fake-broker',
      version: '2.9.10',
      isAuthRequired: true,
      maxPayload: 1_048_576,
      clientId: 42,
    });
    expect(fake.names).toEqual(['meshplay-server']);

    const received: string[] = [];
    session.subscribe('meshery.meshsync.core', (subject, body) => {
      received.push(`${subject}: ${new TextDecoder().decode(body)}`);
    });
    session.publish('meshery.meshsync.core', new TextEncoder().encode('{"a":1}'));
    await vi.waitFor(() => expect(received).toEqual(['meshery.meshsync.core: {"a":1}']), { timeout: 10_000 });
    expect(await session.roundTrip(10_000)).toBeGreaterThanOrEqual(0);

    await session.close();
    expect(await session.closed).toBeUndefined();
  });

  it('ends with a reason when the Broker goes away', async () => {
    const fake = await fakeNats();
    const session = await dial(routeTo(fake.port));
    fake.drop();
    expect(await session.closed).toMatchObject({ kind: 'unreachable' });
  });

  it('refuses a wrong token as auth, without repeating it', async () => {
    const fake = await fakeNats({ token: 'right' });
    const failure = await failureOf(dial(routeTo(fake.port), 'wr0ng-t0ken'));
    expect(failure.kind).toBe('auth');
    expect(failure.message).not.toContain('wr0ng-t0ken');
    expect(await failureOf(dial(routeTo(fake.port)))).toMatchObject({ kind: 'auth' });
  });
});

describe('a session', () => {
  it('survives a subscriber that throws', async () => {
    const fake = await fakeNats();
    const errors: string[] = [];
    const logging = createBrokerConnector({ ...silent, error: (_, message) => errors.push(message) });
    const session = await logging.connect({
      route: at(fake.port),
      name: 'meshplay-server',
      timeoutMs: 10_000,
    });
    const received: number[] = [];
    session.subscribe('core', (_, body) => {
      received.push(body.length);
      if (body.length === 1) throw new Error('bad message');
    });
    session.publish('core', new Uint8Array(1));
    session.publish('core', new Uint8Array(2));
    await vi.waitFor(() => expect(received).toEqual([1, 2]), { timeout: 10_000 });
    expect(errors).toEqual(['a subscriber failed on a message']);
    await session.close();
  });

  it('ends when a subscription is forbidden', async () => {
    const fake = await fakeNats({ forbidden: 'secret.subject' });
    const session = await dial(at(fake.port));
    session.subscribe('secret.subject', () => undefined);
    const failure = await session.closed;
    expect(failure?.kind).toBe('forbidden');
    expect(failure?.message).toContain('secret.subject');
  });

  it('notices a frozen Broker by a ping without pong', async () => {
    const fake = await fakeNats();
    const session = await dial(at(fake.port));
    fake.isFrozen = true;
    expect(await failureOf(session.roundTrip(50))).toMatchObject({ kind: 'timeout' });
    await session.close();
  });

  it('does not wait for a pong of a connection that ended', async () => {
    const fake = await fakeNats();
    const session = await dial(at(fake.port));
    fake.isFrozen = true;
    const ping = failureOf(session.roundTrip(60_000));
    fake.drop();
    expect(await ping).toMatchObject({ kind: 'unreachable' });
  });
});

describe('connect', () => {
  it('names a refused port', async () => {
    const fake = await startFakeNats();
    await fake.close();
    expect(await failureOf(dial(at(fake.port)))).toMatchObject({ kind: 'refused' });
  });

  it('gives up on a Broker that never greets', async () => {
    const port = await listener(() => undefined);
    expect(await failureOf(dial(at(port), undefined, 100))).toMatchObject({ kind: 'timeout' });
    expect(await failureOf(dial(streamTo(port), undefined, 100))).toMatchObject({ kind: 'timeout' });
  });

  it('quotes what answers instead of a Broker', async () => {
    const port = await listener((socket) => void socket.write('SSH-2.0-OpenSSH_9.2\u0007\r\nmore'));
    const failure = await failureOf(dial(at(port)));
    expect(failure.kind).toBe('protocol');
    expect(failure.message).toContain('“SSH-2.0-OpenSSH_9.2·”');
  });

  it('passes on why a port-forward could not be opened', async () => {
    const refused = new ClusterError({ kind: 'forbidden', message: 'pods/portforward is forbidden' });
    const route: Route = { kind: 'stream', label: 'port-forward', open: () => Promise.reject(refused) };
    expect(await failureOf(dial(route))).toEqual({
      kind: 'forbidden',
      message: 'pods/portforward is forbidden',
    });
  });

  it('closes the stream of an attempt that failed', async () => {
    const fake = await fakeNats({ token: 'right' });
    const route = streamTo(fake.port);
    await failureOf(dial(route, 'wrong'));
    await vi.waitFor(() => expect(route.closed).toBeGreaterThan(0), { timeout: 10_000 });
  });

  it('can be given up by its caller', async () => {
    const port = await listener(() => undefined);
    const stop = new AbortController();
    const attempt = connector.connect({ route: at(port), name: 'n', timeoutMs: 60_000 }, stop.signal);
    stop.abort();
    expect(await failureOf(attempt)).toMatchObject({ kind: 'other' });
  });

  it.each(['', 'ws://broker', 'a b', 'host/path', '-x', 'user:pw@host'])(
    'refuses to dial %j',
    async (host) => {
      expect(await failureOf(dial({ kind: 'address', host, port: 4222 }))).toMatchObject({
        kind: 'invalid-config',
      });
    },
  );
});
