import { describe, expect, it } from 'vitest';
import { installing } from '../testing/operations.ts';
import { operationDelayMs } from './operations.ts';

const LIVE = { intervalMs: 750, isPaused: false };
const PAUSED = { intervalMs: 750, isPaused: true };
const oneRuns = { items: [installing()] };
const oneEnded = { items: [installing({ status: 'failed' })] };

describe('operationDelayMs', () => {
  it('asks often while one runs, whatever interval was chosen, and also while paused', () => {
    expect(operationDelayMs({ intervalMs: 15_000, isPaused: false }, oneRuns, false)).toBe(750);
    expect(operationDelayMs(PAUSED, oneRuns, false)).toBe(750);
    expect(operationDelayMs(LIVE, oneRuns, true)).toBe(2_000);
  });

  it('asks seldom when none runs, and not at all while paused', () => {
    expect(operationDelayMs(LIVE, oneEnded, false)).toBe(5_000);
    expect(operationDelayMs(LIVE, undefined, false)).toBe(5_000);
    expect(operationDelayMs(PAUSED, oneEnded, false)).toBe(false);
  });
});
