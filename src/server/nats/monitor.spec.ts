import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, createServer as createTcpServer } from 'node:net';
import { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import type { Route } from '../../services/ports.ts';
import { BrokerError } from '../../services/ports.ts';
import { createBrokerConnector } from './connector.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const connector = createBrokerConnector(log);
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  }
});

async function serve(answer: Parameters<typeof createServer>[1]): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen({ host: '127.0.0.1', port: 0 }, resolve);
  });
  return (server.address() as AddressInfo).port;
}

const at = (port: number): Route => ({ kind: 'address', host: '127.0.0.1', port });
const through = (port: number): Route => ({
  kind: 'stream',
  label: 'port-forward',
  async open() {
    const socket = connect({ host: '127.0.0.1', port });
    const { readable, writable } = Duplex.toWeb(socket);
    return { readable, writable, close: () => socket.destroy() };
  },
});

const ask = (route: Route, timeoutMs = 10_000) =>
  connector.monitor({ route, path: '/connz?subs=1', timeoutMs });

async function kindOf(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.catch((reason: unknown) => reason);
  if (!(error instanceof BrokerError)) throw new Error(`expected a BrokerError, got ${String(error)}`);
  return error.failure.kind;
}

describe('monitor', () => {
  it.each([
    ['an address', at],
    ['a stream', through],
  ])('reads JSON over %s', async (_, routeTo) => {
    const port = await serve((request, reply) =>
      reply.end(JSON.stringify({ path: request.url, connections: [] })),
    );
    expect(await ask(routeTo(port))).toEqual({ path: '/connz?subs=1', connections: [] });
  });

  it('refuses another status, text, and a reply without end', async () => {
    const missing = await serve((_, reply) => reply.writeHead(404).end('{}'));
    expect(await kindOf(ask(at(missing)))).toBe('protocol');
    const text = await serve((_, reply) => reply.end('<html>'));
    expect(await kindOf(ask(at(text)))).toBe('protocol');
    const endless = await serve((_, reply) => {
      const chunk = Buffer.alloc(1024 * 1024, 32);
      const more = () => void (!reply.destroyed && reply.write(chunk, more));
      more();
    });
    expect(await kindOf(ask(at(endless), 60_000))).toBe('protocol');
  });

  it('does not follow a redirect', async () => {
    const port = await serve((_, reply) => reply.writeHead(302, { location: 'http://127.0.0.1:1/' }).end());
    expect(await kindOf(ask(at(port)))).toBe('protocol');
  });

  it('gives up on a port that never answers, and on a stream that never opens', async () => {
    const port = await serve(() => undefined);
    expect(await kindOf(ask(at(port), 100))).toBe('timeout');
    const never: Route = { kind: 'stream', label: 'port-forward', open: () => new Promise(() => undefined) };
    expect(await kindOf(ask(never, 100))).toBe('timeout');
  });

  it('names a refused port, and one that speaks something else', async () => {
    const port = await serve(() => undefined);
    const server = servers.pop();
    await new Promise((resolve) => server?.close(resolve));
    expect(await kindOf(ask(at(port)))).toBe('refused');

    const other = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.resume().end('SSH-2.0-OpenSSH_9.2\r\n');
    });
    await new Promise<void>((resolve) => {
      other.listen({ host: '127.0.0.1', port: 0 }, resolve);
    });
    expect(await kindOf(ask(at((other.address() as AddressInfo).port)))).toBe('protocol');
    await new Promise((resolve) => {
      other.close(resolve);
    });
  });
});
