import type { Clock } from '../services/ports.ts';
import { createSeededRandom } from './random.ts';

/** A clock that moves only when told: for tests of everything that happens in time. */
export interface ManualClock extends Clock {
  /** Moves on, and lets everything that becomes due happen in its order. */
  advance(ms: number): Promise<void>;
}

export function createManualClock(startMs: number): ManualClock {
  const random = createSeededRandom(startMs);
  let nowMs = startMs;
  let sleepers: { dueMs: number; wake: () => void }[] = [];
  /** Lets what was woken run until it sleeps again. */
  const settle = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return {
    now: () => nowMs,
    random: random.next,
    uuid: random.uuid,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { dueMs: nowMs + ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener(
          'abort',
          () => {
            sleepers = sleepers.filter((other) => other !== sleeper);
            reject(new Error('The wait was given up.', { cause: signal.reason }));
          },
          { once: true },
        );
      }),
    advance: async (ms) => {
      const untilMs = nowMs + ms;
      await settle();
      for (;;) {
        const next = sleepers.toSorted((a, b) => a.dueMs - b.dueMs)[0];
        if (next === undefined || next.dueMs > untilMs) break;
        nowMs = Math.max(nowMs, next.dueMs);
        sleepers = sleepers.filter((other) => other !== next);
        next.wake();
        await settle();
      }
      nowMs = untilMs;
      await settle();
    },
  };
}
