import { describe, expect, it } from 'vitest';
import { acceptKey, createFrameReader, encodeFrame } from './websocket-server.ts';

/** A masked frame, as a client sends it. */
function masked(opcode: number, payload: Buffer, isFinal = true): Buffer {
  const mask = Buffer.from([1, 2, 3, 4]);
  const frame = encodeFrame(opcode, payload);
  const header = frame.subarray(0, frame.length - payload.length);
  header[0] = (isFinal ? 0x80 : 0) | opcode;
  header[1] = (header[1] ?? 0) | 0x80;
  const body = Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  return Buffer.concat([header, mask, body]);
}

function read(...chunks: Buffer[]): [number, Buffer][] {
  const frames: [number, Buffer][] = [];
  const take = createFrameReader((opcode, payload) => void frames.push([opcode, payload]));
  for (const chunk of chunks) take(chunk);
  return frames;
}

describe('the WebSocket server of the kubelet', () => {
  it('answers the key of RFC 6455 as the RFC does', () => {
    expect(acceptKey('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  });

  it.each([0, 1, 125, 126, 65_535, 65_536, 200_000])('carries %i bytes both ways', (length) => {
    const payload = Buffer.alloc(length, 7);
    expect(read(encodeFrame(2, payload))).toEqual([[2, payload]]);
    expect(read(masked(2, payload))).toEqual([[2, payload]]);
  });

  it('joins fragments, lets control frames come between, and minds no chunk border', () => {
    const bytes = Buffer.concat([
      masked(2, Buffer.from('one '), false),
      masked(9, Buffer.from('ping')),
      masked(0, Buffer.from('two')),
    ]);
    const single = [...bytes].map((byte) => Buffer.from([byte]));
    expect(read(...single)).toEqual([
      [9, Buffer.from('ping')],
      [2, Buffer.from('one two')],
    ]);
  });
});
