/** Faults of the existing software that concern status (numbers of `peers.md`, part 3): ours does not have them. */
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../api/evidence.ts';
import {
  ago,
  badPod,
  broker,
  CONTEXT,
  definition,
  failed,
  healthyEvidence,
  HOUR,
  link,
  linkDown,
  meshsync,
  meshsyncClient,
  MINUTE,
  monitor,
  ourClient,
  pod,
  podsWith,
  SECOND,
  seen,
  unreadyWorkload,
  workload,
  workloadsWith,
} from './fixtures.ts';
import { judge } from './judge.ts';

const judged = (overrides: Partial<Evidence>) => judge(healthyEvidence(overrides), CONTEXT);
const codesOf = (overrides: Partial<Evidence>) => judged(overrides).findings.map(({ code }) => code);
/** Operator, MeshSync, Broker. */
const statesOf = (overrides: Partial<Evidence>) =>
  judged(overrides)
    .controllers.map(({ state }) => state)
    .join(' ');

/** The Broker came back three minutes ago, and its list does not name MeshSync any more. */
const BROKER_IS_BACK: Partial<Evidence> = {
  pods: podsWith('broker', pod('broker', { createdAt: ago(3 * MINUTE) })),
  monitor: seen(monitor({ clients: [ourClient] })),
};

describe('1: MeshSync gives up connecting, and its pod stays ready', () => {
  const link5 = link({ sinceAt: ago(3 * MINUTE), lastMessageAt: ago(5 * MINUTE), ratePerSecond: 0 });
  it('is RUNNING and broken, never CONNECTED, whatever its pod says of itself', () => {
    const evidence = { ...BROKER_IS_BACK, link: link5 };
    expect(statesOf(evidence)).toMatch(/^DEPLOYED RUNNING /);
    expect(judged(evidence).health).toBe('broken');
  });
  it('is named as the root cause, with what it takes to mend it', () => {
    const [root] = judged({ ...BROKER_IS_BACK, link: link5 }).findings;
    expect(root).toMatchObject({ code: 'MT-M-18', hop: 'meshsync' });
    expect(root?.remedies.length).toBeGreaterThan(1);
  });
  it('is not claimed of a MeshSync that is younger than the Broker', () => {
    const renewed = seen([
      pod('operator'),
      pod('broker', { createdAt: ago(3 * MINUTE) }),
      pod('meshsync', { createdAt: ago(2 * MINUTE) }),
    ]);
    expect(codesOf({ ...BROKER_IS_BACK, pods: renewed, link: link5 })[0]).toBe('MT-M-19');
  });
});

describe('2: a link that is given up for good after one refusal', () => {
  it('is told as the token’s fault while it is refused, and is well as soon as it is let in', () => {
    const refused = linkDown({
      state: 'lost',
      candidates: [
        {
          kind: 'external',
          address: '203.0.113.7:4222',
          outcome: 'failed',
          failure: { kind: 'auth', message: 'the token was refused' },
        },
      ],
    });
    expect(codesOf({ link: refused })[0]).toBe('MT-B-17');
    expect(codesOf({ link: link({ sinceAt: ago(SECOND) }) })).toEqual([]);
  });
});

describe('6 and 11: what answers is another’s', () => {
  it('does not count the data of another cluster’s Broker as this one’s', () => {
    const others = link({ proof: 'mismatch', address: 'localhost:4222', lastMessageAt: ago(200) });
    expect(codesOf({ link: others })[0]).toBe('MT-B-14');
    expect(statesOf({ link: others })).toMatch(/ DEPLOYED$/);
    expect(judged({ link: others }).hops.find(({ hop }) => hop === 'server')?.verdict).not.toBe('good');
  });
  it('does not take MeshSync’s data over such a link for MeshSync being connected', () => {
    const others = link({ proof: 'mismatch', lastMessageAt: ago(200) });
    expect(statesOf({ link: others, monitor: failed('timeout') })).toBe('DEPLOYED RUNNING DEPLOYED');
  });
  it('says *unknown* for a refused identity, and does not judge by any other', () => {
    const { controllers, health, findings } = judged({ api: failed('unauthorized') });
    expect(controllers.every(({ state }) => state === 'UNKNOWN')).toBe(true);
    expect(health).toBe('unknown');
    expect(findings.map(({ code }) => code)).toEqual(['MT-K-07']);
  });
});

describe('9: a state that sticks until a restart', () => {
  it('follows the evidence from one look to the next, in both directions', () => {
    const gone: Partial<Evidence> = {
      resources: seen([]),
      workloads: seen([]),
      pods: seen([]),
      services: seen([]),
      link: linkDown({ state: 'idle' }),
    };
    expect(statesOf({})).toBe('DEPLOYED CONNECTED CONNECTED');
    expect(statesOf(gone)).toBe('NOTDEPLOYED UNDEPLOYED UNDEPLOYED');
    expect(statesOf({})).toBe('DEPLOYED CONNECTED CONNECTED');
  });
  it('is *unknown* while nothing can be seen, not what it was before', () => {
    const before = { lastValue: [workload('operator')], lastSeenAt: ago(MINUTE) };
    expect(statesOf({ workloads: failed('timeout', before) })).toMatch(/^UNKNOWN /);
  });
});

describe('10: NATS crash-loops over its configuration', () => {
  it('is the Broker’s fault, and MeshSync’s being cut off follows from it', () => {
    const { findings } = judged({
      workloads: workloadsWith('broker', unreadyWorkload('broker')),
      pods: podsWith('broker', badPod('broker', { reason: 'CrashLoopBackOff', restarts: 9 })),
      link: linkDown({ state: 'lost' }),
      monitor: failed('refused'),
    });
    expect(findings[0]?.code).toBe('MT-B-04');
    expect(findings.filter(({ code }) => code === 'MT-S-10').map(({ followsFrom }) => followsFrom)).toEqual([
      'MT-B-04',
    ]);
  });
});

