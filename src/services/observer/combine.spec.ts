import { describe, expect, it } from 'vitest';
import type { Failure, Observation } from '../../api/evidence.ts';
import { combine } from './combine.ts';

const AT = '2026-03-01T12:00:00.000Z';

function refused(resource: string): Observation<string[]> {
  const permission = { verb: 'list', group: '', resource, namespace: 'meshery' };
  const failure: Failure = { kind: 'forbidden', message: `may not list ${resource}`, permission };
  return { status: 'failed', failure, failedAt: AT };
}

describe('one observation out of several', () => {
  it('tells of the same failure whichever of them failed first', () => {
    const parts = [refused('pods'), refused('events'), refused('services')];
    const told = combine(parts, AT);
    expect(told).toMatchObject({ status: 'failed', failure: { message: 'may not list events' } });
    expect(combine(parts.toReversed(), AT)).toEqual(told);
    expect(combine([...parts.slice(1), ...parts.slice(0, 1)], AT)).toEqual(told);
  });

  it('keeps what is known of the others as the last value', () => {
    const seen = { status: 'seen' as const, value: ['one'], seenAt: AT };
    expect(combine([seen, refused('pods')], AT)).toMatchObject({ status: 'failed', lastValue: ['one'] });
  });
});
