import { failureOf } from '../failure.ts';
import type { Clock, Log, StateStore } from '../ports.ts';
import { jittered } from '../timing.ts';
import { TrafficMemory } from './traffic.ts';
import type { Traffic } from './traffic.ts';

/** Documents by UID of the cluster. */
export const TRAFFIC_COLLECTION = 'traffic';
/** A thousand clusters make three small writes a second; what is lost at a kill is a silence told five minutes later. */
const KEEP_EVERY_MS = 300_000;

/** Keeps over restarts which pauses are usual for a cluster, so that a server that just started notices a silence. */
export class TrafficKeeper {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #state: StateStore;
  readonly #traffic: Traffic;
  #uid: string | undefined;
  #dueMs = Infinity;

  constructor(options: { clock: Clock; log: Log; state: StateStore; traffic: Traffic }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#state = options.state;
    this.#traffic = options.traffic;
  }

  /** Takes over what is known of a cluster; resolves when it is, whether there was anything or not. */
  async recall(uid: string): Promise<void> {
    if (this.#uid !== undefined) return;
    this.#uid = uid;
    try {
      const kept = TrafficMemory.safeParse(await this.#state.read(TRAFFIC_COLLECTION, uid));
      if (kept.success) this.#traffic.recall(kept.data, this.#clock.now());
    } catch (error) {
      this.#log.warn({ reason: failureOf(error).message }, 'what was heard before could not be read');
    }
    this.#dueMs = this.#clock.now() + jittered(this.#clock, KEEP_EVERY_MS);
  }

  /** Writes down what is known, when it is time. Called about once a second. */
  tick(nowMs: number): void {
    if (nowMs < this.#dueMs || this.#uid === undefined) return;
    this.#dueMs = nowMs + jittered(this.#clock, KEEP_EVERY_MS);
    const memory = this.#traffic.memory(nowMs);
    if (memory === undefined) return;
    void this.#state.write(TRAFFIC_COLLECTION, this.#uid, memory).catch((error: unknown) => {
      this.#log.warn({ reason: failureOf(error).message }, 'what was heard could not be kept');
    });
  }
}
