import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../api/evidence.ts';
import {
  ago,
  badPod,
  broker,
  candidate,
  CONTEXT,
  failed,
  failure,
  healthyEvidence,
  HOUR,
  link,
  linkDown,
  meshsync,
  monitor,
  pod,
  podsWith,
  SECOND,
  seen,
  service,
  workload,
  workloadsWith,
} from './fixtures.ts';
import { judge } from './judge.ts';

function codesOf(overrides: Partial<Evidence>): string[] {
  return judge(healthyEvidence(overrides), CONTEXT).findings.map((finding) => finding.code);
}

const quietLink = link({ lastMessageAt: ago(HOUR), ratePerSecond: 0 });

describe('why there is no link', () => {
  const inside = {
    services: seen([service('broker', { type: 'ClusterIP', externalAddresses: [] })]),
    resources: seen([broker({ endpoint: { internal: '10.96.0.20:4222' } }), meshsync()]),
  };
  const lost = { state: 'lost' as const, sinceAt: ago(20 * SECOND) };
  it('names a first attempt that failed as what it is, not as a link that was lost', () => {
    expect(codesOf({ link: linkDown({ ...lost, candidates: [candidate('external', 'timeout')] }) })[0]).toBe(
      'MT-B-23',
    );
  });
  it('names a link that carried data and went away as lost, even where only a forwarded port works', () => {
    const gone = linkDown({ ...lost, messages: 40, candidates: [candidate('port-forward', 'refused')] });
    expect(codesOf({ ...inside, link: gone })[0]).toBe('MT-B-22');
  });
  it('names the missing address where the API server does not let a port be forwarded', () => {
    const barred = linkDown({ ...lost, messages: 40, candidates: [candidate('port-forward', 'forbidden')] });
    expect(codesOf({ ...inside, link: barred })[0]).toBe('MT-B-21');
  });
  it('does not take what answers at a ClusterIP seen from outside for our Broker', () => {
    const other = linkDown({
      candidates: [candidate('internal', 'auth'), candidate('port-forward', 'forbidden')],
    });
    expect(codesOf({ ...inside, link: other })[0]).toBe('MT-B-21');
  });
  it('names a subscription that the Broker forbids, and does not blame the token', () => {
    const message = 'The Broker at 203.0.113.7:4222 forbids to subscribe meshery.meshsync.core.';
    const denied = linkDown({
      ...lost,
      candidates: [candidate('external')],
      failure: failure('forbidden', message),
    });
    const [root] = judge(healthyEvidence({ link: denied }), CONTEXT).findings;
    expect(root?.code).toBe('MT-S-01');
    expect(root?.facts[0]?.text).toBe(message);
  });
  it('does not take the list of one Broker pod for that of three', () => {
    const three = workloadsWith(
      'broker',
      workload('broker', { replicas: 3, updated: 3, ready: 3, available: 3, total: 3 }),
    );
    const codes = codesOf({ workloads: three, monitor: seen(monitor({ clients: [] })), link: quietLink });
    expect(codes).not.toContain('MT-M-19');
    expect(codes).not.toContain('MT-S-02');
  });
});

