/**
 * Room for the bytes of one long reply at a time, used again for the next. Two megabytes thrown away with every answer
 * count as pressure from outside the heap, and V8 then marks the whole heap every few seconds: with a thousand
 * connections that holds up every other answer for half a second.
 */
export class Scratch {
  #kept: Buffer | undefined;

  /** Puts the pieces together for as long as `use` takes; the bytes must not be kept. */
  async join<T>(pieces: readonly Uint8Array[], use: (bytes: Uint8Array) => Promise<T>): Promise<T> {
    let length = 0;
    for (const piece of pieces) length += piece.length;
    const kept = this.#kept;
    // Whoever comes meanwhile finds none and makes one.
    this.#kept = undefined;
    const room =
      kept !== undefined && kept.length >= length ? kept : Buffer.allocUnsafeSlow(length + length / 4);
    let at = 0;
    for (const piece of pieces) {
      room.set(piece, at);
      at += piece.length;
    }
    try {
      return await use(room.subarray(0, length));
    } finally {
      this.#kept = room;
    }
  }
}
