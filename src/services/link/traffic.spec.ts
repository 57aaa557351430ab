import { describe, expect, it } from 'vitest';
import { Traffic, TrafficMemory } from './traffic.ts';

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

describe('silence', () => {
  const CORE = 'meshplay.meshsync.core';
  const STORE = 'meshplay-server.meshsync.store';
  const at = (minute: number) => START + minute * MINUTE;

  it('begins with the link, and ends with a change', () => {
    const traffic = new Traffic();
    traffic.listen(at(0));
    traffic.count(STORE, 100, at(1));
    expect(traffic.read(at(4)).quietForSeconds).toBe(240);
    traffic.count(CORE, 100, at(5));
    expect(traffic.read(at(5)).quietForSeconds).toBe(0);
    expect(traffic.read(at(7)).quietForSeconds).toBe(120);
  });

  it('is not ended by an answer to a question of ours', () => {
    const traffic = heardAt(0, 1);
    traffic.count(STORE, 100, at(9));
    expect(traffic.read(at(10))).toMatchObject({
      quietForSeconds: 540,
      lastMessageAt: '2026-03-01T12:09:00.000Z',
    });
    expect(traffic.read(at(10)).longestGapSeconds).toBe(60);
  });

  it('does not count while there is no link to hear anything over', () => {
    const traffic = heardAt(0, 1);
    traffic.stopListening(at(3));
    expect(traffic.read(at(60)).quietForSeconds).toBe(120);
    traffic.listen(at(60));
    traffic.listen(at(61));
    expect(traffic.read(at(62)).quietForSeconds).toBe(240);
    traffic.count(CORE, 100, at(63));
    // Two minutes before the outage and three after it: that pause was heard, the outage was not.
    expect(traffic.read(at(63)).longestGapSeconds).toBe(300);
  });

  it('goes on over a restart with what was known before it', () => {
    const memory = TrafficMemory.parse(heardAt(0, 1, 3, 4).memory(at(9)));
    expect(memory).toEqual({ heardForSeconds: 240, longestGapSeconds: 120, quietForSeconds: 300 });
    const later = new Traffic();
    later.listen(at(30));
    later.recall(memory, at(30));
    expect(later.read(at(31))).toMatchObject({
      messages: 0,
      heardForSeconds: 240,
      longestGapSeconds: 120,
      quietForSeconds: 360,
    });
    later.count(CORE, 100, at(32));
    expect(later.read(at(32))).toMatchObject({ heardForSeconds: 660, quietForSeconds: 0 });
  });

  it('that is told only after a change was heard is over', () => {
    const traffic = heardAt(0);
    traffic.recall({ heardForSeconds: 6000, longestGapSeconds: 5, quietForSeconds: 3000 }, at(1));
    expect(traffic.read(at(1))).toMatchObject({ heardForSeconds: 6000, quietForSeconds: 60 });
  });

  it('has nothing to remember before anything was heard', () => {
    const traffic = new Traffic();
    traffic.listen(at(0));
    expect(traffic.memory(at(1))).toBeUndefined();
    expect(traffic.read(at(1))).not.toHaveProperty('quietForSeconds');
  });
});
