import { monitorEventLoopDelay } from 'node:perf_hooks';

const WINDOW_MS = 60_000;
const RESOLUTION_MS = 20;
/** Of a shorter time the p99 is one stall, which starting up always has. */
const LEAST_AGE_MS = 10_000;
const NANOSECONDS = 1e6;
const MEGABYTE = 1024 * 1024;

/** How this process itself fares. */
export interface Vitals {
  /** The delay is 0 as long as the process is too young for it to mean anything. */
  read(): { eventLoopDelayMs: number; memoryMb: number };
  close(): void;
}

/** Measures until it is closed; the delay is the p99 of the last one to two minutes. */
export function startVitals(): Vitals {
  const startedMs = performance.now();
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  let before = 0;
  const p99 = () =>
    histogram.count === 0 || performance.now() - startedMs < LEAST_AGE_MS
      ? 0
      : Math.max(0, histogram.percentile(99) / NANOSECONDS - RESOLUTION_MS);
  const timer = setInterval(() => {
    before = p99();
    histogram.reset();
  }, WINDOW_MS);
  // It must not keep a process alive that has nothing else to do.
  timer.unref();
  histogram.enable();
  return {
    read: () => ({
      eventLoopDelayMs: Math.round(Math.max(before, p99()) * 10) / 10,
      memoryMb: Math.round(process.memoryUsage.rss() / MEGABYTE),
    }),
    close() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}
