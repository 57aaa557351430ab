import { describe, expect, it } from 'vitest';
import type { ControllerStateName, Health, Verdict } from '../api/diagnosis.ts';
import { OPERATION_KINDS } from '../api/operation.ts';
import { CONTROLLERS, HOPS } from '../api/shapes.ts';
import { canLook, canRun, type CapableConnection } from './capabilities.ts';
import { PAUSED_STATES } from './paused.ts';

const IDLE = { isBusy: false, isOperationRunning: false };

function connection(
  states: readonly [ControllerStateName, ControllerStateName, ControllerStateName],
  health: Health = 'needs-attention',
  kubernetes: Verdict = 'good',
): CapableConnection {
  return {
    name: 'staging',
    health,
    controllers: CONTROLLERS.map((controller, index) => ({
      controller,
      state: states[index] ?? 'UNKNOWN',
      verdict: 'good',
      because: [{ text: 'seen', source: 'resources' }],
    })),
    hops: HOPS.map((hop) => ({
      hop,
      verdict: hop === 'kubernetes' ? kubernetes : 'good',
      word: '',
      onward: 'carries',
    })),
  };
}

const healthy = connection(['DEPLOYED', 'CONNECTED', 'CONNECTED'], 'healthy');
const empty = connection(['NOTDEPLOYED', 'UNDEPLOYED', 'UNDEPLOYED'], 'broken');
const orphans = connection(['NOTDEPLOYED', 'RUNNING', 'DEPLOYED']);
const dead = connection(['UNKNOWN', 'UNKNOWN', 'UNKNOWN'], 'unknown', 'broken');

function reason(kind: (typeof OPERATION_KINDS)[number], of: CapableConnection, occupation = IDLE): string {
  const capability = canRun(kind, of, occupation);
  return capability.isAllowed ? 'allowed' : capability.reason;
}

describe('canRun', () => {
  it('refuses everything while an operation runs or is being started', () => {
    for (const kind of OPERATION_KINDS) {
      expect(reason(kind, healthy, { isBusy: false, isOperationRunning: true })).toContain(
        'Another operation',
      );
      expect(reason(kind, healthy, { isBusy: true, isOperationRunning: false })).toContain('being started');
    }
  });

  it('refuses whatever needs the cluster while its API server does not answer', () => {
    for (const kind of OPERATION_KINDS) {
      const isLocal = kind === 'reset-database' || kind === 'restore-database';
      expect(reason(kind, dead)).toBe(
        isLocal ? 'allowed' : 'The API server of staging does not answer, so nothing can be done there now.',
      );
    }
  });

  it.each(PAUSED_STATES)(
    'leaves the cluster of one that is %s alone, and says what to press',
    (lifecycle) => {
      for (const kind of OPERATION_KINDS) {
        const isLocal = kind === 'reset-database' || kind === 'restore-database';
        const told = reason(kind, { ...dead, lifecycle });
        expect(told).toContain(isLocal ? 'allowed' : '“Connect again”');
      }
      expect(canLook({ name: 'staging', lifecycle })).toMatchObject({ isAllowed: false });
      expect(canLook({ name: 'staging', lifecycle: 'connected' })).toEqual({ isAllowed: true });
    },
  );

  it('offers Install where something is missing, and Redeploy where all is well', () => {
    expect(reason('install', empty)).toBe('allowed');
    expect(reason('install', orphans)).toBe('allowed');
    expect(reason('install', healthy)).toContain('Redeploy');
    expect(reason('redeploy', healthy)).toBe('allowed');
    expect(reason('redeploy', empty)).toContain('Install it first');
    expect(reason('adopt', empty)).toBe('allowed');
  });

  it('removes only what is there and seen', () => {
    expect(reason('uninstall', healthy)).toBe('allowed');
    expect(reason('uninstall', empty)).toBe('Nothing is installed here.');
    expect(reason('uninstall', connection(['UNKNOWN', 'UNKNOWN', 'UNKNOWN']))).toContain('blindly');
  });

  it.each(['cleanup-orphans', 'release-finalizers'] as const)(
    'offers %s only without an Operator',
    (kind) => {
      expect(reason(kind, orphans)).toBe('allowed');
      expect(reason(kind, healthy)).toContain('Operator');
      expect(reason(kind, empty)).not.toBe('allowed');
    },
  );

  it.each(['reconnect', 'resync', 'flush', 'synthetic-test'] as const)(
    'offers %s only with a Broker',
    (kind) => {
      expect(reason(kind, healthy)).toBe('allowed');
      expect(reason(kind, empty)).toContain('There is no Broker');
    },
  );
});
