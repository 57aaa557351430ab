/** *Changing* is never said without what is waited for, and never for ever. */
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../api/evidence.ts';
import {
  ago,
  broker,
  candidate,
  CONTEXT,
  healthyEvidence,
  link,
  linkDown,
  meshsync,
  monitor,
  NOW_MS,
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

const MINUTE = 60_000;
const nothing: Partial<Evidence> = {
  resources: seen([]),
  workloads: seen([]),
  pods: seen([]),
  services: seen([]),
  link: linkDown({ state: 'idle' }),
  monitor: { status: 'pending' },
};
const operatorOf = (ageMs: number): Partial<Evidence> => ({
  ...nothing,
  workloads: seen([workload('operator', { createdAt: ago(ageMs) })]),
  pods: seen([pod('operator', { createdAt: ago(ageMs) })]),
});
/** What is waited for, for each hop that tells it. */
const waitedFor = (overrides: Partial<Evidence>, context = CONTEXT) =>
  judge(healthyEvidence(overrides), context).findings.map(({ hop, summary }) => `${hop}: ${summary}`);

describe('what is waited for, and since when', () => {
  const young = { createdAt: ago(20 * SECOND) };
  const rows: readonly (readonly [string, Partial<Evidence>, readonly string[]])[] = [
    [
      'resources that a young Operator has not got yet',
      operatorOf(20 * SECOND),
      [
        'broker: The Broker is being set up: waiting for the Broker resource to be created, 20 s so far.',
        'meshsync: MeshSync is being set up: waiting for the MeshSync resource to be created, 20 s so far.',
      ],
    ],
    [
      'workloads that the Operator has not made of new resources yet',
      {
        ...nothing,
        resources: seen([broker({ createdAt: ago(8 * SECOND) }), meshsync({ createdAt: ago(9 * SECOND) })]),
        workloads: seen([workload('operator')]),
        pods: seen([pod('operator')]),
      },
      [
        'broker: The Broker is being set up: waiting for the Operator to create its StatefulSet, 8 s so far.',
        'meshsync: MeshSync is being set up: waiting for the Operator to create its Deployment, 9 s so far.',
      ],
    ],
    [
      'a rollout of the Operator',
      {
        workloads: workloadsWith('operator', workload('operator', { total: 2 })),
        pods: seen([
          pod('operator'),
          pod('operator', { ...young, name: 'new', uid: 'new', ready: false }),
          pod('meshsync'),
          pod('broker'),
        ]),
      },
      [
        'operator: The Operator is being rolled out: waiting for its pod: pod new is Running but not ready, 20 s so far.',
      ],
    ],
    [
      'a MeshSync that runs and is not connected yet',
      {
        pods: podsWith('meshsync', pod('meshsync', young)),
        monitor: seen(monitor({ clients: [ourClient] }), 50),
        link: link({ messages: 0, lastMessageAt: undefined, ratePerSecond: 0 }),
      },
      [
        'meshsync: MeshSync is being set up: waiting for it to connect to the Broker: the Broker lists no client named meshsync, 20 s so far.',
        'server: This server is starting to listen: waiting for the first message of MeshSync, 20 s so far.',
      ],
    ],
    [
      'the Broker’s first answer',
      { link: linkDown({ sinceAt: ago(5 * SECOND) }), monitor: { status: 'pending' } },
      [
        'broker: The Broker is being set up: waiting for this server to connect: this server is connecting, 5 s so far.',
      ],
    ],
    [
      'the first message',
      { link: link({ messages: 0, lastMessageAt: undefined, ratePerSecond: 0, sinceAt: ago(7 * SECOND) }) },
      ['server: This server is starting to listen: waiting for the first message of MeshSync, 7 s so far.'],
    ],
    [
      'the first rows',
      {
        link: link({ sinceAt: ago(7 * SECOND) }),
        database: seen({ rows: 0, isBehind: false, rejected: 0 }),
      },
      ['database: The database is being filled: waiting for the first rows, 7 s so far.'],
    ],
  ];
  it.each(rows)('%s', (_story, evidence, told) => {
    expect(judge(healthyEvidence(evidence), CONTEXT).health).toBe('changing');
    expect(waitedFor(evidence)).toEqual(told);
  });
  it('tells what an operation is waited for, since it began', () => {
    const context = { ...CONTEXT, isOperationRunning: true, operationSinceMs: NOW_MS - 34 * SECOND };
    expect(waitedFor(nothing, context)[0]).toBe(
      'operator: The Operator is being rolled out: waiting for its Deployment to be created, 34 s so far.',
    );
  });
  it('says nothing of it where the hop is known to be broken', () => {
    const pulling = { name: 'manager', image: 'x', ready: false, restarts: 0, state: 'waiting' as const };
    const containers = [{ ...pulling, reason: 'ErrImagePull' }];
    const { findings } = judge(
      healthyEvidence({
        workloads: workloadsWith('operator', unreadyWorkload('operator', young)),
        pods: podsWith('operator', pod('operator', { ...young, ready: false, containers })),
      }),
      CONTEXT,
    );
    expect(findings.map(({ code }) => code)).toEqual(['MT-O-11']);
  });
});

describe('what does not come in time', () => {
  const rows: readonly (readonly [string, (ageMs: number) => Partial<Evidence>, number, string])[] = [
    ['the resources', operatorOf, MINUTE, 'MT-O-22'],
    [
      'a pod of MeshSync',
      (ageMs) => ({
        workloads: workloadsWith('meshsync', unreadyWorkload('meshsync', { createdAt: ago(ageMs) })),
        pods: podsWith('meshsync', pod('meshsync', { ready: false, createdAt: ago(ageMs) })),
        monitor: seen(monitor({ clients: [ourClient] })),
      }),
      MINUTE,
      'MT-M-17',
    ],
    [
      'the StatefulSet of the Broker',
      (ageMs) => ({
        resources: seen([broker({ createdAt: ago(ageMs) }), meshsync()]),
        workloads: workloadsWith('broker', undefined),
        pods: podsWith('broker', undefined),
        link: linkDown({ sinceAt: ago(ageMs) }),
      }),
      MINUTE,
      'MT-B-10',
    ],
    [
      'the link',
      (ageMs) => ({
        link: linkDown({ sinceAt: ago(ageMs), candidates: [candidate('external', 'timeout')] }),
      }),
      15 * SECOND,
      'MT-B-23',
    ],
    [
      'the first message',
      (ageMs) => ({ link: link({ messages: 0, lastMessageAt: undefined, sinceAt: ago(ageMs) }) }),
      MINUTE,
      'MT-S-04',
    ],
    [
      'the first rows',
      (ageMs) => ({
        link: link({ sinceAt: ago(ageMs) }),
        database: seen({ rows: 0, isBehind: false, rejected: 0 }),
      }),
      30 * SECOND,
      'MT-D-02',
    ],
  ];
  it.each(rows)('%s: is waited for, and then it is a fault', (_story, evidenceAt, limitMs, code) => {
    const before = judge(healthyEvidence(evidenceAt(limitMs - SECOND)), CONTEXT);
    expect(before.health).toBe('changing');
    expect(before.findings.map(({ severity }) => severity)).toContain('info');
    expect(before.findings.every(({ severity }) => severity === 'info')).toBe(true);
    const after = judge(healthyEvidence(evidenceAt(limitMs)), CONTEXT);
    expect(after.health).not.toBe('changing');
    expect(after.findings[0]?.code).toBe(code);
  });
});
