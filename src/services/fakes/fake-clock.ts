import type { Clock } from '../ports.ts';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** A clock that moves only when told to, so that an hour of watching takes a test milliseconds. */
export class FakeClock implements Clock {
  #nowMs = Date.parse('2026-03-01T10:00:00Z');
  #sleepers = new Set<Sleeper>();
  #made = 0;

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const abort = () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        dueMs: this.#nowMs + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener('abort', abort);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  random(): number {
    return 0.5;
  }

  uuid(): string {
    this.#made += 1;
    return `00000000-0000-4000-8000-${String(this.#made).padStart(12, '0')}`;
  }

  /** Lets time pass, waking each sleeper when it is due and letting it act before the next one wakes. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      await settle();
      const next = Math.min(...[...this.#sleepers].map((sleeper) => sleeper.dueMs));
      if (next > untilMs) break;
      this.#nowMs = Math.max(this.#nowMs, next);
      for (const sleeper of this.#sleepers) if (sleeper.dueMs <= this.#nowMs) sleeper.wake();
    }
    this.#nowMs = untilMs;
    await settle();
  }

  /** How many sleeps are open: what a test asks when it wants to know that everything was closed. */
  sleepers(): number {
    return this.#sleepers.size;
  }
}

/** Lets everything that is ready run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

export const silentLog = { info: () => {}, warn: () => {}, error: () => {} };