describe('what a finding tells', () => {
  it('names why a new version of the Operator does not come up while the old one works', () => {
    const evidence = healthyEvidence({
      workloads: workloadsWith('operator', workload('operator', { total: 2 })),
      pods: seen([
        pod('operator'),
        badPod('operator', { reason: 'ImagePullBackOff' }),
        pod('meshsync'),
        pod('broker'),
      ]),
    });
    const [finding] = judge(evidence, CONTEXT).findings;
    expect(finding).toMatchObject({ code: 'MT-O-20', severity: 'warning' });
    expect(finding?.summary).toContain('ImagePullBackOff');
  });
  it('names the exact permission that is missing, and how to ask the cluster for it', () => {
    const permission = { verb: 'list', group: 'apps', resource: 'deployments', namespace: 'meshery' };
    const [finding] = judge(
      healthyEvidence({ workloads: failed('forbidden', { permission }) }),
      CONTEXT,
    ).findings;
    expect(finding?.summary).toBe('This user may not list deployments.apps in meshery.');
    expect(finding?.remedies[0]).toMatchObject({
      command: 'kubectl auth can-i list deployments.apps -n meshery',
    });
  });
  it('names a deletion that does not end, not the workload that went before it', () => {
    const going = meshsync({ deletedAt: ago(HOUR), finalizers: ['example.com/hold'] });
    const codes = codesOf({
      resources: seen([broker(), going]),
      workloads: workloadsWith('meshsync', undefined),
      pods: podsWith('meshsync', undefined),
      monitor: seen(monitor({ clients: [] })),
    });
    expect(codes[0]).toBe('MT-O-23');
    expect(codes).not.toContain('MT-M-15');
  });
  it('puts no name into a command that a shell would read as more than a name', () => {
    const hostile = workload('broker', { name: 'x; rm -rf /', replicas: 0, ready: 0, total: 0 });
    const evidence = healthyEvidence({
      workloads: workloadsWith('broker', hostile),
      pods: podsWith('broker', undefined),
    });
    const found = judge(evidence, CONTEXT).findings.find((finding) => finding.code === 'MT-B-08');
    expect(found?.remedies[0]).toMatchObject({
      command: 'kubectl scale statefulset/<name> -n meshery --replicas=1',
    });
  });
});

describe('what the identity may not do is not offered', () => {
  const inside = (barred: boolean): Partial<Evidence> => ({
    services: seen([service('broker', { type: 'ClusterIP', externalAddresses: [] })]),
    resources: seen([broker({ endpoint: { internal: '10.96.0.20:4222' } }), meshsync()]),
    link: linkDown({
      candidates: [
        candidate('internal', 'timeout'),
        candidate('port-forward', barred ? 'forbidden' : 'timeout'),
      ],
    }),
  });
  const rootOf = (overrides: Partial<Evidence>) => judge(healthyEvidence(overrides), CONTEXT).findings[0];
  it('offers a forwarded port to an identity that may forward one', () => {
    const root = rootOf(inside(false));
    expect(root?.code).toBe('MT-B-21');
    expect(root?.remedies[0]).toEqual({
      kind: 'operation',
      label: 'Use port-forward',
      operation: 'reconnect',
    });
  });
  it.each([
    ['ClusterIP', 'MT-B-21'],
    ['LoadBalancer', 'MT-B-20'],
  ] as const)('offers the right to forward one to an identity that may not, with a %s', (type, code) => {
    const services = seen([service('broker', { type, externalAddresses: [] })]);
    const root = rootOf({ ...inside(true), services });
    expect(root?.code).toBe(code);
    expect(root?.remedies[0]).toMatchObject({
      kind: 'command',
      command: expect.stringContaining(
        'kubectl create role broker-port-forward -n meshery --verb=create --resource=pods/portforward',
      ),
    });
    expect(JSON.stringify(root?.remedies)).not.toMatch(/Use port-forward|needs/);
  });
  it('offers no command that forwards a port either', () => {
    const stranger = link({
      candidates: [candidate('external'), candidate('port-forward', 'forbidden')],
    });
    const found = judge(healthyEvidence({ link: stranger, monitor: failed('timeout') }), CONTEXT).findings;
    expect(found.map(({ code }) => code)).toEqual(['MT-B-30']);
    expect(JSON.stringify(found)).not.toContain('kubectl port-forward');
  });
});

describe('the hop that is broken', () => {
  it('is the first thing that is missing on the path: an Operator that runs is well', () => {
    const alone = healthyEvidence({
      resources: seen([]),
      workloads: seen([workload('operator')]),
      pods: seen([pod('operator')]),
      services: seen([]),
      link: linkDown({ state: 'idle' }),
      monitor: { status: 'pending' },
    });
    const { findings, hops } = judge(alone, CONTEXT);
    expect(findings[0]).toMatchObject({ code: 'MT-O-22', hop: 'meshsync' });
    expect(findings.slice(1).filter(({ followsFrom }) => followsFrom !== 'MT-O-22')).toEqual([]);
    expect(hops.slice(0, 4).map(({ verdict }) => verdict)).toEqual(['good', 'good', 'broken', 'broken']);
    expect(hops.slice(0, 3).map(({ onward }) => onward)).toEqual(['carries', 'carries', 'broken']);
  });
});
