/** What a person reads of a cluster must not contradict itself, nor name a lesser reason than the one that decides. */
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
  MINUTE,
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

const judged = (overrides: Partial<Evidence>) => judge(healthyEvidence(overrides), CONTEXT);
const hopOf = (overrides: Partial<Evidence>, wanted: string) =>
  judged(overrides).hops.find(({ hop }) => hop === wanted);
const becauseOf = (overrides: Partial<Evidence>, wanted: string) =>
  judged(overrides)
    .controllers.find(({ controller }) => controller === wanted)
    ?.because.map(({ text }) => text) ?? [];
const codesOf = (overrides: Partial<Evidence>) => judged(overrides).findings.map(({ code }) => code);

describe('the line into the database', () => {
  it.each<[string, Partial<Evidence>, string]>([
    ['that is damaged', { database: failed('other', { message: 'the file is damaged' }) }, 'nothing kept'],
    ['that stays empty', { database: seen({ rows: 0, isBehind: false, rejected: 0 }) }, 'empty'],
  ])('is broken before one %s, and the server stays well', (_story, evidence, word) => {
    expect(hopOf(evidence, 'server')).toMatchObject({ verdict: 'good', onward: 'broken' });
    expect(hopOf(evidence, 'database')).toMatchObject({ verdict: 'broken', word });
  });
  it('carries while the database is only behind, or was not looked at yet', () => {
    const behind = seen({ rows: 9, lastWriteAt: ago(200), isBehind: true, rejected: 0 });
    expect(hopOf({ database: behind }, 'server')?.onward).toBe('carries');
    expect(hopOf({ database: { status: 'pending' } }, 'server')?.onward).toBe('carries');
    expect(hopOf({ database: { status: 'pending' } }, 'database')?.word).toBe('unknown');
  });
  it('is not evaluated behind a break before it', () => {
    const evidence: Partial<Evidence> = { link: linkDown(), database: failed('other') };
    expect(hopOf(evidence, 'server')?.onward).toBe('not-evaluated');
  });
});

describe('what the Operator’s health check says', () => {
  const conditions = [{ type: 'Ready', status: 'False', reason: 'HealthCheckFailed' }];
  const resources = seen([broker({ conditions }), meshsync({ conditions })]);
  it('is no fault where the pods are seen to be well: it was read before it was written anew', () => {
    expect(codesOf({ resources })).toEqual([]);
    // The pods are told of before their workload is.
    const workloads = workloadsWith('meshsync', unreadyWorkload('meshsync'));
    expect(codesOf({ resources, workloads })).toEqual([]);
  });
  it('counts where neither pods nor workloads can be seen, and any other failure always', () => {
    const blind = { workloads: failed<never>('timeout'), pods: failed<never>('timeout') };
    expect(codesOf({ resources, ...blind })).toEqual(expect.arrayContaining(['MT-B-27', 'MT-M-25']));
    const refused = [{ type: 'Failed', status: 'False', reason: 'ReconciliationFailed' }];
    expect(codesOf({ resources: seen([broker(), meshsync({ conditions: refused })]) })).toEqual(['MT-M-25']);
  });
});

describe('a login that is not accepted', () => {
  it.each(['unauthorized', 'auth'] as const)('%s is told apart from a missing permission', (kind) => {
    expect(hopOf({ api: failed(kind) }, 'kubernetes')?.word).toBe('login refused');
  });
  it('is not what a missing permission is called', () => {
    expect(hopOf({ api: failed('forbidden') }, 'kubernetes')?.word).toBe('no permission');
  });
});

describe('why there is no link', () => {
  const barred = failure('forbidden', 'pods "x" is forbidden: cannot create pods/portforward');
  const quoted = (candidates: Evidence['link']['candidates'], more: Partial<Evidence> = {}) =>
    becauseOf({ link: linkDown({ state: 'lost', candidates, failure: barred }), ...more }, 'broker')[0];
  const external = candidate('external', 'timeout');
  it('quotes the address that does not answer, not the forwarded port that was tried last', () => {
    const guesses = [candidate('internal', 'unreachable'), candidate('api-host', 'refused')];
    const words = quoted([...guesses, external, candidate('port-forward', 'forbidden')]);
    expect(words).toBe('4 routes tried, 0 answered: 203.0.113.7:4222: it failed: timeout');
  });
  it('quotes who answered and refused before any silence', () => {
    expect(quoted([external, candidate('port-forward', 'auth')])).toContain('it failed: auth');
  });
  it('quotes the forwarded port where no other way is one', () => {
    expect(quoted([candidate('internal', 'unreachable'), candidate('port-forward', 'forbidden')])).toContain(
      'it failed: forbidden',
    );
  });
  it('begins with the address inside the cluster where this server is inside', () => {
    const words = quoted([external, candidate('internal', 'refused')], { isServerInCluster: true });
    expect(words).toContain('it failed: refused');
  });
});

