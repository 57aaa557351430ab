import type { Clock } from './ports.ts';

/** Given to every abort that only ends a wait: a new DOMException with its stack each time costs more than the wait. */
export const ENDED = new Error('No longer waited for.');

/**
 * A controller that aborts with its parent. `release` must be called when done: listeners on a long-lived signal
 * would otherwise pile up (which is why `AbortSignal.any` is not used for the thousands of short waits here).
 */
export function linkedController(parent: AbortSignal): { controller: AbortController; release: () => void } {
  const controller = new AbortController();
  const pass = () => controller.abort(parent.reason);
  if (parent.aborted) pass();
  else parent.addEventListener('abort', pass, { once: true });
  return { controller, release: () => parent.removeEventListener('abort', pass) };
}

/** Sleeps; gives false instead of throwing when the signal aborts first. */
export async function rest(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  try {
    await clock.sleep(ms, signal);
  } catch {
    // The only reason a sleep rejects is its signal, which the caller asks about next.
    return false;
  }
  return !signal.aborted;
}

/** Runs something once `ms` have passed, unless the signal aborts first. */
export async function after(clock: Clock, ms: number, signal: AbortSignal, run: () => void): Promise<void> {
  if (await rest(clock, ms, signal)) run();
}

/**
 * Runs something that may never end: rejects with `onLate()` after `timeoutMs`, or with the parent's reason, even
 * when `run` ignores its signal, as a black hole does.
 */
export async function withDeadline<T>(
  clock: Clock,
  timeoutMs: number,
  parent: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
  onLate: () => Error,
): Promise<T> {
  const work = linkedController(parent);
  const timer = linkedController(parent);
  const late = clock.sleep(timeoutMs, timer.controller.signal).then(() => {
    const error = onLate();
    work.controller.abort(error);
    throw error;
  });
  try {
    return await Promise.race([run(work.controller.signal), late]);
  } finally {
    work.release();
    timer.release();
    timer.controller.abort(ENDED);
  }
}

/** Exponential back-off with ±20 % jitter; `attempt` counts from 1. */
export function backoffMs(clock: Clock, attempt: number, firstMs: number, longestMs: number): number {
  const plain = Math.min(longestMs, firstMs * 2 ** Math.min(attempt - 1, 20));
  return jittered(clock, plain);
}

/** ±20 %, so that a thousand connections do not ask in step. */
export function jittered(clock: Clock, ms: number): number {
  return ms * (0.8 + 0.4 * clock.random());
}

/** A sleep that someone else can cut short. */
export class Wake {
  readonly #clock: Clock;
  #current: AbortController | undefined;
  #isRung = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ends the sleep that runs, or the next one if none does. */
  ring(): void {
    if (this.#current === undefined) this.#isRung = true;
    else this.#current.abort(ENDED);
  }

  /** Resolves after `ms`, when rung, or when the signal aborts. */
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#isRung || signal.aborted) {
      this.#isRung = false;
      return;
    }
    const { controller, release } = linkedController(signal);
    this.#current = controller;
    await rest(this.#clock, ms, controller.signal);
    release();
    this.#current = undefined;
  }
}

/** Whoever waits for something to happen, to be told when it may have. */
export class Waiters {
  readonly #settles = new Set<() => void>();

  /** Resolves at the next `settle`, or when the signal aborts. */
  async next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const settle = () => {
        this.#settles.delete(settle);
        signal.removeEventListener('abort', settle);
        resolve();
      };
      this.#settles.add(settle);
      signal.addEventListener('abort', settle, { once: true });
    });
  }

  settle(): void {
    for (const settle of this.#settles) settle();
  }
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
