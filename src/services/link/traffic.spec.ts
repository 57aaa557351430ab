import { describe, expect, it } from 'vitest';
import { Traffic } from './traffic.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-03-01T12:00:00Z');

/** Traffic that got a message at each of the minutes given. */
function heardAt(...minutes: readonly number[]): Traffic {
  const traffic = new Traffic();
  for (const minute of minutes) traffic.count('meshplay.meshsync.core', 100, START + minute * MINUTE);
  return traffic;
}

describe('Traffic', () => {
  it('knows the longest usual pause, and for how long it has listened', () => {
    const read = heardAt(0, 1, 5, 6).read(START + 7 * MINUTE);
    expect(read).toMatchObject({ messages: 4, heardForSeconds: 360, longestGapSeconds: 240 });
  });

  it('does not take an outage for a usual pause', () => {
    expect(heardAt(0, 1, 40, 41).read(START + 42 * MINUTE).longestGapSeconds).toBe(60);
  });

  it('forgets pauses of more than an hour ago', () => {
    const busy = Array.from({ length: 120 }, (_, minute) => 10 + minute);
    expect(heardAt(0, 10, ...busy).read(START + 131 * MINUTE).longestGapSeconds).toBe(60);
  });

  it('says nothing of pauses before the first message', () => {
    expect(new Traffic().read(START)).not.toHaveProperty('longestGapSeconds');
  });
});
