import { describe, expect, it } from 'vitest';
import type { Evidence, Observation } from '../../api/evidence.ts';
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
  meshsyncClient,
  MINUTE,
  monitor,
  ourClient,
  pod,
  podsWith,
  SECOND,
  seen,
  service,
  unreadyWorkload,
  workload,
  workloadsWith,
} from './fixtures.ts';
import { judge } from './judge.ts';

/** States in the order Operator, MeshSync, Broker. */
function statesOf(overrides: Partial<Evidence>): string {
  return judge(healthyEvidence(overrides), CONTEXT)
    .controllers.map((controller) => controller.state)
    .join(' ');
}

function codesOf(overrides: Partial<Evidence>): string[] {
  return judge(healthyEvidence(overrides), CONTEXT).findings.map((finding) => finding.code);
}

const nothing = {
  resources: seen([]),
  workloads: seen([]),
  pods: seen([]),
  services: seen([]),
  link: linkDown({ state: 'idle' }),
} as const;
const noMeshsyncClient = seen(monitor({ clients: [ourClient] }));
const quietLink = link({ lastMessageAt: ago(HOUR), ratePerSecond: 0 });
const apiDown: Partial<Evidence> = { api: failed('timeout') };

interface Row {
  readonly row: string;
  readonly evidence: Partial<Evidence>;
  /** Operator, MeshSync, Broker. */
  readonly states: string;
}

describe('the combined table', () => {
  const rows: (Row & { readonly root: string })[] = [
    { row: 'API unreachable', evidence: apiDown, states: 'UNKNOWN UNKNOWN UNKNOWN', root: 'MT-K-02' },
    {
      row: '401',
      evidence: { api: failed('unauthorized') },
      states: 'UNKNOWN UNKNOWN UNKNOWN',
      root: 'MT-K-07',
    },
    {
      row: 'never installed',
      evidence: nothing,
      states: 'NOTDEPLOYED UNDEPLOYED UNDEPLOYED',
      root: 'MT-O-01',
    },
    {
      row: 'orphaned controllers',
      evidence: { workloads: workloadsWith('operator', undefined), pods: podsWith('operator', undefined) },
      states: 'NOTDEPLOYED CONNECTED CONNECTED',
      root: 'MT-O-04',
    },
    {
      row: 'orphaned workloads without resources',
      evidence: {
        workloads: workloadsWith('operator', undefined),
        pods: podsWith('operator', undefined),
        resources: seen([]),
        link: linkDown(),
        monitor: failed('refused'),
      },
      states: 'NOTDEPLOYED RUNNING DEPLOYED',
      root: 'MT-B-32',
    },
    {
      row: 'operator rolled out, resources absent',
      evidence: { ...nothing, workloads: seen([workload('operator')]), pods: seen([pod('operator')]) },
      states: 'DEPLOYED UNDEPLOYED UNDEPLOYED',
      root: 'MT-O-22',
    },
    {
      row: 'operator unready',
      evidence: {
        workloads: workloadsWith('operator', unreadyWorkload('operator')),
        pods: podsWith('operator', badPod('operator', { reason: 'ErrImagePull' })),
      },
      states: 'DEPLOYING CONNECTED CONNECTED',
      root: 'MT-O-11',
    },
    {
      row: 'Broker resource, 0 ready',
      evidence: {
        workloads: workloadsWith('broker', unreadyWorkload('broker')),
        pods: podsWith('broker', pod('broker', { ready: false })),
        link: linkDown(),
        monitor: failed('refused'),
      },
      states: 'DEPLOYED RUNNING DEPLOYED',
      root: 'MT-B-12',
    },
    {
      row: 'no external address',
      evidence: {
        services: seen([service('broker', { type: 'ClusterIP', externalAddresses: [] })]),
        resources: seen([broker({ endpoint: { internal: '10.96.0.20:4222' } }), meshsync()]),
        link: linkDown({ candidates: [candidate('internal', 'timeout')], failure: failure('timeout') }),
      },
      states: 'DEPLOYED CONNECTED DEPLOYED',
      root: 'MT-B-21',
    },
    {
      row: 'client, but no message for long',
      evidence: { link: quietLink },
      states: 'DEPLOYED CONNECTED CONNECTED',
      root: 'MT-S-05',
    },
    {
      row: 'stuck terminating',
      evidence: {
        ...nothing,
        resources: seen([broker({ deletedAt: ago(HOUR), finalizers: ['broker.meshery.io/finalizer'] })]),
      },
      states: 'NOTDEPLOYED UNDEPLOYED DEPLOYED',
      root: 'MT-O-02',
    },
  ];
  it.each(rows)('$row', ({ evidence, states, root }) => {
    expect(codesOf(evidence)[0]).toBe(root);
    expect(statesOf(evidence)).toBe(states);
  });
});

