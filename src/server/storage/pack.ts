import type { RawMessage } from '../../services/data/store.ts';

/** Many messages as one block of memory, which changes threads without being copied. */
export interface PackedBatch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lengths: Uint32Array<ArrayBuffer>;
  readonly receivedAtMs: Float64Array<ArrayBuffer>;
  /** Index into `senders`, one a message. */
  readonly senderOf: Uint32Array<ArrayBuffer>;
  readonly senders: readonly { readonly connectionId: string; readonly clusterUid: string | undefined }[];
}

/**
 * Packs a batch. The bodies are copied once: those of the NATS client are views on its receive buffer, which must not
 * be given away.
 */
export function packBatch(messages: readonly RawMessage[]): PackedBatch {
  const bytes = new Uint8Array(messages.reduce((sum, message) => sum + message.body.length, 0));
  const lengths = new Uint32Array(messages.length);
  const receivedAtMs = new Float64Array(messages.length);
  const senderOf = new Uint32Array(messages.length);
  const senders: { connectionId: string; clusterUid: string | undefined }[] = [];
  const indexes = new Map<string, number>();
  let offset = 0;
  for (const [index, message] of messages.entries()) {
    bytes.set(message.body, offset);
    offset += message.body.length;
    lengths[index] = message.body.length;
    receivedAtMs[index] = message.receivedAtMs;
    const key = `${message.connectionId}\0${message.clusterUid ?? ''}`;
    let sender = indexes.get(key);
    if (sender === undefined) {
      sender = senders.push({ connectionId: message.connectionId, clusterUid: message.clusterUid }) - 1;
      indexes.set(key, sender);
    }
    senderOf[index] = sender;
  }
  return { bytes, lengths, receivedAtMs, senderOf, senders };
}

/** The messages again, as views on the block. */
export function unpackBatch(batch: PackedBatch): RawMessage[] {
  const messages: RawMessage[] = [];
  let offset = 0;
  for (const [index, length] of batch.lengths.entries()) {
    const sender = batch.senders[batch.senderOf[index] ?? 0];
    messages.push({
      connectionId: sender?.connectionId ?? '',
      clusterUid: sender?.clusterUid,
      body: batch.bytes.subarray(offset, offset + length),
      receivedAtMs: batch.receivedAtMs[index] ?? 0,
    });
    offset += length;
  }
  return messages;
}
