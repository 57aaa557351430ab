import { describe, expect, it } from 'vitest';
import { offsetsOf, windowOf } from './windowing.ts';

const offsets = offsetsOf(Array.from({ length: 1_000 }, () => 50));

describe('windowing', () => {
  it('adds heights up', () => {
    expect(offsetsOf([44, 52, 400])).toEqual([0, 44, 96, 496]);
    expect(offsetsOf([])).toEqual([0]);
  });

  it('holds every row in sight and few more', () => {
    const { start, end } = windowOf(offsets, 10_000, 10_900);
    expect(start).toBeLessThanOrEqual(200);
    expect(end).toBeGreaterThanOrEqual(219);
    expect(end - start).toBeLessThan(50);
  });

  it('stays inside the list above, below and when it is empty', () => {
    expect(windowOf(offsets, -500, 400).start).toBe(0);
    expect(windowOf(offsets, 90_000, 91_000).end).toBe(1_000);
    expect(windowOf([0], 0, 900)).toEqual({ start: 0, end: 0 });
  });

  it('follows rows of different heights', () => {
    const mixed = offsetsOf([50, 4_000, ...Array.from({ length: 100 }, () => 50)]);
    // 2,000 px down is still inside the tall second row.
    expect(windowOf(mixed, 2_000, 2_500)).toEqual({ start: 0, end: 10 });
  });
});
