import type { RawMessage } from './store.ts';

/** Who sent, and how many of a batch. */
export interface Sender {
  readonly connectionId: string;
  readonly clusterUid: string | undefined;
  messages: number;
}

/** A batch as memory that changes threads without being copied. */
export interface PackedBatch {
  /** The bodies one behind the other; one that has no room any more begins the next block. */
  readonly blocks: readonly Uint8Array<ArrayBuffer>[];
  readonly lengths: Uint32Array<ArrayBuffer>;
  readonly receivedAtMs: Float64Array<ArrayBuffer>;
  /** Index into `senders`, one a message. */
  readonly senderOf: Uint32Array<ArrayBuffer>;
  readonly senders: readonly Sender[];
}

/** The first block of a batch: a single message is not to cost a large one. Each further one is twice as long. */
const SMALLEST_BLOCK_BYTES = 16 * 1024;
const LARGEST_BLOCK_BYTES = 256 * 1024;

/**
 * Messages that wait to be stored, packed as they arrive. Their bytes are copied at once, because those of the NATS
 * client are views on its receive buffer: kept as they are, thousands of small objects and buffers outlive every
 * collection of young memory, and the main thread stands still for tens of milliseconds while they are moved.
 */
export class MessageBatch implements Iterable<RawMessage> {
  readonly senders: Sender[] = [];
  bytes = 0;
  readonly #blocks: Uint8Array<ArrayBuffer>[] = [];
  readonly #lengths: number[] = [];
  readonly #receivedAtMs: number[] = [];
  readonly #senderOf: number[] = [];
  readonly #senderIndexes = new Map<string, number>();
  #senderBefore = 0;
  /** Where the next body begins in the last block. */
  #offset = 0;

  static of(messages: Iterable<RawMessage>): MessageBatch {
    const batch = new MessageBatch();
    for (const message of messages) batch.add(message);
    return batch;
  }

  get length(): number {
    return this.#lengths.length;
  }

  /** When the oldest arrived. */
  get firstAtMs(): number | undefined {
    return this.#receivedAtMs[0];
  }

  add({ connectionId, clusterUid, body, receivedAtMs }: RawMessage): void {
    const size = body.length;
    this.#blockFor(size).set(body, this.#offset);
    this.#offset += size;
    this.bytes += size;
    this.#lengths.push(size);
    this.#receivedAtMs.push(receivedAtMs);
    this.#senderOf.push(this.#indexOf(connectionId, clusterUid));
  }

  /** What this batch holds, to be given away: once its memory was transferred, only `length` and `senders` are left. */
  pack(): PackedBatch {
    return {
      blocks: this.#blocks,
      lengths: Uint32Array.from(this.#lengths),
      receivedAtMs: Float64Array.from(this.#receivedAtMs),
      senderOf: Uint32Array.from(this.#senderOf),
      senders: this.senders,
    };
  }

  [Symbol.iterator](): Iterator<RawMessage> {
    return unpack(this.pack());
  }

  #blockFor(size: number): Uint8Array {
    const last = this.#blocks.at(-1);
    if (last !== undefined && this.#offset + size <= last.length) return last;
    const usual = Math.min(SMALLEST_BLOCK_BYTES * 2 ** this.#blocks.length, LARGEST_BLOCK_BYTES);
    const block = new Uint8Array(Math.max(usual, size));
    this.#blocks.push(block);
    this.#offset = 0;
    return block;
  }

  #indexOf(connectionId: string, clusterUid: string | undefined): number {
    // What arrives together mostly comes from the same one.
    const before = this.senders[this.#senderBefore];
    if (before?.connectionId === connectionId && before.clusterUid === clusterUid) {
      before.messages += 1;
      return this.#senderBefore;
    }
    const key = `${connectionId}\0${clusterUid ?? ''}`;
    const known = this.#senderIndexes.get(key);
    const index = known ?? this.senders.push({ connectionId, clusterUid, messages: 0 }) - 1;
    if (known === undefined) this.#senderIndexes.set(key, index);
    const sender = this.senders[index];
    if (sender !== undefined) sender.messages += 1;
    this.#senderBefore = index;
    return index;
  }
}

/** What must be given away with a batch. */
export function memoryOf({ blocks, lengths, receivedAtMs, senderOf }: PackedBatch): ArrayBuffer[] {
  return [...blocks.map(({ buffer }) => buffer), lengths.buffer, receivedAtMs.buffer, senderOf.buffer];
}

/** The messages again, each a view on its block, made when it is its turn. */
export function* unpack(batch: PackedBatch): Generator<RawMessage, undefined> {
  let at = 0;
  let offset = 0;
  for (const [index, length] of batch.lengths.entries()) {
    if (offset + length > (batch.blocks[at]?.length ?? 0)) {
      at += 1;
      offset = 0;
    }
    const sender = batch.senders[batch.senderOf[index] ?? 0];
    yield {
      connectionId: sender?.connectionId ?? '',
      clusterUid: sender?.clusterUid,
      body: batch.blocks[at]?.subarray(offset, offset + length) ?? new Uint8Array(0),
      receivedAtMs: batch.receivedAtMs[index] ?? 0,
    };
    offset += length;
  }
  return undefined;
}
