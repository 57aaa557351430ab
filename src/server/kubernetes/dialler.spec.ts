import http from 'node:http';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ClusterError } from '../../services/ports.ts';
import type { ClusterAccess } from '../../services/ports.ts';
import { createClusterAccess, createPinnedAccess } from './access.ts';
import type { Endpoint } from './endpoint.ts';
import { startFakeApiServer } from './fake-api-server.ts';
import type { FakeApiServer } from './fake-api-server.ts';
import { AUTHORITY, CLIENT, ELSEWHERE, EXPIRED, SERVER } from './test-certificates.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function serve(tls?: {
  cert: string;
  key: string;
  ca?: string;
  requestCert?: boolean;
}): Promise<FakeApiServer> {
  const server = await startFakeApiServer({
    protocol: 'h2',
    ...(tls === undefined ? {} : { tls }),
    handle: (_, reply) => reply.status(200, { gitVersion: 'v1' }),
  });
  closers.push(() => server.close());
  return server;
}

async function listen(server: net.Server): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return (server.address() as net.AddressInfo).port;
}

async function ask(access: ClusterAccess): Promise<string | ClusterError> {
  const api = access.open();
  try {
    return await api.version();
  } catch (error) {
    if (error instanceof ClusterError) return error;
    throw error;
  } finally {
    await api.close();
  }
}

async function failing(access: ClusterAccess): Promise<ClusterError> {
  const outcome = await ask(access);
  if (typeof outcome === 'string') throw new Error('it was expected to fail');
  return outcome;
}

function to(server: string, part: Partial<Endpoint> = {}, connectMs = 30_000): ClusterAccess {
  const endpoint: Endpoint = {
    server,
    isTlsVerified: true,
    authority: AUTHORITY,
    serverName: undefined,
    proxyUrl: undefined,
    certificate: undefined,
    identity: { kind: 'none' },
    impersonation: undefined,
    ...part,
  };
  return createClusterAccess(endpoint, { now: () => 0, timeouts: { connectMs } });
}

