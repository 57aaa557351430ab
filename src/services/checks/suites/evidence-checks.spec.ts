import { describe, expect, it } from 'vitest';
import type { Candidate, Evidence } from '../../../api/evidence.ts';
import { healthyEvidence } from '../../../core/judge/fixtures.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import { type ClusterApi, ClusterError } from '../../ports.ts';
import { ask, sceneOf } from './asked.ts';
import { brokerChecks } from './broker.ts';
import { meshsyncChecks } from './meshsync.ts';

const healthy = healthyEvidence();

describe('each way to the Broker', () => {
  const way = (outcome: Candidate['outcome'], more: Partial<Candidate> = {}): Candidate => ({
    kind: 'external',
    address: '203.0.113.7:4222',
    outcome,
    ...more,
  });
  const failed = way('failed', { failure: { kind: 'refused', message: 'connection refused' } });
  const linkWith = (candidates: Candidate[], state: 'connected' | 'lost') => ({
    link: { ...healthy.link, candidates, state, chosen: 'internal' as const },
  });

  it('passes where it answers, and is a fault only while nothing answers', async () => {
    const ask1 = (candidates: Candidate[], state: 'connected' | 'lost') =>
      ask('broker-way-external', { evidence: linkWith(candidates, state) });
    expect(await ask1([way('answered', { latencyMs: 12.4 })], 'connected')).toMatchObject({
      status: 'pass',
      observed: '203.0.113.7:4222 in 12 ms',
    });
    expect(await ask1([failed], 'connected')).toMatchObject({
      status: 'skip',
      observed: 'not needed, since internal answers; connection refused',
    });
    expect(await ask1([failed], 'lost')).toMatchObject({ status: 'warn', observed: 'connection refused' });
    expect(await ask1([way('untried')], 'lost')).toMatchObject({ status: 'skip' });
    expect(await ask1([], 'lost')).toMatchObject({ status: 'skip', observed: 'there is no such way here' });
  });

  it('tells of TLS in the way', async () => {
    const tls = way('failed', { failure: { kind: 'tls', message: 'certificate has expired' } });
    expect(await ask('broker-tls', { evidence: linkWith([tls], 'lost') })).toMatchObject({
      status: 'fail',
      observed: 'certificate has expired',
    });
    expect(await ask('broker-tls', { evidence: linkWith([failed], 'lost') })).toMatchObject({
      status: 'pass',
    });
  });
});

describe('the images and the version', () => {
  const workloads = (image: string): Pick<Evidence, 'workloads'> => {
    if (healthy.workloads.status !== 'seen') throw new Error('the fixture has no workloads');
    const value = healthy.workloads.value.map((one) => ({
      ...one,
      containers: one.role === 'operator' ? [{ name: 'manager', image }] : one.containers,
    }));
    return { workloads: { ...healthy.workloads, value } };
  };

  it('warns of an image that was removed, and of a pull that was refused lately', async () => {
    expect(
      await ask('operator-image', { evidence: workloads('gcr.io/kubebuilder/kube-rbac-proxy:v0.5.0') }),
    ).toMatchObject({ status: 'warn' });
    expect(
      await ask('operator-image', { evidence: workloads('meshery/meshery-operator:1.0.5') }),
    ).toMatchObject({
      status: 'pass',
      observed: 'pulled by the pods that run; the registry itself was not asked',
    });
    expect((await ask('operator-image', { evidence: workloads('x/y:stable-latest') })).observed).toContain(
      'a tag that moves',
    );
    const name = healthy.workloads.status === 'seen' ? healthy.workloads.value[0]?.name : '';
    const role = healthy.workloads.status === 'seen' ? healthy.workloads.value[0]?.role : undefined;
    const lastAt = new Date(new FakeClock().now() - 60_000).toISOString();
    const event = {
      uid: 'e1',
      type: 'Warning',
      reason: 'Failed',
      message: 'Failed to pull image "x": manifest unknown',
      objectKind: 'Pod',
      objectName: `${name ?? ''}-abc`,
      namespace: 'meshplay',
      count: 1,
      lastAt,
    };
    const events = { status: 'seen' as const, value: [event], seenAt: lastAt };
    expect(await ask(`${role ?? ''}-image`, { evidence: { events } })).toMatchObject({
      status: 'warn',
      observed: `a node was refused it lately: ${event.message}`,
    });
  });

  it.each([
    ['x/meshery-operator:0.8.11', 'warn'],
    ['x/meshery-operator:1.0.1', 'warn'],
    ['x/meshery-operator:1.0.2', 'pass'],
    ['host:5000/x/meshery-operator:v1.0.5', 'pass'],
    ['x/meshplay-operator:stable-latest', 'pass'],
  ])('judges the version of %s', async (image, status) => {
    expect((await ask('operator-version', { evidence: workloads(image) })).status).toBe(status);
  });
});

