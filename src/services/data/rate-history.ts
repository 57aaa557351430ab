export const STEP_SECONDS = 10;
const STEPS = 360;

const SERIES = ['messages', 'bytes', 'errors', 'storeMs', 'batches'] as const;
type Series = (typeof SERIES)[number];

/** What happened in each ten seconds of the last hour: 14 kB a connection, whatever the traffic. */
export class RateHistory {
  readonly #rings: Record<Series, Float64Array> = {
    messages: new Float64Array(STEPS),
    bytes: new Float64Array(STEPS),
    errors: new Float64Array(STEPS),
    storeMs: new Float64Array(STEPS),
    batches: new Float64Array(STEPS),
  };
  /** Steps since the epoch; the one that is being filled. */
  #step: number;
  readonly #firstStep: number;
  /** Goes up with everything that was added. */
  additions = 0;

  constructor(nowMs: number) {
    this.#step = stepOf(nowMs);
    this.#firstStep = this.#step;
  }

  add(nowMs: number, what: Partial<Record<Series, number>>): void {
    this.#advance(nowMs);
    this.additions += 1;
    const at = this.#step % STEPS;
    for (const series of SERIES) {
      const ring = this.#rings[series];
      ring[at] = (ring[at] ?? 0) + (what[series] ?? 0);
    }
  }

  /** As `add`, for what happens tens of thousands of times a second. */
  addMessage(nowMs: number, bytes: number): void {
    this.#advance(nowMs);
    this.additions += 1;
    const at = this.#step % STEPS;
    const { messages, bytes: sizes } = this.#rings;
    messages[at] = (messages[at] ?? 0) + 1;
    sizes[at] = (sizes[at] ?? 0) + bytes;
  }

  /** Oldest first, the step that is being filled last; nothing from before the counting began. */
  view(nowMs: number): {
    stepSeconds: number;
    endAt: string;
    messages: number[];
    bytes: number[];
    errors: number[];
    storeMs: number[];
  } {
    this.#advance(nowMs);
    const observed = this.observedSeconds(nowMs) / STEP_SECONDS;
    const seen = (series: Series) => this.#unrolled(series).slice(-observed);
    const batches = seen('batches');
    return {
      stepSeconds: STEP_SECONDS,
      endAt: new Date((this.#step + 1) * STEP_SECONDS * 1000).toISOString(),
      messages: seen('messages'),
      bytes: seen('bytes'),
      errors: seen('errors'),
      storeMs: seen('storeMs').map((sum, index) =>
        batches[index] ? Math.round((sum / batches[index]) * 10) / 10 : 0,
      ),
    };
  }

  /** Messages of the last `seconds`, counted in whole steps. */
  messagesWithin(nowMs: number, seconds: number): number {
    this.#advance(nowMs);
    return this.#unrolled('messages')
      .slice(-Math.ceil(seconds / STEP_SECONDS))
      .reduce((sum, count) => sum + count, 0);
  }

  /** How long this history has been kept, at most an hour. */
  observedSeconds(nowMs: number): number {
    return Math.min(STEPS, stepOf(nowMs) - this.#firstStep + 1) * STEP_SECONDS;
  }

  #advance(nowMs: number): void {
    const now = stepOf(nowMs);
    const from = Math.max(this.#step + 1, now - STEPS + 1);
    for (let step = from; step <= now; step += 1) {
      for (const series of SERIES) this.#rings[series][step % STEPS] = 0;
    }
    // A clock that was set back fills the step it had reached.
    this.#step = Math.max(this.#step, now);
  }

  #unrolled(series: Series): number[] {
    const at = (this.#step + 1) % STEPS;
    const ring = this.#rings[series];
    return [...ring.subarray(at), ...ring.subarray(0, at)];
  }
}

function stepOf(nowMs: number): number {
  return Math.floor(nowMs / (STEP_SECONDS * 1000));
}