describe('trust', () => {
  it('checks the certificate against the authority of the kubeconfig', async () => {
    const server = await serve();
    expect(await ask(server.access())).toBe('v1');
    const error = await failing(server.access({ authority: undefined }));
    expect(error.failure.kind).toBe('tls');
    expect(error.message).toContain('certificate-authority-data');
  });

  it.each([
    ['expired', EXPIRED, 'expired'],
    ['for another name', ELSEWHERE, 'another host name'],
  ])('says in words that a certificate is %s', async (_, tls, words) => {
    const error = await failing((await serve(tls)).access());
    expect(error.failure.kind).toBe('tls');
    expect(error.message).toContain(words);
    expect(error.message).toMatch(/127\.0\.0\.1:\d+/);
  });

  it('honours tls-server-name and insecure-skip-tls-verify', async () => {
    const server = await serve(ELSEWHERE);
    expect(await ask(server.access({ serverName: 'elsewhere.test' }))).toBe('v1');
    expect(await ask(server.access({ isTlsVerified: false, authority: undefined }))).toBe('v1');
  });

  it('shows a client certificate', async () => {
    const server = await startFakeApiServer({
      protocol: 'http/1.1',
      tls: { ...SERVER, ca: AUTHORITY, requestCert: true },
      handle: (request, reply) => reply.status(200, { gitVersion: request.client ?? 'nobody' }),
    });
    closers.push(() => server.close());
    expect(await ask(server.access({ certificate: CLIENT }))).toBe('client');
    expect(await ask(server.access())).toBe('nobody');
  });

  it('says that a server does not speak TLS', async () => {
    const port = await listen(net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect((await failing(to(`https://127.0.0.1:${port}`))).failure.kind).toBe('tls');
  });
});

describe('reaching', () => {
  it('tells a refused connection', async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const error = await failing(to(`https://127.0.0.1:${port}`));
    expect(error.failure.kind).toBe('refused');
    expect(error.message).toContain(`127.0.0.1:${port}`);
  });

  it('gives up on a server that accepts and says nothing', async () => {
    const port = await listen(net.createServer());
    const error = await failing(to(`https://127.0.0.1:${port}`, {}, 2_000));
    expect(error.failure.kind).toBe('timeout');
    expect(error.message).toContain('TLS');
  });

  it('keeps a dozen who wait for a dead server no longer than one', async () => {
    let dials = 0;
    const port = await listen(net.createServer(() => (dials += 1)));
    const api = to(`https://127.0.0.1:${port}`, {}, 2_000).open();
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => api.version()));
    await api.close();
    expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 'rejected'));
    expect(dials).toBe(1);
  });

  it('goes through an HTTP proxy, with its password, and tells what the proxy says', async () => {
    const server = await serve();
    const asked: (string | undefined)[] = [];
    const proxy = http.createServer();
    proxy.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
      asked.push(request.url, request.headers['proxy-authorization']);
      if (request.headers['proxy-authorization'] === undefined) {
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
        return;
      }
      const onward = net.connect(server.port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => socket.destroy());
    });
    const port = await listen(proxy);
    expect(await ask(server.access({ proxyUrl: `http://user:pa%20ss@127.0.0.1:${port}` }))).toBe('v1');
    expect(asked).toEqual([
      `127.0.0.1:${server.port}`,
      `Basic ${Buffer.from('user:pa ss').toString('base64')}`,
    ]);
    const error = await failing(server.access({ proxyUrl: `http://127.0.0.1:${port}` }));
    expect(error.failure.kind).toBe('proxy-auth');
    expect(error.message).toContain('user name and password');
  });

  it('tells a proxy that cannot be reached, without its password', async () => {
    const gone = net.createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as net.AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const error = await failing(
      to('https://127.0.0.1:1', { proxyUrl: `http://user:secret@127.0.0.1:${port}` }),
    );
    expect(error.failure.kind).toBe('proxy');
    expect(error.message).not.toContain('secret');
  });
});

describe('an uploaded kubeconfig', () => {
  const pin = (addresses: string[], isLoopbackAllowed = true) => ({
    now: () => 0,
    resolve: () => Promise.resolve(addresses),
    isLoopbackAllowed,
  });

  it('is dialled at the address that was judged, under its own name', async () => {
    const server = await serve(ELSEWHERE);
    const endpoint = server.endpoint({ server: `https://elsewhere.test:${server.port}` });
    expect(await ask(await createPinnedAccess(endpoint, pin(['127.0.0.1'])))).toBe('v1');
    expect(server.seen[0]?.headers[':authority']).toBe(`elsewhere.test:${server.port}`);
  });

  it.each([
    [['169.254.169.254'], true, 'credentials'],
    [['10.0.0.1', '::ffff:169.254.169.254'], true, 'credentials'],
    [['127.0.0.1'], false, 'this server itself'],
    [[], true, 'no address'],
  ])('is refused for %j', async (addresses, isLoopbackAllowed, words) => {
    const endpoint: Endpoint = { ...(await serve()).endpoint(), server: 'https://rebind.test:6443' };
    await expect(createPinnedAccess(endpoint, pin(addresses, isLoopbackAllowed))).rejects.toThrow(words);
  });

  it('never runs a program, reads a file or uses a proxy', async () => {
    const endpoint = (await serve()).endpoint();
    for (const part of [
      { identity: { kind: 'exec', exec: { command: 'x' }, folder: '/' } },
      { identity: { kind: 'token-file', path: '/x' } },
      { proxyUrl: 'http://127.0.0.1:1' },
    ] satisfies Partial<Endpoint>[]) {
      await expect(createPinnedAccess({ ...endpoint, ...part }, pin(['127.0.0.1']))).rejects.toThrow(
        'may not use',
      );
    }
  });
});
