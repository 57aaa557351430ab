import { describe, expect, it } from 'vitest';
import { isStale, quietSeconds, staleAfterSeconds } from './staleness.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00.000Z');
const HOUR = 3600;

describe('the silence that is unusual', () => {
  it.each([
    ['a busy cluster', HOUR, 1, 120],
    ['one message a minute', HOUR, 60, 180],
    ['bursts every ten minutes', HOUR, 600, 1800],
    ['a quiet cluster', 6 * HOUR, 1200, 3600],
    ['pauses beyond an hour', 6 * HOUR, 2400, 3600],
    ['not listened to for long', 599, 1, 600],
    ['listened to just long enough', 600, 1, 120],
    ['never heard', undefined, undefined, 600],
    ['heard once', 0, 0, 600],
  ])('%s', (_story, heardForSeconds, longestGapSeconds, expected) => {
    expect(staleAfterSeconds({ heardForSeconds, longestGapSeconds })).toBe(expected);
  });
});

describe('stale data', () => {
  const ago = (seconds: number) => new Date(NOW_MS - seconds * 1000).toISOString();
  const busy = { heardForSeconds: HOUR, longestGapSeconds: 1 };
  it.each([
    ['a change a moment ago', { ...busy, lastMessageAt: ago(1), quietForSeconds: 1 }, false],
    ['at the limit', { ...busy, lastMessageAt: ago(120), quietForSeconds: 120 }, false],
    ['beyond the limit', { ...busy, lastMessageAt: ago(121), quietForSeconds: 121 }, true],
    ['answers, and no change', { ...busy, lastMessageAt: ago(1), quietForSeconds: 1500 }, true],
    ['an outage is no silence', { ...busy, lastMessageAt: ago(1500), quietForSeconds: 5 }, false],
    ['not known for long', { heardForSeconds: 60, longestGapSeconds: 1, quietForSeconds: 300 }, false],
    ['evidence that tells of messages alone', { ...busy, lastMessageAt: ago(300) }, true],
    ['nothing ever heard', {}, true],
  ])('%s', (_story, heard, expected) => {
    expect(isStale(heard, NOW_MS)).toBe(expected);
  });
  it('counts a clock that was set back as no silence', () => {
    expect(quietSeconds({ lastMessageAt: ago(-60) }, NOW_MS)).toBe(0);
  });
});
