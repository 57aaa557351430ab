import { describe, expect, it } from 'vitest';
import { memoryOf, MessageBatch, unpack } from './message-batch.ts';
import type { RawMessage } from './store.ts';

const KIB = 1024;
/** Each with its own bytes, so that one taken from a wrong place is seen. */
function messageOf(index: number, bytes: number, connectionId = 'c1', clusterUid?: string): RawMessage {
  const body = Uint8Array.from({ length: bytes }, (_, at) => (index * 31 + at) % 256);
  return { connectionId, clusterUid, body, receivedAtMs: 1000 + index };
}

function expectSame(found: readonly RawMessage[], sent: readonly RawMessage[]): void {
  expect(found.map(({ body, ...rest }) => ({ ...rest, bytes: body.length }))).toEqual(
    sent.map(({ body, ...rest }) => ({ ...rest, bytes: body.length })),
  );
  const isSame = (message: RawMessage, index: number) =>
    message.body.every((byte, at) => byte === sent[index]?.body[at]);
  expect(found.every(isSame)).toBe(true);
}

describe('a batch', () => {
  it.each([
    ['nothing', []],
    ['one', [700]],
    ['empty ones, first and last', [0, 5, 0, 0]],
    ['what fills a block to its last byte', [16 * KIB, 0, 1, 32 * KIB - 1, 1]],
    ['one byte more than a block has left', [10 * KIB, 6 * KIB + 1, 10]],
    ['one larger than any block, and small ones behind it', [100, 900 * KIB, 100, 0, 200]],
    ['many of all sizes', Array.from({ length: 900 }, (_, index) => (index * 7919) % 5000)],
  ])('gives back, in order and byte by byte: %s', (_what, sizes) => {
    const sent = sizes.map((bytes, index) => messageOf(index, bytes));
    const batch = MessageBatch.of(sent);
    expect([batch.length, batch.bytes]).toEqual([sizes.length, sizes.reduce((sum, size) => sum + size, 0)]);
    expectSame([...batch], sent);
  });

  it('crosses to another thread without a copy, and still knows here whom it was from', () => {
    const sent = [
      messageOf(0, 20, 'c1', 'k1'),
      messageOf(1, 30 * KIB, 'c2', 'k2'),
      messageOf(2, 40, 'c1', 'k1'),
      messageOf(3, 50, 'c1'),
      messageOf(4, 60, 'c2', 'k2'),
    ];
    const batch = MessageBatch.of(sent);
    const packed = batch.pack();
    const arrived = structuredClone(packed, { transfer: memoryOf(packed) });
    expectSame([...unpack(arrived)], sent);
    expect(packed.blocks.every((block) => block.buffer.detached)).toBe(true);
    expect([batch.length, batch.firstAtMs]).toEqual([5, 1000]);
    expect(batch.senders).toEqual([
      { connectionId: 'c1', clusterUid: 'k1', messages: 2 },
      { connectionId: 'c2', clusterUid: 'k2', messages: 2 },
      { connectionId: 'c1', clusterUid: undefined, messages: 1 },
    ]);
  });

  it('keeps nothing of the buffer a message came in', () => {
    const buffer = new Uint8Array(64 * KIB).fill(1);
    const batch = new MessageBatch();
    batch.add({ ...messageOf(0, 0), body: buffer.subarray(10, 20) });
    buffer.fill(9);
    expect([...batch].map(({ body }) => [...body])).toEqual([Array.from({ length: 10 }, () => 1)]);
  });

  it('takes little memory for one message', () => {
    const held = memoryOf(MessageBatch.of([messageOf(0, 700)]).pack());
    expect(held.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(20 * KIB);
  });
});
