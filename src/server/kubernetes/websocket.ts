/**
 * A WebSocket client (RFC 6455) as small as a forwarded port needs. The events of a ready-made one cannot be paused,
 * so a slow reader would fill the memory; here reading stops when nobody takes the messages.
 */
import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const MESSAGE_MAX_BYTES = 16_777_216;
const OP = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface WebSocketConnection {
  readonly protocol: string;
  /** Each message whole. Ends when the peer closes in good order; throws when the connection breaks. */
  readonly messages: AsyncGenerator<Buffer, void>;
  /** Resolves when more may be sent. */
  send(message: Uint8Array): Promise<void>;
  close(): void;
}

export type WebSocketOpening =
  | { readonly status: 'open'; readonly connection: WebSocketConnection }
  | { readonly status: 'refused'; readonly httpStatus: number; readonly body: string };

/** Asks for the upgrade on a connected socket, which it then owns. Rejects with what the socket says. */
export function openWebSocket(
  socket: Socket,
  options: {
    host: string;
    path: string;
    headers: Readonly<Record<string, string | string[]>>;
    protocols: readonly string[];
  },
): Promise<WebSocketOpening> {
  const key = randomBytes(16).toString('base64');
  return new Promise((resolve, reject) => {
    const asked = httpRequest({
      method: 'GET',
      path: options.path,
      createConnection: () => socket,
      headers: {
        ...options.headers,
        host: options.host,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': key,
        'sec-websocket-protocol': options.protocols.join(', '),
      },
    });
    asked.once('error', reject);
    asked.once('upgrade', (reply, upgraded, head: Buffer) => {
      const accepted = createHash('sha1')
        .update(key + ACCEPT_GUID)
        .digest('base64');
      if (reply.headers['sec-websocket-accept'] !== accepted) {
        upgraded.destroy();
        reject(Object.assign(new Error('wrong Sec-WebSocket-Accept'), { code: 'HPE_WEBSOCKET' }));
        return;
      }
      if (head.length > 0) upgraded.unshift(head);
      resolve({
        status: 'open',
        connection: connectionOn(upgraded, reply.headers['sec-websocket-protocol'] ?? ''),
      });
    });
    asked.once('response', (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => {
        if (chunks.length < 16) chunks.push(chunk);
      });
      reply.once('error', reject);
      reply.once('end', () => {
        socket.destroy();
        resolve({
          status: 'refused',
          httpStatus: reply.statusCode ?? 0,
          body: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    asked.end();
  });
}

function connectionOn(socket: Duplex, protocol: string): WebSocketConnection {
  let isClosed = false;

  function write(opcode: number, payload: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (socket.destroyed || socket.writableEnded) {
        reject(Object.assign(new Error('the connection is closed'), { code: 'EPIPE' }));
        return;
      }
      // The callback comes when the bytes are handed to the system: that is the back-pressure.
      socket.write(frameOf(opcode, payload), (error) => {
        if (error === null || error === undefined) resolve();
        else reject(error);
      });
    });
  }

  return {
    protocol,
    messages: messagesOf(socket, (opcode, payload) => {
      // An answer to a ping or a close; when it cannot be sent, reading fails in a moment and tells.
      void write(opcode, payload).catch(() => undefined);
    }),
    send: (message) => write(OP.binary, message),
    close() {
      if (isClosed) return;
      isClosed = true;
      // 1000, “normal closure”; whether it arrives does not matter, since the socket ends next.
      void write(OP.close, Buffer.from([3, 232]))
        .catch(() => undefined)
        .finally(() => socket.destroy());
    },
  };
}

/** One whole frame, masked, as a client must (RFC 6455, 5.3). */
function frameOf(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const start = 2 + extra + 4;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (extra === 0 ? length : extra === 2 ? 126 : 127);
  if (extra === 2) frame.writeUInt16BE(length, 2);
  if (extra === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  const mask = randomBytes(4);
  mask.copy(frame, 2 + extra);
  for (let index = 0; index < length; index += 1) {
    frame[start + index] = (payload[index] ?? 0) ^ (mask[index & 3] ?? 0);
  }
  return frame;
}

async function* messagesOf(
  socket: Duplex,
  reply: (opcode: number, payload: Buffer) => void,
): AsyncGenerator<Buffer, void> {
  const source: AsyncIterator<Buffer> = socket[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  async function take(count: number): Promise<Buffer> {
    const parts = [held];
    let bytes = held.length;
    while (bytes < count) {
      const next = await source.next();
      if (next.done === true)
        throw Object.assign(new Error('ended without a closing handshake'), { code: 'ECONNRESET' });
      parts.push(next.value);
      bytes += next.value.length;
    }
    const all = parts.length === 1 ? held : Buffer.concat(parts);
    held = all.subarray(count);
    return all.subarray(0, count);
  }

  let fragments: Buffer[] = [];
  let fragmentBytes = 0;
  try {
    for (;;) {
      const head = await take(2);
      const first = head[0] ?? 0;
      const opcode = first & 15;
      const short = (head[1] ?? 0) & 127;
      const length =
        short === 126
          ? (await take(2)).readUInt16BE()
          : short === 127
            ? Number((await take(8)).readBigUInt64BE())
            : short;
      if (((head[1] ?? 0) & 0x80) !== 0 || fragmentBytes + length > MESSAGE_MAX_BYTES) {
        throw Object.assign(new Error('a frame no server may send'), { code: 'HPE_WEBSOCKET' });
      }
      const payload = await take(length);
      if (opcode === OP.close) {
        reply(OP.close, payload.subarray(0, 2));
        return;
      }
      if (opcode === OP.ping) reply(OP.pong, Buffer.from(payload));
      else if (opcode === OP.continuation || opcode === OP.text || opcode === OP.binary) {
        fragments.push(payload);
        fragmentBytes += length;
        if ((first & 0x80) !== 0) {
          yield fragments.length === 1 ? payload : Buffer.concat(fragments);
          fragments = [];
          fragmentBytes = 0;
        }
      }
    }
  } finally {
    socket.destroy();
  }
}
