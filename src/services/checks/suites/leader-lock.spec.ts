import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../ports.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { findLeaderLock, judgeLeaderLock } from './leader-lock.ts';

const SIGNAL = new AbortController().signal;
const NOW_MS = Date.parse('2026-03-01T12:00:00.000Z');

/** A cluster that holds these and nothing else. */
function holding(objects: Readonly<Record<string, readonly KubeObject[]>>): FakeCluster {
  const cluster = new FakeCluster();
  for (const [plural, list] of Object.entries(objects)) {
    for (const one of list) {
      cluster.put(plural, { ...one, metadata: { namespace: 'meshplay', ...one.metadata } });
    }
  }
  return cluster;
}

const record = (holderIdentity: string, renewTime: string) => ({ holderIdentity, renewTime });
const lease = (spec: object): KubeObject => ({
  metadata: { name: 'meshery-operator-leader.meshery.io' },
  spec,
});
const configMap = (text: string): KubeObject => ({
  metadata: { name: 'meshplay-leader', annotations: { 'control-plane.alpha.kubernetes.io/leader': text } },
});

async function judged(objects: Readonly<Record<string, readonly KubeObject[]>>, pods?: string[]) {
  return judgeLeaderLock(await findLeaderLock(holding(objects), 'meshplay', SIGNAL), NOW_MS, pods);
}

describe('the lock by which one Operator leads', () => {
  it('is a Lease that is renewed', async () => {
    expect(await judged({ leases: [lease(record('pod-1', '2026-03-01T11:59:55.000Z'))] })).toMatchObject({
      status: 'pass',
      observed: 'pod-1 holds the Lease meshery-operator-leader.meshery.io',
    });
  });

  it('is the annotation of a ConfigMap for operators before 1.0', async () => {
    const text = JSON.stringify(record('pod-0_4f', '2026-03-01T11:59:58Z'));
    expect(await judged({ configmaps: [{ metadata: { name: 'other' } }, configMap(text)] })).toMatchObject({
      status: 'pass',
      observed: 'pod-0_4f holds the ConfigMap meshplay-leader',
    });
  });

  it('was not renewed, or is held by nobody', async () => {
    const old = JSON.stringify(record('pod-0', '2026-03-01T11:50:00Z'));
    expect(await judged({ configmaps: [configMap(old)] })).toMatchObject({
      status: 'warn',
      observed: 'pod-0 held the ConfigMap meshplay-leader last 600 s ago',
    });
    expect(await judged({ leases: [lease(record('', '2026-03-01T11:59:58Z'))] })).toMatchObject({
      status: 'warn',
      observed: 'nobody holds the Lease meshery-operator-leader.meshery.io',
    });
  });

  it('is held by nobody when its holder is no pod of the Operator', async () => {
    const fresh = { leases: [lease(record('pod-1_4f', '2026-03-01T11:59:55.000Z'))] };
    expect(await judged(fresh, ['pod-1'])).toMatchObject({ status: 'pass' });
    expect(await judged(fresh, ['pod-2'])).toMatchObject({
      status: 'warn',
      observed:
        'pod-1_4f, which is no pod of the Operator any more, holds the Lease meshery-operator-leader.meshery.io; it lapses by itself',
    });
    const stale = { leases: [lease(record('pod-1_4f', '2026-03-01T11:50:00.000Z'))] };
    expect(await judged(stale, ['pod-2'])).toMatchObject({
      status: 'warn',
      observed:
        'pod-1_4f, which is no pod of the Operator any more, held the Lease meshery-operator-leader.meshery.io last 600 s ago',
      remedy: expect.stringContaining('log of the Operator'),
    });
  });

  it('need not be there', async () => {
    expect(await judged({})).toMatchObject({ status: 'pass' });
  });
});
