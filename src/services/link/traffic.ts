import type { Link } from '../../api/evidence.ts';
import { isoTime } from '../timing.ts';

const WINDOW_SECONDS = 10;
const HALF_HOUR_MS = 1_800_000;
/** A pause longer than this is an outage, which must not make the next one look usual. */
const LONGEST_USUAL_GAP_MS = 1_200_000;

/** Counts what arrives: in all, by subject, and per second over the last ten. */
export class Traffic {
  #messages = 0;
  #bytes = 0;
  #firstMs: number | undefined;
  #lastMs: number | undefined;
  /** The longest pauses of this half hour and of the one before. */
  #gaps = { sinceMs: 0, nowMs: 0, beforeMs: 0 };
  readonly #bySubject = new Map<string, number>();
  /** One slot a second, used in turn; `second` says which one it counts now. */
  readonly #slots = Array.from({ length: WINDOW_SECONDS }, () => ({ second: -1, count: 0 }));

  count(subject: string, bytes: number, nowMs: number): void {
    this.#messages += 1;
    this.#bytes += bytes;
    this.#notePause(nowMs);
    this.#lastMs = nowMs;
    this.#bySubject.set(subject, (this.#bySubject.get(subject) ?? 0) + 1);
    const second = Math.floor(nowMs / 1000);
    const slot = this.#slots[second % WINDOW_SECONDS];
    if (slot === undefined) return;
    if (slot.second !== second) slot.count = 0;
    slot.second = second;
    slot.count += 1;
  }

  #notePause(nowMs: number): void {
    this.#firstMs ??= nowMs;
    const ageMs = nowMs - this.#gaps.sinceMs;
    if (ageMs >= HALF_HOUR_MS) {
      this.#gaps = { sinceMs: nowMs, nowMs: 0, beforeMs: ageMs >= 2 * HALF_HOUR_MS ? 0 : this.#gaps.nowMs };
    }
    const gapMs = nowMs - (this.#lastMs ?? nowMs);
    if (gapMs <= LONGEST_USUAL_GAP_MS) this.#gaps.nowMs = Math.max(this.#gaps.nowMs, gapMs);
  }

  messages(): number {
    return this.#messages;
  }

  lastMs(): number | undefined {
    return this.#lastMs;
  }

  /** Messages a second over the last ten seconds, one decimal. */
  ratePerSecond(nowMs: number): number {
    const second = Math.floor(nowMs / 1000);
    const recent = this.#slots.filter(
      (slot) => slot.second > second - WINDOW_SECONDS && slot.second <= second,
    );
    return recent.reduce((sum, slot) => sum + slot.count, 0) / WINDOW_SECONDS;
  }

  read(
    nowMs: number,
  ): Pick<
    Link,
    | 'messages'
    | 'bytes'
    | 'messagesBySubject'
    | 'lastMessageAt'
    | 'ratePerSecond'
    | 'heardForSeconds'
    | 'longestGapSeconds'
  > {
    return {
      messages: this.#messages,
      bytes: this.#bytes,
      messagesBySubject: Object.fromEntries(this.#bySubject),
      ...(this.#lastMs === undefined ? {} : { lastMessageAt: isoTime(this.#lastMs) }),
      ratePerSecond: this.ratePerSecond(nowMs),
      ...(this.#firstMs === undefined || this.#lastMs === undefined
        ? {}
        : {
            heardForSeconds: Math.round((this.#lastMs - this.#firstMs) / 1000),
            longestGapSeconds: Math.round(Math.max(this.#gaps.nowMs, this.#gaps.beforeMs) / 1000),
          }),
    };
  }
}
