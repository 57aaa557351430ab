import { createHash } from 'node:crypto';
import type http from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ClusterError } from '../../services/ports.ts';
import type { ByteStream, ClusterApi } from '../../services/ports.ts';
import { startFakeApiServer } from './fake-api-server.ts';
import type { Timeouts } from './endpoint.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const POD = { namespace: 'meshplay', name: 'broker-0' };

/** A frame as a server sends it: not masked. */
function frame(payload: Uint8Array, first = 0x82): Buffer {
  const head =
    payload.length < 126
      ? Buffer.from([first, payload.length])
      : Buffer.from([first, 126, payload.length >> 8, payload.length & 255]);
  return Buffer.concat([head, payload]);
}

function message(channel: number, text: string | Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([channel]), Buffer.from(text)]);
}

const PORT = Buffer.from([4222 & 255, 4222 >> 8]);
const OPENED = Buffer.concat([frame(message(0, PORT)), frame(message(1, PORT))]);

async function serve(
  play: ((socket: Socket, request: http.IncomingMessage) => void) | undefined,
  timeouts?: Partial<Timeouts>,
): Promise<ClusterApi> {
  const server = await startFakeApiServer({
    protocol: 'h2',
    handle: (_, reply) => reply.status(200, {}),
    onUpgrade(request, socket) {
      if (play === undefined) {
        const body = JSON.stringify({ kind: 'Status', reason: 'Forbidden' });
        socket.end(`HTTP/1.1 403 Forbidden\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
        return;
      }
      const key = String(request.headers['sec-websocket-key']);
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
      lines.push(`Sec-WebSocket-Accept: ${accept}`, 'Sec-WebSocket-Protocol: v4.channel.k8s.io', '', '');
      socket.write(lines.join('\r\n'));
      play(socket, request);
    },
  });
  closers.push(() => server.close());
  const api = server.access({ identity: { kind: 'token', token: 'abc' } }, timeouts).open();
  closers.push(() => api.close());
  return api;
}

async function failureOf(promise: Promise<unknown>): Promise<ClusterError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof ClusterError))
    throw new Error('it was expected to fail with a ClusterError', { cause: outcome });
  return outcome;
}

/** Payload of the first frame of a client, unmasked; short frames only. */
function unmasked(bytes: Buffer): Buffer {
  const length = (bytes[1] ?? 0) & 127;
  const mask = bytes.subarray(2, 6);
  return Buffer.from(bytes.subarray(6, 6 + length).map((byte, index) => byte ^ (mask[index & 3] ?? 0)));
}

async function readText(stream: ByteStream): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream.readable) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

describe('a forwarded port', () => {
  it('carries bytes both ways, through pings, fragments and long frames', async () => {
    let asked: http.IncomingMessage | undefined;
    const received: Buffer[] = [];
    const api = await serve((socket, request) => {
      asked = request;
      socket.write(OPENED);
      socket.on('data', (chunk: Buffer) => {
        received.push(chunk);
        if (received.length > 1) return;
        socket.write(frame(Buffer.from('are you there'), 0x89));
        socket.write(frame(message(0, 'hel'), 0x02));
        socket.write(frame(Buffer.from('lo '), 0x80));
        socket.write(frame(message(0, 'x'.repeat(1_000))));
        socket.write(frame(Buffer.from([3, 232]), 0x88));
      });
    });
    const stream = await api.forward(POD, 4222);
    expect(asked?.url).toBe('/api/v1/namespaces/meshplay/pods/broker-0/portforward?ports=4222');
    expect(asked?.headers['authorization']).toBe('Bearer abc');
    expect(asked?.headers['sec-websocket-protocol']).toBe('v5.channel.k8s.io, v4.channel.k8s.io');
    const writer = stream.writable.getWriter();
    await writer.write(Buffer.from('PING\r\n'));
    expect(await readText(stream)).toBe(`hello ${'x'.repeat(1_000)}`);
    expect(unmasked(received[0] ?? Buffer.alloc(0)).toString('latin1')).toBe('\0PING\r\n');
  });

  it('fails to be read when the pod does not listen on the port', async () => {
    const api = await serve((socket) => {
      socket.write(OPENED);
      socket.write(frame(message(1, 'dial tcp 127.0.0.1:4222: connect: connection refused')));
    });
    const error = await failureOf(readText(await api.forward(POD, 4222)));
    expect(error.failure.kind).toBe('refused');
    expect(error.message).toContain('connection refused');
  });

  it('fails to be read when the connection breaks', async () => {
    const api = await serve((socket) => socket.end(OPENED));
    expect((await failureOf(readText(await api.forward(POD, 4222)))).failure.kind).toBe('unreachable');
  });

  it('names the missing permission when it is refused', async () => {
    const error = await failureOf((await serve(undefined)).forward(POD, 4222));
    expect(error.failure).toMatchObject({
      kind: 'forbidden',
      permission: {
        verb: 'create',
        group: '',
        resource: 'pods/portforward',
        namespace: 'meshplay',
        name: 'broker-0',
      },
    });
  });

  it('gives up when the kubelet does not answer', async () => {
    const api = await serve(() => undefined, { connectMs: 300 });
    expect((await failureOf(api.forward(POD, 4222))).failure.kind).toBe('timeout');
  });

  it('stops reading from the network while nobody takes the bytes', async () => {
    const total = 64 * 1024 * 1024;
    let taken = 0;
    const chunk = frame(message(0, Buffer.alloc(60_000)));
    const api = await serve((socket) => {
      socket.write(OPENED);
      const pump = () => {
        while (taken < total && !socket.destroyed) {
          taken += chunk.length;
          if (!socket.write(chunk)) {
            socket.once('drain', pump);
            return;
          }
        }
      };
      pump();
    });
    const stream = await api.forward(POD, 4222);
    let before = -1;
    await expect.poll(() => before === (before = taken), { timeout: 15_000, interval: 300 }).toBe(true);
    expect(taken).toBeLessThan(total);
    stream.close();
  });

  it('ends when it is closed, and with its cluster', async () => {
    let sockets = 0;
    const api = await serve((socket) => {
      sockets += 1;
      socket.write(OPENED);
      socket.on('close', () => (sockets -= 1));
      socket.resume();
    });
    const first = await api.forward(POD, 4222);
    await api.forward(POD, 4222);
    const reading = readText(first);
    first.close();
    expect(await reading).toBe('');
    await expect.poll(() => sockets, { timeout: 10_000 }).toBe(1);
    await api.close();
    await expect.poll(() => sockets, { timeout: 10_000 }).toBe(0);
  });
});