describe('a MeshSync that answers and tells of no change', () => {
  const deaf = {
    link: link({ lastMessageAt: ago(15 * SECOND), quietForSeconds: 3600, heardForSeconds: 7200 }),
    monitor: failed<never>('timeout'),
  };
  it('says of its last message that it was an answer, wherever it is named', () => {
    const words = 'no change told for 60 min, last message 15 s ago in answer to this server';
    expect(becauseOf(deaf, 'broker')[0]).toContain(words);
    const told = JSON.stringify(judged(deaf));
    expect(told).not.toMatch(/last message 15 s ago(?!,? in answer to this server)/);
  });
  it('says nothing of it where changes come', () => {
    const live = { link: link({ lastMessageAt: ago(15 * SECOND), quietForSeconds: 20 }) };
    expect(becauseOf(live, 'broker')[0]).toContain('last message 15 s ago, round trip');
  });
});

describe('a controller that is not well', () => {
  it('says first what is wrong with it, although it is connected', () => {
    const evidence = { resources: seen([broker(), meshsync({ whitelist: '[]', blacklist: '[]' })]) };
    expect(judged(evidence).controllers[1]).toMatchObject({ state: 'CONNECTED', verdict: 'attention' });
    expect(becauseOf(evidence, 'meshsync')[0]).toBe('MeshSync has a whitelist and a blacklist.');
  });
  it('says what a rollout waits for where every pod is ready', () => {
    const evidence = { workloads: workloadsWith('operator', workload('operator', { total: 2 })) };
    expect(becauseOf(evidence, 'operator')).toEqual([
      '1 of 1 ready',
      '1 of the new version, 2 pods in all, 1 available',
    ]);
  });
});

describe('the words and the button', () => {
  it.each([
    ['operator', 'The Operator starts and ends again and again.'],
    ['meshsync', 'MeshSync starts and ends again and again.'],
    ['broker', 'The Broker starts and ends again and again.'],
  ] as const)('of a crash of %s', (role, summary) => {
    const evidence = {
      workloads: workloadsWith(role, unreadyWorkload(role)),
      pods: podsWith(role, badPod(role, { reason: 'CrashLoopBackOff', restarts: 9 })),
    };
    expect(judged(evidence).findings.map((finding) => finding.summary)).toContain(summary);
  });
  it('of resources that may never have been there do not say *again*', () => {
    const alone = {
      resources: seen([]),
      workloads: seen([workload('operator')]),
      pods: seen([pod('operator')]),
      services: seen([]),
      link: linkDown({ state: 'idle' }),
    };
    expect(judged(alone).findings[0]?.remedies[0]).toMatchObject({ label: 'Create them' });
  });
  it('of a new Operator that cannot be pulled lead with what mends it, then show why', () => {
    const bad = badPod('operator', { reason: 'ImagePullBackOff' }, { name: 'new', uid: 'new' });
    const [root] = judged({
      workloads: workloadsWith('operator', workload('operator', { total: 2 })),
      pods: seen([pod('operator'), bad, pod('meshsync'), pod('broker')]),
    }).findings;
    expect(root?.code).toBe('MT-O-20');
    expect(root?.remedies[0]).toMatchObject({ kind: 'operation', operation: 'redeploy' });
    expect(JSON.stringify(root?.remedies)).toContain('kubectl describe pod new -n meshery');
  });
});