describe('false positives and negatives of the existing code', () => {
  it('takes no session of its own for a second server while the link comes up', () => {
    const clients = [meshsyncClient, ourClient, { ...ourClient, cid: 11, isOurs: false }];
    const listed = seen(monitor({ clients, connections: 3 }));
    expect(codesOf({ monitor: listed })).toContain('MT-S-12');
    expect(codesOf({ monitor: listed, link: link({ sinceAt: ago(2 * SECOND) }) })).not.toContain('MT-S-12');
  });

  it('1: a client of our name that is not us does not make the Broker CONNECTED', () => {
    const stranger = { ...ourClient, cid: 99, isOurs: false };
    expect(statesOf({ link: linkDown(), monitor: seen(monitor({ clients: [stranger] })) })).toBe(
      'DEPLOYED RUNNING DEPLOYED',
    );
  });
  it('2: a link without a message or a subscription the Broker knows is not CONNECTED', () => {
    const silent = link({ messages: 0, lastMessageAt: undefined });
    expect(statesOf({ link: silent, monitor: failed('timeout') })).toBe('DEPLOYED RUNNING DEPLOYED');
    expect(codesOf({ link: silent, monitor: failed('timeout') })[0]).toBe('MT-S-04');
    expect(
      statesOf({ monitor: seen(monitor({ clients: [{ ...ourClient, subscriptions: ['other'] }] })) }),
    ).toMatch(/ DEPLOYED$/);
  });
  it('3: data that flows makes the Broker CONNECTED, whatever the client is called', () => {
    expect(
      statesOf({ monitor: seen(monitor({ clients: [meshsyncClient, { ...ourClient, name: 'meshplay' }] })) }),
    ).toBe('DEPLOYED CONNECTED CONNECTED');
  });
  it('4: an unreachable monitoring port does not hide data that flows', () => {
    const judgement = judge(healthyEvidence({ monitor: failed('timeout') }), CONTEXT);
    expect(judgement.controllers.map((one) => one.state)).toEqual(['DEPLOYED', 'CONNECTED', 'CONNECTED']);
    expect(judgement.health).toBe('healthy');
  });
  it('5: a list of clients that is cut off is not proof of absence', () => {
    const cut = seen(monitor({ clients: [], isComplete: false, connections: 4000 }));
    expect(codesOf({ monitor: cut, link: quietLink })).not.toContain('MT-M-19');
    expect(codesOf({ monitor: cut })).not.toContain('MT-S-02');
  });
  it('6: a monitoring port that hangs leaves the other states alone', () => {
    expect(statesOf({ monitor: { status: 'pending' } })).toBe('DEPLOYED CONNECTED CONNECTED');
  });
  it('7: a Broker with only a ClusterIP can be CONNECTED', () => {
    const forwarded = link({
      chosen: 'port-forward',
      candidates: [candidate('internal', 'timeout'), candidate('port-forward')],
    });
    const services = seen([service('broker', { type: 'ClusterIP', externalAddresses: [] })]);
    expect(statesOf({ link: forwarded, services })).toBe('DEPLOYED CONNECTED CONNECTED');
    expect(codesOf({ link: forwarded, services })).toEqual(['MT-B-29']);
  });
  it('8: NOTDEPLOYED is a fault, and RUNNING is not the same as unreachable', () => {
    expect(judge(healthyEvidence(nothing), CONTEXT).health).toBe('broken');
    expect(codesOf({ monitor: noMeshsyncClient, link: quietLink })).toContain('MT-M-19');
  });
  it('9: the Broker of another cluster under the same address is not ours', () => {
    const wrong = link({ proof: 'mismatch', address: 'localhost:4222' });
    expect(statesOf({ link: wrong, monitor: failed('timeout') })).toBe('DEPLOYED RUNNING DEPLOYED');
    expect(codesOf({ link: wrong })[0]).toBe('MT-B-14');
    expect(codesOf({ link: link({ proof: 'unproven', sinceAt: ago(14 * SECOND) }) })).toEqual([]);
  });
  it('10: pods that cannot be listed leave what else was seen', () => {
    expect(statesOf({ pods: failed('timeout') })).toBe('DEPLOYED CONNECTED CONNECTED');
    expect(codesOf({ pods: failed('timeout') })).toEqual(['MT-K-16']);
  });
  it('11: the judgement of one connection knows nothing of another', () => {
    const before = JSON.stringify(judge(healthyEvidence(), CONTEXT));
    judge(healthyEvidence({ ...nothing, connectionId: 'connection-2' }), CONTEXT);
    expect(JSON.stringify(judge(healthyEvidence(), CONTEXT))).toBe(before);
  });
  it('12: resources of the old API group count as they are', () => {
    const old = {
      resources: seen([broker({ group: 'meshery.layer5.io' }), meshsync({ group: 'meshery.layer5.io' })]),
    };
    expect(statesOf(old)).toBe('DEPLOYED CONNECTED CONNECTED');
    expect(codesOf(old)).toEqual(['MT-O-27']);
  });
});