describe('the conversion of resources', () => {
  const at = '2026-03-01T12:00:00.000Z';
  const definitions = (conversion: 'None' | 'Webhook'): Pick<Evidence, 'definitions'> => ({
    definitions: {
      status: 'seen',
      seenAt: at,
      value: [
        {
          name: 'brokers.meshery.io',
          group: 'meshery.io',
          kind: 'Broker',
          conversion,
          versions: [
            { name: 'v1alpha1', served: true, stored: false },
            { name: 'v1alpha2', served: true, stored: true },
          ],
        },
      ],
    },
  });
  const cluster = (list: ClusterApi['list']): ClusterApi => {
    const api = new FakeCluster();
    api.list = list;
    return api;
  };

  it('needs no webhook, or one that answers the API server', async () => {
    expect(await ask('operator-webhook', { evidence: definitions('None') })).toMatchObject({
      status: 'pass',
      observed: 'without a webhook: its versions are alike',
    });
    const answers = cluster(async () => ({ resourceVersion: '1', items: [{ metadata: { name: 'a' } }] }));
    expect(await ask('operator-webhook', { evidence: definitions('Webhook'), api: answers })).toMatchObject({
      status: 'pass',
      observed: 'by a webhook, which answers',
    });
    const empty = cluster(async () => ({ resourceVersion: '1', items: [] }));
    expect(
      (await ask('operator-webhook', { evidence: definitions('Webhook'), api: empty })).observed,
    ).toContain('not needed');
  });

  it('fails with the words of the API server', async () => {
    const message = 'conversion webhook failed: x509: certificate has expired';
    const refuses = cluster(async ({ version }) => {
      if (version === 'v1alpha1') throw new ClusterError({ kind: 'other', message });
      return { resourceVersion: '1', items: [] };
    });
    expect(await ask('operator-webhook', { evidence: definitions('Webhook'), api: refuses })).toMatchObject({
      status: 'fail',
      observed: `brokers cannot be read as v1alpha1: ${message}`,
    });
  });
});

describe('freshness', () => {
  it('warns of lost messages, of unusual silence, and of nothing at all', async () => {
    expect(await ask('meshsync-freshness', {})).toMatchObject({ status: 'pass' });
    expect(await ask('meshsync-freshness', { freshness: { needsResync: true } })).toMatchObject({
      status: 'warn',
      observed: 'messages were lost on the way',
    });
    expect(await ask('meshsync-freshness', { freshness: { isStale: true } })).toMatchObject({
      status: 'warn',
    });
    expect(await ask('meshsync-freshness', { freshness: { kinds: [] } })).toMatchObject({ status: 'warn' });
  });

  it('tells a silence of changes apart from the answers that still came', async () => {
    const lastMessageAt = '2026-03-01T12:00:00.000Z';
    const { observed } = await ask('meshsync-freshness', { freshness: { isStale: true, lastMessageAt } });
    expect(observed).toMatch(
      /^no change for more than 120 s.*of any kind, answers too, at 2026-03-01 12:00:00/,
    );
  });

  it('is no failure where it could not be measured, in time or at all', async () => {
    const given = { measured: () => Promise.reject(new Error('the database is locked')) };
    expect(await ask('meshsync-freshness', given)).toEqual({
      status: 'skip',
      observed: 'could not be measured: the database is locked',
    });
    const found = meshsyncChecks(sceneOf({})).find(({ id }) => id === 'meshsync-freshness');
    expect(found?.whenLate).toBe('skip');
  });
});

describe('a MeshSync that does not answer in time', () => {
  it('is a failure of it, unless this server is too busy to hear it', async () => {
    expect(await ask('meshsync-answers', { isDeaf: true })).toMatchObject({ status: 'fail' });
    expect(await ask('meshsync-answers', { isDeaf: true, eventLoopDelayMs: 900 })).toMatchObject({
      status: 'warn',
      observed: 'no message within 4 s, but this server is overloaded',
    });
  });
});

describe('no way to the Broker', () => {
  it('is told by the address that does not answer, not by the way tried last', async () => {
    const refused = { kind: 'forbidden' as const, message: 'may not forward ports' };
    const candidates: Candidate[] = [
      { kind: 'port-forward', address: 'x/y:4222', outcome: 'failed', failure: refused },
      {
        kind: 'external',
        address: '203.0.113.7:4222',
        outcome: 'failed',
        failure: { kind: 'timeout', message: 'No answer within 2.5 seconds.' },
      },
    ];
    const link = { ...healthy.link, state: 'lost' as const, failure: refused, candidates };
    expect(await ask('broker-ways', { evidence: { link } })).toMatchObject({
      status: 'fail',
      observed: '203.0.113.7:4222: No answer within 2.5 seconds.',
    });
    expect(brokerChecks(sceneOf({})).find(({ id }) => id === 'broker-ways')?.title).toBe(
      'A way to the Broker answers',
    );
  });
});
