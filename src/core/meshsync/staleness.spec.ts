import { describe, expect, it } from 'vitest';
import { staleAfterSeconds } from './staleness.ts';

describe('the silence that is unusual', () => {
  it.each([
    ['a busy cluster', 36_000, 3600, 300],
    ['one message a minute', 60, 3600, 1200],
    ['a quiet cluster', 2, 3600, 3600],
    ['one that never spoke', 0, 3600, 3600],
  ])('%s', (_story, messages, observed, expected) => {
    expect(staleAfterSeconds(messages, observed)).toBe(expected);
  });
});