describe('12: no diagnostics at all for a cluster without an Operator', () => {
  it('names what is missing, and what to press', () => {
    const [root] = judged({
      resources: seen([]),
      workloads: seen([]),
      pods: seen([]),
      services: seen([]),
      link: linkDown({ state: 'idle' }),
    }).findings;
    expect(root?.code).toBe('MT-O-01');
    expect(root?.remedies.some(({ kind }) => kind === 'operation')).toBe(true);
  });
});

describe('13: what old charts leave behind', () => {
  it('names the image that was removed from its registry, with the image', () => {
    const proxy = { name: 'kube-rbac-proxy', image: 'gcr.io/kubebuilder/kube-rbac-proxy:v0.5.0' };
    const bad = badPod('operator', { ...proxy, reason: 'ImagePullBackOff' });
    const evidence = {
      workloads: workloadsWith('operator', unreadyWorkload('operator', { containers: [proxy] })),
      pods: podsWith('operator', bad),
    };
    expect(codesOf(evidence)[0]).toBe('MT-O-10');
  });
  it('names the finalizer nobody takes off', () => {
    const stuck = meshsync({ deletedAt: ago(HOUR), finalizers: ['meshsync.meshery.io/finalizer'] });
    const [root] = judged({
      workloads: workloadsWith('operator', undefined),
      pods: podsWith('operator', undefined),
      resources: seen([broker(), stuck]),
    }).findings;
    expect(root?.code).toBe('MT-O-02');
    expect(root?.facts[0]?.text).toContain('meshsync.meshery.io/finalizer');
  });
});

describe('a definition of a group that was given up', () => {
  const old = {
    definitions: seen([
      definition('Broker', { group: 'meshery.layer5.io' }),
      definition('MeshSync', { group: 'meshery.layer5.io' }),
    ]),
  };
  const operator = (tag: string) => ({
    workloads: workloadsWith(
      'operator',
      workload('operator', { containers: [{ name: 'manager', image: `meshery/meshery-operator:${tag}` }] }),
    ),
  });
  it('is of no use to an Operator of 1.0 or later', () => {
    const [root] = judged({ ...old, ...operator('1.0.5'), resources: seen([]) }).findings;
    expect(root?.code).toBe('MT-O-06');
    expect(root?.facts[0]?.text).toContain('acts on meshery.io;');
  });
  it.each(['0.8.0', 'stable-latest'])('may be the one an Operator %s acts on', (tag) => {
    expect(codesOf({ ...old, ...operator(tag) })).not.toContain('MT-O-06');
  });
});

describe('14: the Operator’s *Failed* condition comes with status False', () => {
  const failedCondition = {
    type: 'Failed',
    status: 'False' as const,
    reason: 'ReconciliationFailed',
    message: 'statefulsets.apps is forbidden',
  };
  it('is a failure by its reason, with the message', () => {
    const [found] = judged({
      resources: seen([broker({ conditions: [failedCondition] }), meshsync()]),
    }).findings;
    expect(found?.code).toBe('MT-B-27');
    expect(found?.facts[0]?.text).toContain('statefulsets.apps is forbidden');
  });
  it('is over when the resource reads Ready', () => {
    const ready = { type: 'Ready', status: 'True' as const, reason: 'ReconciliationSuccessful' };
    expect(
      codesOf({ resources: seen([broker({ conditions: [failedCondition, ready] }), meshsync()]) }),
    ).toEqual([]);
  });
});

describe('15: everything says CONNECTED, and the subjects are the other family’s', () => {
  const longAgo = { sinceAt: ago(HOUR), messages: 0, lastMessageAt: undefined, ratePerSecond: 0 };
  it('is named when we listen to other subjects than MeshSync publishes to', () => {
    const deaf = link({ ...longAgo, messagesBySubject: {}, subjects: ['meshplay.meshsync.core'] });
    expect(codesOf({ link: deaf })[0]).toBe('MT-S-03');
    expect(judged({ link: deaf }).health).not.toBe('healthy');
  });
  it('is not shown CONNECTED for the Broker when nothing has ever come', () => {
    const deaf = link({ ...longAgo, messagesBySubject: {} });
    const other = { ...ourClient, subscriptions: ['meshplay.meshsync.request'] };
    expect(statesOf({ link: deaf, monitor: seen(monitor({ clients: [meshsyncClient, other] })) })).toMatch(
      / DEPLOYED$/,
    );
  });
  it('is told as a note when the data arrives all the same', () => {
    const other = link({ messagesBySubject: { 'meshplay.meshsync.core': 40 } });
    expect(codesOf({ link: other })).toEqual(['MT-S-11']);
    expect(judged({ link: other }).health).toBe('healthy');
  });
});

describe('16: MeshSync is shown CONNECTED because this server is', () => {
  it('stays RUNNING while our own client is alive and MeshSync’s is not there', () => {
    const ours = link({ sinceAt: ago(3 * MINUTE), lastMessageAt: ago(4 * MINUTE), ratePerSecond: 0 });
    expect(statesOf({ monitor: seen(monitor({ clients: [ourClient] })), link: ours })).toBe(
      'DEPLOYED RUNNING CONNECTED',
    );
  });
  it('does not upgrade a MeshSync without a ready pod either', () => {
    const notReady = {
      workloads: workloadsWith('meshsync', unreadyWorkload('meshsync')),
      pods: podsWith('meshsync', pod('meshsync', { ready: false })),
    };
    expect(statesOf(notReady)).toBe('DEPLOYED DEPLOYED CONNECTED');
  });
});
