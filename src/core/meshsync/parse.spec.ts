import { describe, expect, it } from 'vitest';
import { CLUSTER_UID, wireMessage, wirePod } from './fixture.ts';
import { DEFAULT_LIMITS, parseMessage } from './parse.ts';
import { encodeText } from './text.ts';

const limits = { ...DEFAULT_LIMITS, clusterUid: CLUSTER_UID };

function oneChange(body: Uint8Array) {
  const parsed = parseMessage(body, limits);
  if (parsed.kind !== 'changes' || parsed.changes[0] === undefined)
    throw new Error(`no change: ${JSON.stringify(parsed)}`);
  return parsed.changes[0];
}

describe('a change', () => {
  it('becomes an object in the shape of the API', () => {
    const change = oneChange(wireMessage('ADDED', wirePod()));
    expect(change).toMatchObject({
      type: 'upsert',
      isSnapshot: false,
      clusterUid: CLUSTER_UID,
      kind: 'Pod',
      apiVersion: 'v1',
      namespace: 'shop',
      name: 'catalogue-7d9f8c6b5-x2x4q',
      resourceVersion: '41',
      labels: { app: 'catalogue' },
      annotations: { owner: 'shop-team' },
      createdAt: '2026-08-01T10:00:00Z',
    });
    expect(change.owners).toEqual([
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'catalogue-7d9f8c6b5', uid: 'c3a1' },
    ]);
    expect(change.body).toMatchObject({
      metadata: { labels: { app: 'catalogue' } },
      spec: { nodeName: 'worker-1' },
      status: { phase: 'Running' },
    });
    expect(change.body).not.toHaveProperty('cluster_id');
  });

  it('is a deletion when MeshSync says so', () => {
    expect(oneChange(wireMessage('DELETED', wirePod())).type).toBe('delete');
  });

  it('is read with keys in lower case', () => {
    const body = encodeText(
      JSON.stringify({ objecttype: 'meshsync-data', eventtype: 'MODIFIED', object: wirePod() }),
    );
    expect(oneChange(body).type).toBe('upsert');
  });

  it('keeps a spec that is no JSON as the text it was', () => {
    const change = oneChange(wireMessage('ADDED', wirePod({ spec: { id: '', attribute: '{broken' } })));
    expect(change.body['spec']).toBe('{broken');
  });
});

describe('a batch of a dump', () => {
  it('gives a snapshot of each object', () => {
    const body = wireMessage('', [wirePod(), wirePod({}, { name: 'other', uid: 'u2' })], '');
    const parsed = parseMessage(body, limits);
    expect(parsed).toMatchObject({
      kind: 'changes',
      changes: [{ isSnapshot: true }, { isSnapshot: true }],
      rejected: [],
    });
  });

  it('keeps the good ones beside a bad one', () => {
    const parsed = parseMessage(wireMessage('', [wirePod(), wirePod({ kind: '' }), 7], ''), limits);
    expect(parsed).toMatchObject({
      kind: 'changes',
      changes: [{ name: 'catalogue-7d9f8c6b5-x2x4q' }],
      rejected: [{ reason: 'no-identity' }, { reason: 'no-object' }],
    });
  });
});

describe('a message that cannot be stored', () => {
  it.each([
    ['not-json', encodeText('{"ObjectType":')],
    ['not-an-envelope', encodeText('[1,2]')],
    ['unknown-type', wireMessage('ADDED', wirePod(), 'something-new')],
    ['unknown-event', wireMessage('EXPLODED', wirePod())],
    ['no-object', wireMessage('ADDED', null)],
    ['no-identity', wireMessage('ADDED', wirePod({}, { name: '' }))],
    ['foreign-cluster', wireMessage('ADDED', wirePod({ cluster_id: 'another-cluster' }))],
    ['error-event', wireMessage('ERROR', { Code: 'meshsync-1006' })],
    [
      'too-many',
      wireMessage(
        '',
        Array.from({ length: 1001 }, () => ({})),
        '',
      ),
    ],
  ])('is told as %s', (reason, body) => {
    expect(parseMessage(body, limits)).toMatchObject({ kind: 'rejected', reason });
  });

  it('is refused by size before it is read', () => {
    expect(parseMessage(new Uint8Array(20), { ...limits, maxBytes: 10 })).toMatchObject({
      reason: 'too-large',
    });
  });

  it('names no cluster, and none is known', () => {
    const body = wireMessage('ADDED', wirePod({ cluster_id: '' }));
    expect(parseMessage(body, DEFAULT_LIMITS)).toMatchObject({ reason: 'no-cluster' });
    expect(oneChange(body).clusterUid).toBe(CLUSTER_UID);
  });

  it('shows no sample where a Secret is spoken of', () => {
    const body = wireMessage('EXPLODED', { kind: 'Secret', data: '{"password":"aHVudGVyMg=="}' });
    expect(JSON.stringify(parseMessage(body, limits))).not.toContain('aHVudGVyMg');
  });
});

describe('other streams', () => {
  it('are understood and left', () => {
    expect(parseMessage(wireMessage('', {}, 'log-stream'), limits)).toEqual({
      kind: 'ignored',
      what: 'log-stream',
    });
    expect(parseMessage(wireMessage('RESYNC', null), limits)).toEqual({ kind: 'ignored', what: 'resync' });
    expect(parseMessage(wireMessage('', 'v1.0.3', ''), limits)).toEqual({
      kind: 'version',
      version: 'v1.0.3',
    });
  });
});

describe('a Secret', () => {
  it('keeps its keys and loses its values, wherever they stand', () => {
    const secret = wirePod(
      {
        kind: 'Secret',
        data: JSON.stringify({ password: 'aHVudGVyMg==' }),
        stringData: { token: 'hunter2' },
      },
      {
        annotations: [
          {
            key: 'kubectl.kubernetes.io/last-applied-configuration',
            value: '{"kind":"Secret","data":{"password":"aHVudGVyMg=="}}',
          },
        ],
      },
    );
    const change = oneChange(wireMessage('ADDED', secret));
    expect(change.body['data']).toEqual({ password: '[REDACTED]' });
    expect(change.body['stringData']).toEqual({ token: '[REDACTED]' });
    const text = JSON.stringify(change);
    expect(text).not.toContain('aHVudGVyMg');
    expect(text).not.toContain('hunter2');
  });

  it('loses a value that is no JSON at all', () => {
    const change = oneChange(wireMessage('ADDED', wirePod({ kind: 'Secret', data: 'aHVudGVyMg==' })));
    expect(change.body['data']).toBe('[REDACTED]');
  });
});
