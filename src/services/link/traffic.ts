import { z } from 'zod';
import type { Link } from '../../api/evidence.ts';
import { isChangeSubject } from '../../core/meshsync/subjects.ts';
import { isoTime } from '../timing.ts';

const WINDOW_SECONDS = 10;
const HALF_HOUR_MS = 1_800_000;
/** A pause longer than this is an outage, which must not make the next one look usual. */
const LONGEST_USUAL_GAP_MS = 1_200_000;

/** What is known of a cluster’s traffic from before: kept over restarts, so that a silence is noticed early. */
export const TrafficMemory = z.object({
  heardForSeconds: z.number().nonnegative(),
  longestGapSeconds: z.number().nonnegative(),
  quietForSeconds: z.number().nonnegative(),
});
export type TrafficMemory = z.infer<typeof TrafficMemory>;

/** Counts what arrives: in all, by subject, and per second over the last ten; and how long it is quiet meanwhile. */
export class Traffic {
  #messages = 0;
  #bytes = 0;
  #lastMs: number | undefined;
  /** Listened to between changes: what the pauses are known from. Undefined before the first change. */
  #heardMs: number | undefined;
  /** Listened to since the last change, up to `listeningSinceMs`, and since then as well where that is set. */
  #quietMs = 0;
  #listeningSinceMs: number | undefined;
  /** The longest pauses of this half hour and of the one before. */
  #gaps = { sinceMs: 0, nowMs: 0, beforeMs: 0 };
  readonly #bySubject = new Map<string, { count: number; lastMs: number }>();
  /** One slot a second, used in turn; `second` says which one it counts now. */
  readonly #slots = Array.from({ length: WINDOW_SECONDS }, () => ({ second: -1, count: 0 }));

  count(subject: string, bytes: number, nowMs: number): void {
    this.#messages += 1;
    this.#bytes += bytes;
    // An answer to a question of ours comes from memory, and says nothing of what MeshSync notices.
    if (isChangeSubject(subject)) this.#noteChange(nowMs);
    this.#lastMs = nowMs;
    const known = this.#bySubject.get(subject);
    this.#bySubject.set(subject, { count: (known?.count ?? 0) + 1, lastMs: nowMs });
    const second = Math.floor(nowMs / 1000);
    const slot = this.#slots[second % WINDOW_SECONDS];
    if (slot === undefined) return;
    if (slot.second !== second) slot.count = 0;
    slot.second = second;
    slot.count += 1;
  }

  /** From now on silence is silence: before, there was nobody to hear. */
  listen(nowMs: number): void {
    this.#listeningSinceMs ??= nowMs;
  }

  /** The link is gone; what is not heard now is no silence. */
  stopListening(nowMs: number): void {
    this.#quietMs = this.#quietSoFarMs(nowMs);
    this.#listeningSinceMs = undefined;
  }

  /** Takes over what an earlier process knew; a change that was heard meanwhile ended the silence it knew of. */
  recall(memory: TrafficMemory, nowMs: number): void {
    const hasHeard = this.#heardMs !== undefined;
    this.#heardMs = (this.#heardMs ?? 0) + memory.heardForSeconds * 1000;
    if (!hasHeard) this.#quietMs += memory.quietForSeconds * 1000;
    this.#turnGaps(nowMs);
    this.#gaps.beforeMs = Math.max(this.#gaps.beforeMs, memory.longestGapSeconds * 1000);
  }

  /** What is worth keeping over a restart; undefined before anything was heard. */
  memory(nowMs: number): TrafficMemory | undefined {
    if (this.#heardMs === undefined) return undefined;
    return {
      heardForSeconds: Math.round(this.#heardMs / 1000),
      longestGapSeconds: this.#longestGapSeconds(),
      quietForSeconds: Math.round(this.#quietSoFarMs(nowMs) / 1000),
    };
  }

  #noteChange(nowMs: number): void {
    this.#turnGaps(nowMs);
    const isFirst = this.#heardMs === undefined;
    const gapMs = isFirst ? 0 : this.#quietSoFarMs(nowMs);
    if (gapMs <= LONGEST_USUAL_GAP_MS) this.#gaps.nowMs = Math.max(this.#gaps.nowMs, gapMs);
    this.#heardMs = (this.#heardMs ?? 0) + gapMs;
    this.#quietMs = 0;
    this.#listeningSinceMs = nowMs;
  }

  #turnGaps(nowMs: number): void {
    const ageMs = nowMs - this.#gaps.sinceMs;
    if (ageMs < HALF_HOUR_MS) return;
    this.#gaps = { sinceMs: nowMs, nowMs: 0, beforeMs: ageMs >= 2 * HALF_HOUR_MS ? 0 : this.#gaps.nowMs };
  }

  #quietSoFarMs(nowMs: number): number {
    const sinceMs = this.#listeningSinceMs;
    return this.#quietMs + (sinceMs === undefined ? 0 : Math.max(0, nowMs - sinceMs));
  }

  #longestGapSeconds(): number {
    return Math.round(Math.max(this.#gaps.nowMs, this.#gaps.beforeMs) / 1000);
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
    | 'lastBySubject'
    | 'lastMessageAt'
    | 'ratePerSecond'
    | 'heardForSeconds'
    | 'longestGapSeconds'
    | 'quietForSeconds'
  > {
    return {
      messages: this.#messages,
      bytes: this.#bytes,
      messagesBySubject: Object.fromEntries(
        [...this.#bySubject].map(([subject, { count }]) => [subject, count]),
      ),
      lastBySubject: Object.fromEntries(
        [...this.#bySubject].map(([subject, { lastMs }]) => [subject, isoTime(lastMs)]),
      ),
      ...(this.#lastMs === undefined ? {} : { lastMessageAt: isoTime(this.#lastMs) }),
      ratePerSecond: this.ratePerSecond(nowMs),
      ...(this.#heardMs === undefined
        ? {}
        : {
            heardForSeconds: Math.round(this.#heardMs / 1000),
            longestGapSeconds: this.#longestGapSeconds(),
          }),
      ...(this.#lastMs === undefined && this.#heardMs === undefined
        ? {}
        : { quietForSeconds: Math.round(this.#quietSoFarMs(nowMs) / 1000) }),
    };
  }
}
