import { describe, expect, it } from 'vitest';
import { pollDelayMs } from './poll.ts';

describe('pollDelayMs', () => {
  it('asks at the chosen interval', () => {
    expect(pollDelayMs({ intervalMs: 750, isPaused: false }, false)).toBe(750);
  });

  it('asks not at all while paused, even after a failure', () => {
    expect(pollDelayMs({ intervalMs: 750, isPaused: true }, true)).toBe(false);
  });

  it('leaves a failing server more time, never less', () => {
    expect(pollDelayMs({ intervalMs: 750, isPaused: false }, true)).toBe(2_000);
    expect(pollDelayMs({ intervalMs: 15_000, isPaused: false }, true)).toBe(15_000);
  });

  it('respects a floor', () => {
    expect(pollDelayMs({ intervalMs: 750, isPaused: false }, false, 5_000)).toBe(5_000);
  });
});
