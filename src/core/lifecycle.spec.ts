import { describe, expect, it } from 'vitest';
import { LIFECYCLE_STATES } from '../api/connection.ts';
import { isAllowedMove, movesOf, observedState } from './lifecycle.ts';

describe('the life cycle of a connection', () => {
  it('allows exactly what domain.md 2.6 lists, and `not found` to the system alone', () => {
    const told = Object.fromEntries(LIFECYCLE_STATES.map((from) => [from, movesOf(from)]));
    expect(told).toEqual({
      discovered: ['registered', 'deleted'],
      registered: ['connected', 'ignored', 'maintenance'],
      connected: ['disconnected', 'ignored', 'maintenance', 'deleted'],
      disconnected: ['connected', 'deleted'],
      ignored: ['registered', 'deleted'],
      maintenance: ['registered', 'connected', 'ignored'],
      deleted: [],
      'not found': ['discovered', 'deleted'],
    });
    for (const from of LIFECYCLE_STATES) {
      for (const to of LIFECYCLE_STATES) {
        const isListed = from === to || movesOf(from).includes(to);
        expect([from, to, isAllowedMove(from, to, 'person')]).toEqual([from, to, isListed]);
      }
    }
    const found = LIFECYCLE_STATES.filter((from) => isAllowedMove(from, 'not found', 'system'));
    expect(found).toEqual(['discovered', 'registered', 'connected', 'maintenance', 'not found']);
  });

  it('is what was observed, as long as nobody said otherwise', () => {
    const way = { hasWayIn: true, wasEverSeen: false } as const;
    expect(observedState({ ...way, api: 'pending' })).toBe('registered');
    expect(observedState({ ...way, api: 'failed' })).toBe('not found');
    expect(observedState({ ...way, api: 'seen' })).toBe('connected');
    expect(observedState({ ...way, api: 'failed', wasEverSeen: true })).toBe('connected');
    expect(observedState({ ...way, api: 'failed', hasWayIn: false })).toBe('discovered');
  });
});
