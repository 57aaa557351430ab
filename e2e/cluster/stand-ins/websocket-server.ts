/** The server’s half of RFC 6455, as far as a kubelet needs it: binary messages, ping, close. No extensions. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface WebSocketConnection {
  readonly protocol: string | undefined;
  send(message: Uint8Array): void;
  close(): void;
}

/**
 * Answers an upgrade request, choosing the first of `protocols` that was offered. `onMessage` is given whole messages;
 * `onClose` is called once, however it ended. Gives undefined, with a 400 sent, when it is no WebSocket request.
 */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  options: {
    protocols: readonly string[];
    onMessage: (message: Buffer, connection: WebSocketConnection) => void;
    onClose: () => void;
  },
): WebSocketConnection | undefined {
  const key = request.headers['sec-websocket-key'];
  if (key === undefined || request.headers.upgrade?.toLowerCase() !== 'websocket') {
    socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    return undefined;
  }
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((word) => word.trim());
  const protocol = options.protocols.find((name) => offered.includes(name));
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'upgrade: websocket',
      'connection: Upgrade',
      `sec-websocket-accept: ${acceptKey(key)}`,
      ...(protocol === undefined ? [] : [`sec-websocket-protocol: ${protocol}`]),
      '\r\n',
    ].join('\r\n'),
  );
  let isClosed = false;
  const connection: WebSocketConnection = {
    protocol,
    send(message) {
      if (!isClosed && socket.writable) socket.write(encodeFrame(OPCODE.binary, message));
    },
    close() {
      if (!isClosed && socket.writable) socket.end(encodeFrame(OPCODE.close, Buffer.from([0x03, 0xe8])));
    },
  };
  const read = createFrameReader((opcode, payload) => {
    if (opcode === OPCODE.ping) socket.write(encodeFrame(OPCODE.pong, payload));
    else if (opcode === OPCODE.close) socket.end(encodeFrame(OPCODE.close, payload.subarray(0, 2)));
    else if (opcode !== OPCODE.pong) options.onMessage(payload, connection);
  });
  socket.on('data', read);
  // A reset by the other side is an end like any other.
  socket.on('error', () => socket.destroy());
  socket.once('close', () => {
    isClosed = true;
    options.onClose();
  });
  return connection;
}

/** `Sec-WebSocket-Accept` for a client’s key (RFC 6455, 4.2.2). */
export function acceptKey(key: string): string {
  return createHash('sha1').update(`${key}${ACCEPT_GUID}`).digest('base64');
}

/** One unmasked frame with FIN set (RFC 6455, 5.2). */
export function encodeFrame(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  let header: Buffer;
  if (length < 126) {
    header = Buffer.from([0x80 | opcode, length]);
  } else if (length < 65_536) {
    header = Buffer.from([0x80 | opcode, 126, length >> 8, length & 0xff]);
  } else {
    header = Buffer.alloc(10);
    header[0] = 0x80 | opcode;
    header[1] = 127;
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([header, payload]);
}

/** Takes bytes as they come; gives whole messages, fragments joined, masks removed. */
export function createFrameReader(
  onFrame: (opcode: number, payload: Buffer) => void,
): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  let fragments: { opcode: number; parts: Buffer[] } | undefined;
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const frame = decodeFrame(pending);
      if (frame === undefined) return;
      pending = pending.subarray(frame.size);
      if (frame.opcode >= OPCODE.close) {
        onFrame(frame.opcode, frame.payload);
        continue;
      }
      fragments ??= { opcode: frame.opcode, parts: [] };
      fragments.parts.push(frame.payload);
      if (!frame.isFinal) continue;
      const { opcode, parts } = fragments;
      fragments = undefined;
      onFrame(opcode, Buffer.concat(parts));
    }
  };
}

function decodeFrame(
  bytes: Buffer,
): { isFinal: boolean; opcode: number; payload: Buffer; size: number } | undefined {
  const first = bytes[0];
  const second = bytes[1];
  if (first === undefined || second === undefined) return undefined;
  let length = second & 0x7f;
  let offset = 2;
  if (length === 126) {
    if (bytes.length < 4) return undefined;
    length = bytes.readUInt16BE(2);
    offset = 4;
  } else if (length === 127) {
    if (bytes.length < 10) return undefined;
    length = Number(bytes.readBigUInt64BE(2));
    offset = 10;
  }
  const isMasked = (second & 0x80) !== 0;
  const start = offset + (isMasked ? 4 : 0);
  if (bytes.length < start + length) return undefined;
  const payload = Buffer.from(bytes.subarray(start, start + length));
  if (isMasked) {
    const mask = bytes.subarray(offset, offset + 4);
    for (let index = 0; index < length; index += 1)
      payload[index] = (payload[index] ?? 0) ^ (mask[index % 4] ?? 0);
  }
  return { isFinal: (first & 0x80) !== 0, opcode: first & 0x0f, payload, size: start + length };
}