describe('timing', () => {
  const youngOperator: {
    workloads: Observation<Evidence['workloads'] extends Observation<infer T> ? T : never>;
    pods: Evidence['pods'];
  } = {
    workloads: seen([workload('operator', { createdAt: ago(20 * SECOND) })]),
    pods: seen([pod('operator', { createdAt: ago(20 * SECOND) })]),
  };
  it('calls what a young operator has not created yet changing, not broken', () => {
    const judgement = judge(healthyEvidence({ ...nothing, ...youngOperator }), CONTEXT);
    expect(judgement.health).toBe('changing');
    expect(judgement.findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual([
      'MT-B-33 info',
      'MT-M-26 info',
    ]);
  });
  it('reports a missing Deployment at once when the operator is not young', () => {
    const gone = { workloads: workloadsWith('meshsync', undefined), pods: podsWith('meshsync', undefined) };
    expect(codesOf(gone)[0]).toBe('MT-M-15');
  });
  it('is changing while an operation runs, and still names an image that cannot be pulled', () => {
    const evidence = healthyEvidence({
      workloads: workloadsWith('meshsync', unreadyWorkload('meshsync')),
      pods: podsWith('meshsync', badPod('meshsync', { reason: 'ErrImagePull' })),
    });
    const judgement = judge(evidence, { ...CONTEXT, isOperationRunning: true });
    expect(judgement.health).toBe('changing');
    expect(judgement.findings[0]?.code).toBe('MT-M-07');
  });
  it('keeps MeshSync CONNECTED by data newer than the list of clients, and not by older', () => {
    expect(statesOf({ monitor: seen(monitor({ clients: [ourClient] }), MINUTE) })).toBe(
      'DEPLOYED CONNECTED CONNECTED',
    );
    expect(statesOf({ monitor: seen(monitor({ clients: [ourClient] }), 50) })).toBe(
      'DEPLOYED RUNNING CONNECTED',
    );
  });
  it('says when a silent watch told the truth for the last time', () => {
    const silent = {
      workloads: failed<Extract<Evidence['workloads'], { status: 'seen' }>['value']>('silent', {
        lastSeenAt: ago(MINUTE),
        lastValue: [],
      }),
    };
    const [operator] = judge(healthyEvidence(silent), CONTEXT).controllers;
    expect(operator.state).toBe('UNKNOWN');
    expect(operator.because[0]?.text).toMatch(/last seen well at 2026-03-01 11:59:00 UTC$/);
  });
  it('claims nothing before anything was looked at', () => {
    const judgement = judge(healthyEvidence({ api: { status: 'pending' } }), CONTEXT);
    expect(judgement.health).toBe('unknown');
    expect(judgement.findings).toEqual([]);
    expect(judgement.controllers.every((one) => one.state === 'UNKNOWN')).toBe(true);
  });
});

describe('hops', () => {
  it('draws the broken line where data stops, and nothing behind it', () => {
    const noAddress = {
      services: seen([service('broker', { type: 'ClusterIP', externalAddresses: [] })]),
      resources: seen([broker({ endpoint: { internal: '10.96.0.20:4222' } }), meshsync()]),
      link: linkDown({ candidates: [candidate('internal', 'timeout')] }),
      database: seen({ rows: 9, lastWriteAt: ago(4 * MINUTE), isBehind: false, rejected: 0 }),
    };
    const { hops, health } = judge(healthyEvidence(noAddress), CONTEXT);
    expect(hops.map((hop) => hop.onward)).toEqual([
      'carries',
      'carries',
      'carries',
      'broken',
      'not-evaluated',
      'end',
    ]);
    expect(hops.map((hop) => hop.verdict)).toEqual([
      'good',
      'good',
      'good',
      'attention',
      'attention',
      'unknown',
    ]);
    expect(hops.map((hop) => hop.word)).toEqual([
      '38 ms',
      'DEPLOYED',
      'CONNECTED',
      'DEPLOYED',
      'not connected',
      '4 min old',
    ]);
    expect(health).toBe('needs-attention');
  });
  it('does not call the database live behind a MeshSync that is cut off', () => {
    const cutOff = {
      monitor: noMeshsyncClient,
      link: link({ lastMessageAt: ago(5 * MINUTE), ratePerSecond: 0 }),
    };
    const { hops } = judge(
      healthyEvidence({
        ...cutOff,
        database: seen({ rows: 9, lastWriteAt: ago(5 * MINUTE), isBehind: false, rejected: 0 }),
      }),
      CONTEXT,
    );
    expect(hops.map((hop) => hop.onward)).toEqual([
      'carries',
      'carries',
      'broken',
      'not-evaluated',
      'not-evaluated',
      'end',
    ]);
    expect(hops.map((hop) => hop.word).slice(4)).toEqual(['no data', '5 min old']);
    expect(hops.map((hop) => hop.verdict).slice(4)).toEqual(['unknown', 'unknown']);
  });
  it('breaks the line at the server where the link stands and carries nothing', () => {
    const { hops } = judge(
      healthyEvidence({
        monitor: seen(monitor({ clients: [meshsyncClient, { ...ourClient, subscriptions: [] }] })),
        link: link({ messages: 0, lastMessageAt: undefined }),
      }),
      CONTEXT,
    );
    expect(hops.map((hop) => hop.onward)).toEqual([
      'carries',
      'carries',
      'carries',
      'carries',
      'broken',
      'end',
    ]);
    expect(hops[4]).toMatchObject({ verdict: 'broken', word: 'no data' });
  });
  it('evaluates nothing behind an API server that does not answer', () => {
    const { hops, findings, health } = judge(
      healthyEvidence({
        api: failed('timeout'),
        database: seen({ rows: 9, lastWriteAt: ago(2 * HOUR), isBehind: false, rejected: 0 }),
      }),
      CONTEXT,
    );
    expect(hops.map((hop) => hop.onward)).toEqual([
      'broken',
      'not-evaluated',
      'not-evaluated',
      'not-evaluated',
      'not-evaluated',
      'end',
    ]);
    expect(hops.map((hop) => hop.word)).toEqual([
      'no answer',
      'unknown',
      'unknown',
      'unknown',
      'unknown',
      '2 h old',
    ]);
    expect(findings.map((finding) => finding.code)).toEqual(['MT-K-02']);
    expect(health).toBe('unknown');
  });
});
