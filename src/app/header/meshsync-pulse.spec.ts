import { describe, expect, it } from 'vitest';
import type { Activity } from '../data/queries.ts';
import { pulseOf, rateWords } from './meshsync-pulse.ts';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');

function activity(change: Partial<Activity> = {}): Activity {
  return { cursor: 100, arrived: 0, ratePerSecond: 0, connected: 1, connections: 1, ...change };
}

describe('the MeshSync mark', () => {
  it('pulses exactly when messages arrived since the poll before', () => {
    expect(pulseOf(activity({ arrived: 36, ratePerSecond: 48 }), false, NOW)).toMatchObject({
      isPulsing: true,
      words: 'MeshSync 48 messages/s',
    });
    expect(pulseOf(activity({ arrived: 0, ratePerSecond: 48 }), false, NOW).isPulsing).toBe(false);
    expect(pulseOf(activity({ arrived: 1 }), false, NOW).isPulsing).toBe(true);
  });

  it('says how long it has been silent', () => {
    const silent = pulseOf(activity({ lastMessageAt: '2026-03-01T11:56:00.000Z' }), false, NOW);
    expect(silent).toMatchObject({
      isPulsing: false,
      tone: 'unknown',
      words: 'MeshSync: silent for 4 min',
    });
    expect(silent.announcement).not.toContain('4 min');
  });

  it('says when no link is up', () => {
    expect(pulseOf(activity({ connected: 0 }), false, NOW).words).toBe('MeshSync not connected');
    expect(pulseOf(activity({ connected: 0, connections: 0 }), false, NOW).words).toBe(
      'MeshSync: no cluster yet',
    );
  });

  it('claims nothing from memory when the server does not answer', () => {
    expect(pulseOf(activity({ arrived: 5, ratePerSecond: 48 }), true, NOW)).toMatchObject({
      isPulsing: false,
      tone: 'unknown',
    });
    expect(pulseOf(undefined, false, NOW).isPulsing).toBe(false);
  });

  it('never rounds a slow stream down to nothing', () => {
    expect(rateWords(0.02)).toBe('0.1 messages/s');
    expect(rateWords(9.96)).toBe('10 messages/s');
    expect(rateWords(12_345.6)).toBe('12,346 messages/s');
  });
});
