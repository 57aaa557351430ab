import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startVitals } from './vitals.ts';

/** Holds the event loop for real: the histogram looks at the system's clock. */
function stall(ms: number): void {
  const until = process.hrtime.bigint() + BigInt(ms) * 1_000_000n;
  while (process.hrtime.bigint() < until);
}

const turn = () =>
  new Promise<void>((done) => {
    setImmediate(done);
  });

describe('vitals', () => {
  let nowMs = 0;

  beforeEach(() => {
    nowMs = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('do not take a stall at the start for an overload, but tell one of a process that runs for longer', async () => {
    const vitals = startVitals();
    try {
      for (let stalls = 0; stalls < 4; stalls += 1) {
        stall(120);
        await turn();
      }
      expect(vitals.read().eventLoopDelayMs).toBe(0);
      nowMs = 10_001;
      expect(vitals.read().eventLoopDelayMs).toBeGreaterThan(50);
      expect(vitals.read().memoryMb).toBeGreaterThan(10);
    } finally {
      vitals.close();
    }
  });
});
