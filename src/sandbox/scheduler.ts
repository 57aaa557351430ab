import type { Clock } from '../services/ports.ts';

/** Runs everything that happens later in the simulated world, on one sleep of the clock at a time. */
export interface Scheduler {
  /** Runs `task` after `delayMs`; the function given back cancels it. */
  after(delayMs: number, task: () => void): () => void;
  /** Forgets everything that was to come. */
  stop(): void;
}

interface Entry {
  readonly dueMs: number;
  readonly order: number;
  task: (() => void) | undefined;
}

/** Moments are rounded up to this, so that what happens at nearly the same time wakes the process once. */
const TICK_MS = 20;
/** After so many tasks in a row others get their turn. */
const TASKS_IN_A_ROW = 200;

/** `onError` is told of a task that threw; the others go on. */
export function createScheduler(clock: Clock, onError: (error: unknown) => void): Scheduler {
  const heap: Entry[] = [];
  let order = 0;
  let isStopped = false;
  let isRunning = false;
  let sleeping: { untilMs: number; wake: AbortController } | undefined;

  const loop = async () => {
    let inARow = 0;
    for (let first = heap[0]; first !== undefined; first = heap[0]) {
      const waitMs = first.dueMs - clock.now();
      if (waitMs > 0 || inARow >= TASKS_IN_A_ROW) {
        inARow = 0;
        const wake = new AbortController();
        sleeping = { untilMs: first.dueMs, wake };
        try {
          await clock.sleep(Math.max(0, waitMs), wake.signal);
        } catch (error) {
          // Woken because something earlier came in, or because everything stops; anything else is a real fault.
          if (!wake.signal.aborted) throw error;
        }
        sleeping = undefined;
        continue;
      }
      pop(heap);
      inARow += 1;
      try {
        first.task?.();
      } catch (error) {
        onError(error);
      }
    }
    isRunning = false;
  };

  return {
    after: (delayMs, task) => {
      if (isStopped) return () => undefined;
      const dueMs = Math.ceil((clock.now() + delayMs) / TICK_MS) * TICK_MS;
      const entry: Entry = { dueMs, order: (order += 1), task };
      push(heap, entry);
      if (!isRunning) {
        isRunning = true;
        loop().catch(onError);
      } else if (sleeping !== undefined && dueMs < sleeping.untilMs) {
        sleeping.wake.abort();
      }
      return () => {
        entry.task = undefined;
      };
    },
    stop: () => {
      isStopped = true;
      heap.length = 0;
      sleeping?.wake.abort();
    },
  };
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

function push(heap: Entry[], entry: Entry): void {
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(entry, parent)) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = index * 2 + 1;
    const right = left + 1;
    const leftEntry = heap[left];
    if (leftEntry === undefined) break;
    const rightEntry = heap[right];
    const isRight = rightEntry !== undefined && isBefore(rightEntry, leftEntry);
    const child = isRight ? rightEntry : leftEntry;
    if (!isBefore(child, last)) break;
    heap[index] = child;
    index = isRight ? right : left;
  }
  heap[index] = last;
}
