import { createStore } from './store.ts';

/** How often the server is asked; unchanged answers are a 304 without a body. */
export const POLL_INTERVALS_MS = [500, 2_000, 5_000, 15_000] as const;
const POLL_DEFAULT_MS = 500;
/** What changes rarely is asked for no oftener than this. */
export const POLL_SLOW_MS = 5_000;
/** A server that does not answer is left in peace for a little. */
const POLL_AFTER_ERROR_MS = 2_000;
const STORAGE_KEY = 'meshplay-poll-interval-ms';

export interface Polling {
  readonly intervalMs: number;
  readonly isPaused: boolean;
}

export const polling = createStore<Polling>({ intervalMs: storedIntervalMs(), isPaused: false });

/** Sets the interval and remembers it for the next visit; ends a pause. */
export function setPollInterval(intervalMs: number): void {
  try {
    localStorage.setItem(STORAGE_KEY, String(intervalMs));
  } catch {
    // Storage may be forbidden or full: the choice then holds until the page is closed.
  }
  polling.set({ intervalMs, isPaused: false });
}

export function setPaused(isPaused: boolean): void {
  polling.set({ ...polling.get(), isPaused });
}

/** When to ask again, in ms after the last answer; false when not at all. */
export function pollDelayMs(state: Polling, hasFailed: boolean, atLeastMs = 0): number | false {
  if (state.isPaused) return false;
  return Math.max(state.intervalMs, atLeastMs, hasFailed ? POLL_AFTER_ERROR_MS : 0);
}

function storedIntervalMs(): number {
  try {
    const stored = Number(localStorage.getItem(STORAGE_KEY));
    return POLL_INTERVALS_MS.find((one) => one === stored) ?? POLL_DEFAULT_MS;
  } catch {
    // Storage may be forbidden: the default serves.
    return POLL_DEFAULT_MS;
  }
}
