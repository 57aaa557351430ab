import { describe, expect, it } from 'vitest';
import type { ControllerState } from '../../api/diagnosis.ts';
import type { Evidence, Pod } from '../../api/evidence.ts';
import { StateAges } from './judging.ts';

const START = Date.parse('2026-03-01T12:00:00.000Z');
const MADE = '2026-02-20T08:00:00.000Z';

function state(
  name: ControllerState['state'],
  verdict: ControllerState['verdict'] = 'good',
): ControllerState[] {
  return [{ controller: 'operator', state: name, verdict, because: [{ text: 'seen', source: 'workloads' }] }];
}

const pod: Pod = {
  role: 'operator',
  namespace: 'meshplay',
  name: 'meshplay-operator-1',
  uid: 'u',
  createdAt: MADE,
  phase: 'Running',
  ready: true,
  containers: [],
};
const pods: Evidence['pods'] = { status: 'seen', value: [pod], seenAt: MADE };

function sinceOf(ages: StateAges, states: ControllerState[], atMs: number): string | undefined {
  return ages.date(states, pods, START + atMs)[0]?.sinceAt;
}

describe('StateAges', () => {
  it('dates what is well at the start by its pod, and later changes by when they were seen', () => {
    const ages = new StateAges();
    expect(sinceOf(ages, state('UNKNOWN', 'unknown'), 0)).toBe('2026-03-01T12:00:00.000Z');
    expect(sinceOf(ages, state('DEPLOYED'), 2_000)).toBe(MADE);
    expect(sinceOf(ages, state('NOTDEPLOYED', 'broken'), 100_000)).toBe('2026-03-01T12:01:40.000Z');
    expect(sinceOf(ages, state('DEPLOYED'), 200_000)).toBe('2026-03-01T12:03:20.000Z');
  });

  it('does not date what is unwell by its pod', () => {
    expect(sinceOf(new StateAges(), state('DEPLOYED', 'attention'), 0)).toBe('2026-03-01T12:00:00.000Z');
  });

  it('goes on with a state that was only out of sight', () => {
    const ages = new StateAges();
    sinceOf(ages, state('DEPLOYED'), 0);
    sinceOf(ages, state('UNKNOWN', 'unknown'), 60_000);
    expect(sinceOf(ages, state('DEPLOYED'), 90_000)).toBe(MADE);
  });
});