describe('a Broker whose resource is gone', () => {
  it('is the cause of a MeshSync that refers to it, though that one is worse', () => {
    const found = judged({ resources: seen([meshsync()]) }).findings;
    expect(found.map(({ code, followsFrom }) => [code, followsFrom])).toEqual([
      ['MT-B-25', undefined],
      ['MT-M-02', 'MT-B-25'],
    ]);
  });
  it('is not the cause of what is broken otherwise', () => {
    const found = judged({
      resources: seen([meshsync({ brokerName: undefined })]),
      link: link({ lastMessageAt: ago(HOUR) }),
      workloads: workloadsWith('meshsync', unreadyWorkload('meshsync')),
      pods: podsWith('meshsync', badPod('meshsync', { reason: 'ErrImagePull' })),
      services: seen([service('broker')]),
    }).findings;
    expect(found[0]?.code).toBe('MT-M-07');
    expect(found.find(({ code }) => code === 'MT-B-25')?.followsFrom).toBeUndefined();
  });
  it('leaves a wrong reference its own where a Broker resource is there', () => {
    const wrong = meshsync({ brokerName: 'other', createdAt: ago(10 * MINUTE) });
    expect(codesOf({ resources: seen([broker(), wrong]) })[0]).toBe('MT-M-02');
  });
});

describe('a MeshSync that names a Broker that does not exist', () => {
  const wrong = seen([broker(), meshsync({ brokerName: 'other', createdAt: ago(HOUR) })]);
  it('is a warning while its data arrives, since only the next pod is lost', () => {
    const { findings, health } = judged({ resources: wrong });
    expect(findings[0]).toMatchObject({ code: 'MT-M-02', severity: 'warning' });
    expect(findings[0]?.meaning).toContain('Data still arrives');
    expect(findings[0]?.facts).toContainEqual({ text: 'its data arrives all the same', source: 'link' });
    expect(health).toBe('needs-attention');
  });
  it('is critical where no data comes', () => {
    const { findings, health } = judged({ resources: wrong, link: link({ lastMessageAt: ago(2 * HOUR) }) });
    expect(findings[0]).toMatchObject({ code: 'MT-M-02', severity: 'critical' });
    expect(health).toBe('broken');
  });
});

describe('a database that cannot be used', () => {
  const first = (kind: 'damaged' | 'unavailable') =>
    judged({ database: failed(kind) }).findings[0]?.remedies.map((one) =>
      one.kind === 'operation' ? one.operation : one.kind,
    );
  it('is reset by one button where its file is damaged', () => {
    expect(first('damaged')?.[0]).toBe('reset-database');
  });
  it('is looked at first where a new file would meet the same disk or lock', () => {
    expect(first('unavailable')?.slice(0, 2)).toEqual(['link', 'reset-database']);
  });
});

describe('messages of another family', () => {
  const heard = (times: Record<string, string>, madeAt = ago(HOUR)) =>
    codesOf({
      pods: podsWith('meshsync', pod('meshsync', { createdAt: madeAt })),
      link: link({
        messagesBySubject: Object.fromEntries(Object.keys(times).map((subject) => [subject, 9])),
        lastBySubject: times,
      }),
    }).includes('MT-S-11');
  const own = 'meshery.meshsync.core';
  const other = 'meshplay.meshsync.core';
  it('are told of when the pod that runs now sends them, whatever was counted before', () => {
    expect(heard({ [own]: ago(2 * HOUR), [other]: ago(SECOND) })).toBe(true);
    // The former pod went on for half a minute beside the new one.
    expect(heard({ [own]: ago(HOUR - 30 * SECOND), [other]: ago(SECOND) })).toBe(true);
    // All it sent came in its first seconds; it is quiet since.
    expect(heard({ [own]: ago(2 * HOUR), [other]: ago(HOUR - 5 * SECOND) })).toBe(true);
  });
  it('are none of it where it sends its own, or the others are of before', () => {
    expect(heard({ [own]: ago(10 * MINUTE), [other]: ago(SECOND) })).toBe(false);
    expect(heard({ [own]: ago(SECOND), [other]: ago(2 * HOUR) })).toBe(false);
    expect(heard({ [other]: ago(2 * HOUR) })).toBe(false);
  });
});

describe('pods of any name', () => {
  it('are known by what they are, also without a dash in it', () => {
    const named = seen([
      pod('operator', { name: 'operator' }),
      pod('meshsync', { name: 'sync' }),
      pod('broker', { name: 'nats' }),
    ]);
    expect(judged({ pods: named }).health).toBe('healthy');
  });
});
