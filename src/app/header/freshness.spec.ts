import { describe, expect, it } from 'vitest';
import { freshnessWords } from './freshness.ts';

describe('freshnessWords', () => {
  it.each([
    [200, 750, false, 'as of now · every 0.75 s'],
    [4_000, 750, false, 'as of 4 s ago · every 0.75 s'],
    [2_000, 5_000, false, 'as of 2 s ago · next in 3 s'],
    [9_000, 5_000, false, 'as of 9 s ago · next in 0 s'],
    [130_000, 5_000, true, 'paused · as of 2 min ago'],
  ])('%d ms old at %d ms, paused %s', (ageMs, intervalMs, isPaused, words) => {
    expect(freshnessWords(ageMs, intervalMs, isPaused)).toBe(words);
  });
});
