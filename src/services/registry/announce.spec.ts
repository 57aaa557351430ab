import { describe, expect, it } from 'vitest';
import type { ControllerState, Finding } from '../../api/diagnosis.ts';
import { eventsBetween, remembered } from './announce.ts';
import type { Notable } from './announce.ts';

const WHO = { id: 'c1', name: 'prod-eu-1' };

function notable(more: Partial<Notable> = {}): Notable {
  return {
    health: 'healthy',
    rootCause: undefined,
    controllers: [],
    link: {
      state: 'connected',
      chosen: 'port-forward',
      address: 'meshery/meshery-nats-0:4222',
      proof: 'proven',
    },
    streams: [],
    ...more,
  };
}

function wait(code: string): Finding {
  const words = { summary: 'It is being set up.', meaning: '', cause: 'It is new.' };
  return { code, severity: 'info', hop: 'broker', ...words, confidence: 'certain', remedies: [], facts: [] };
}

describe('the events between two judgements', () => {
  it('tell of a link that moved to a better way without a break', () => {
    const moved = notable({
      link: { state: 'connected', chosen: 'external', address: '203.0.113.7:4222', proof: 'proven' },
    });
    expect(eventsBetween(WHO, notable(), moved)).toEqual([
      {
        severity: 'success',
        subject: 'link',
        message:
          'The server now reaches the Broker of prod-eu-1 by a better way: external instead of port-forward.',
        detail: '203.0.113.7:4222',
        connectionId: 'c1',
        connectionName: 'prod-eu-1',
      },
    ]);
    expect(eventsBetween(WHO, moved, moved)).toEqual([]);
  });

  it('tell of a change once, not of each thing it waits for on the way', () => {
    const first = notable({ health: 'changing', rootCause: wait('MT-O-30') });
    const next = notable({ health: 'changing', rootCause: wait('MT-B-33') });
    expect(eventsBetween(WHO, notable(), first).map(({ subject }) => subject)).toEqual(['connection']);
    expect(eventsBetween(WHO, first, next)).toEqual([]);
    const broken = notable({ health: 'broken', rootCause: { ...wait('MT-B-10'), severity: 'critical' } });
    expect(eventsBetween(WHO, next, broken)).toHaveLength(1);
  });

  it('tell of a controller that changed while the cluster could not be observed, and of no other', () => {
    const meshsync = (state: ControllerState['state']): Partial<Notable> => ({
      controllers: [{ controller: 'meshsync', state, verdict: 'good', because: [] }],
    });
    const before = notable(meshsync('RUNNING'));
    const lost = notable({ health: 'unknown', ...meshsync('UNKNOWN') });
    const told = (from: Notable, after: Notable) =>
      eventsBetween(WHO, from, after).filter(({ subject }) => subject === 'controller');
    expect(told(before, lost)).toEqual([]);
    const kept = remembered(before, lost);
    expect(told(kept, notable(meshsync('RUNNING')))).toEqual([]);
    expect(told(kept, notable(meshsync('UNDEPLOYED')))).toMatchObject([
      { message: 'MeshSync of prod-eu-1 went from RUNNING to UNDEPLOYED.' },
    ]);
  });
});
