import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLUSTER_UID, wireMessage, wirePod } from '../../core/meshsync/fixture.ts';
import { MemoryStore } from '../../sandbox/data/memory-store.ts';
import type { RawMessage, ResourceStore } from '../../services/data/store.ts';
import { scopeWord } from './schema.ts';
import { SqliteStore } from './sqlite-store.ts';

let folder = '';
let store: ResourceStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const POD = { clusterUid: CLUSTER_UID, apiVersion: 'v1', kind: 'Pod', namespace: 'shop' };

function message(event: string, object: unknown, receivedAtMs = 1000): RawMessage {
  return {
    connectionId: 'c1',
    clusterUid: CLUSTER_UID,
    body: wireMessage(event, object, event === '' ? '' : 'meshsync-data'),
    receivedAtMs,
  };
}

function pod(name: string, resourceVersion: string, more: Record<string, unknown> = {}) {
  return wirePod({}, { name, uid: `uid-${name}`, resourceVersion, ...more });
}

const STORES: [string, () => Promise<ResourceStore>][] = [
  ['SqliteStore', () => SqliteStore.open(join(folder, 'cache.db'))],
  [
    'MemoryStore',
    () => Promise.resolve(new MemoryStore({ now: () => 5000, sleep: () => Promise.resolve() })),
  ],
];

/** The one contract both must keep. */
describe.each(STORES)('%s', { timeout: 120_000 }, (_name, open) => {
  beforeEach(async () => {
    store = await open();
  });

  it('stores what arrives and tells what became of each message', async () => {
    const report = await store.accept([
      message('ADDED', pod('web-1', '10')),
      message('ADDED', pod('web-2', '11')),
      message('DELETED', pod('web-2', '12')),
      message('ERROR', {}),
      { connectionId: 'c2', clusterUid: CLUSTER_UID, body: wireMessage('', 'v1.0.3', ''), receivedAtMs: 1 },
    ]);
    expect(report.connections).toMatchObject([
      { connectionId: 'c1', stored: 2, deleted: 1, rejected: [{ reason: 'error-event' }], kinds: { Pod: 3 } },
      { connectionId: 'c2', ignored: 1, meshsyncVersion: 'v1.0.3' },
    ]);
    expect(store.state()).toMatchObject({ rows: 1, rowsByCluster: { [CLUSTER_UID]: 1 } });
    expect(store.state().lastWriteAtMs).toBeGreaterThan(0);
    const stored = await store.view({ ...POD, name: 'web-1' });
    expect(stored).toMatchObject({
      uid: 'uid-web-1',
      labels: { app: 'catalogue' },
      body: { status: { phase: 'Running' } },
    });
    expect(await store.view({ ...POD, name: 'web-2' })).toBeUndefined();
  });

  it('keeps the newest version of an object, whatever the order', async () => {
    await store.accept([
      message('ADDED', pod('web-1', '10')),
      message('MODIFIED', pod('web-1', '30')),
      message('MODIFIED', pod('web-1', '20')),
      message('', [pod('web-1', '9')]),
    ]);
    expect(await store.view({ ...POD, name: 'web-1' })).toMatchObject({ resourceVersion: '30' });
  });

  it('is not brought back to life by an older dump', async () => {
    await store.accept([message('ADDED', pod('web-1', '10')), message('DELETED', pod('web-1', '11'))]);
    const report = await store.accept([message('', [pod('web-1', '10')])]);
    expect(report.connections).toMatchObject([{ unchanged: 1, stored: 0 }]);
    expect(store.state().rows).toBe(0);
  });

  it('keeps the successor when the deletion of its forerunner comes late', async () => {
    await store.accept([
      message('ADDED', pod('web-1', '20', { uid: 'second' })),
      message('DELETED', pod('web-1', '19', { uid: 'first' })),
    ]);
    expect(await store.view({ ...POD, name: 'web-1' })).toMatchObject({ uid: 'second' });
  });

  it('marks when it saw an object first and last', async () => {
    await store.accept([message('ADDED', pod('web-1', '10'), 1000)]);
    await store.accept([message('', [pod('web-1', '10')], 2000)]);
    expect(await store.view({ ...POD, name: 'web-1' })).toMatchObject({
      firstSeenAtMs: 1000,
      lastSeenAtMs: 2000,
    });
  });

  it('pages through everything in the order of kind, namespace and name', async () => {
    const names = Array.from({ length: 25 }, (_, index) => `web-${String(index).padStart(2, '0')}`);
    await store.accept(names.map((name) => message('ADDED', pod(name, '1'))));
    await store.accept([
      message('ADDED', wirePod({ kind: 'ConfigMap' }, { name: 'settings', namespace: 'shop', uid: 'm1' })),
      message('ADDED', pod('elsewhere', '1', { namespace: 'another' })),
    ]);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.query({ limit: 7, cursor });
      expect(page.total).toBe(27);
      seen.push(...page.rows.map((row) => row.name));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(['settings', 'elsewhere', ...names]);
  });

  it('filters by kind, namespace and cluster', async () => {
    await store.accept([
      message('ADDED', pod('web-1', '1')),
      message('ADDED', pod('web-2', '1', { namespace: 'other' })),
      message('ADDED', wirePod({ kind: 'Secret' }, { name: 'web-3', uid: 's' })),
    ]);
    const names = async (query: object) =>
      (await store.query({ limit: 10, ...query })).rows.map((row) => row.name);
    expect(await names({ kinds: ['Secret'] })).toEqual(['web-3']);
    expect(await names({ kinds: ['Pod', 'Secret'], namespaces: ['shop'] })).toEqual(['web-1', 'web-3']);
    expect(await names({ clusterUid: 'another' })).toEqual([]);
    expect(await names({ search: 'web', kinds: ['Pod'], namespaces: ['other'] })).toEqual(['web-2']);
    expect(await store.tallies(CLUSTER_UID)).toMatchObject([
      { kind: 'Pod', namespace: 'other', rows: 1 },
      { kind: 'Pod', namespace: 'shop', rows: 1 },
      { kind: 'Secret', rows: 1 },
    ]);
  });

  it('finds words of names and labels by their beginning, and follows a change of labels', async () => {
    const labelled = (value: string) => [{ key: 'tier', value }];
    await store.accept([message('ADDED', pod('checkout-abc12', '1', { labels: labelled('frontend') }))]);
    const hits = async (search: string) => (await store.query({ limit: 10, search })).rows.length;
    expect([
      await hits('check'),
      await hits('abc'),
      await hits('tier front'),
      await hits('checkout xyz'),
    ]).toEqual([1, 1, 1, 0]);
    expect(await hits('"*) OR (')).toBe(0);
    await store.accept([message('MODIFIED', pod('checkout-abc12', '2', { labels: labelled('backend') }))]);
    expect([await hits('frontend'), await hits('backend')]).toEqual([0, 1]);
    await store.accept([message('DELETED', pod('checkout-abc12', '3'))]);
    expect(await hits('check')).toBe(0);
  });

  it('finds words of any alphabet, and keeps what is escaped in JSON out of the words', async () => {
    await store.accept([
      message('ADDED', pod('Bücherregal-ß', '1', { labels: [{ key: 'größe', value: 'Übergroß' }] })),
      message('ADDED', pod('quoted', '1', { labels: [{ key: 'note', value: 'line\none \\u0041' }] })),
    ]);
    const hits = async (search: string) => (await store.query({ limit: 10, search })).rows.length;
    expect([await hits('bücher'), await hits('ÜBERGROSS'), await hits('übergroß')]).toEqual([1, 0, 1]);
    expect([await hits('one'), await hits('none'), await hits('line')]).toEqual([1, 0, 1]);
  });

  it('keeps namespaces apart in a search although their marks in the index are the same', async () => {
    const marks = new Map<string, string>();
    const twins: string[] = [];
    for (let index = 0; twins.length === 0; index += 1) {
      const other = marks.get(scopeWord('namespace', `ns-${index}`));
      if (other !== undefined) twins.push(other, `ns-${index}`);
      marks.set(scopeWord('namespace', `ns-${index}`), `ns-${index}`);
    }
    await store.accept(
      twins.map((namespace) => message('ADDED', pod('web-1', '1', { namespace, uid: namespace }))),
    );
    for (const namespace of twins) {
      const { rows } = await store.query({ limit: 10, search: 'web', namespaces: [namespace] });
      expect(rows.map((row) => row.namespace)).toEqual([namespace]);
    }
  });

  it('pages through a search', async () => {
    await store.accept(Array.from({ length: 9 }, (_, index) => message('ADDED', pod(`web-${index}`, '1'))));
    const first = await store.query({ limit: 5, search: 'web' });
    const second = await store.query({ limit: 5, search: 'web', cursor: first.nextCursor });
    expect([...first.rows, ...second.rows].map((row) => row.name)).toEqual(
      Array.from({ length: 9 }, (_, index) => `web-${index}`),
    );
    expect(second.nextCursor).toBeUndefined();
  });

  it('corrects rows that were proven wrong, and leaves those that moved on', async () => {
    await store.accept([message('ADDED', pod('web-1', '50')), message('ADDED', pod('web-2', '50'))]);
    const change = {
      ...POD,
      type: 'upsert' as const,
      uid: 'uid-web-1',
      resourceVersion: '7',
      labels: {},
      annotations: {},
      owners: [],
      createdAt: undefined,
      body: { restored: true },
      isSnapshot: true,
    };
    const changed = await store.correct([
      { change: { ...change, name: 'web-1' }, replaces: '50' },
      { change: { ...change, name: 'web-2' }, replaces: '49' },
      { change: { ...change, name: 'web-3', type: 'delete' }, replaces: undefined },
    ]);
    expect(changed).toBe(1);
    expect(await store.view({ ...POD, name: 'web-1' })).toMatchObject({
      resourceVersion: '7',
      body: { restored: true },
    });
    expect(await store.view({ ...POD, name: 'web-2' })).toMatchObject({ resourceVersion: '50' });
  });

  it('clears one cluster and no other', async () => {
    const other = {
      connectionId: 'c2',
      clusterUid: 'other',
      body: wireMessage('ADDED', wirePod({ cluster_id: 'other' })),
      receivedAtMs: 1,
    };
    await store.accept([message('ADDED', pod('web-1', '1')), other]);
    expect(await store.clear(CLUSTER_UID)).toBe(1);
    expect(store.state()).toMatchObject({ rows: 1, rowsByCluster: { other: 1 } });
    expect((await store.query({ limit: 10, search: 'web' })).rows).toEqual([]);
    await store.accept([message('', [pod('web-1', '1')])]);
    expect(store.state().rows).toBe(2);
  });

  it('is reset into a copy that can be restored, and keeps three', async () => {
    await store.accept([message('ADDED', pod('precious', '1'))]);
    await store.reset();
    expect(store.state().rows).toBe(0);
    const [copy] = await store.copies();
    expect(copy).toMatchObject({ why: 'reset', isRestorable: true });
    await store.accept([message('ADDED', pod('later', '1'))]);
    await store.restore(copy?.id ?? '');
    expect((await store.query({ limit: 5 })).rows.map((row) => row.name)).toEqual(['precious']);
    for (let count = 0; count < 4; count += 1) await store.reset();
    expect(await store.copies()).toHaveLength(3);
    await expect(store.restore('no-such-copy')).rejects.toMatchObject({ code: 'not-found' });
    await store.accept([message('ADDED', pod('after', '1'))]);
    expect(store.state().rows).toBe(1);
  });

  it('holds the last message of each object after a storm', async () => {
    const last = new Map<string, string>();
    for (let batch = 0; batch < 10; batch += 1) {
      const messages: RawMessage[] = [];
      for (let count = 0; count < 500; count += 1) {
        const version = 1 + batch * 500 + count;
        const name = `web-${(version * 7919) % 100}`;
        const isDeleted = version % 11 === 0;
        messages.push(message(isDeleted ? 'DELETED' : 'MODIFIED', pod(name, String(version))));
        if (isDeleted) last.delete(name);
        else last.set(name, String(version));
      }
      await store.accept(messages);
    }
    const { rows } = await store.query({ limit: 1000 });
    expect(Object.fromEntries(rows.map((row) => [row.name, row.resourceVersion]))).toEqual(
      Object.fromEntries(last),
    );
    expect(store.state().rows).toBe(last.size);
    expect(await store.integrity()).toEqual({ isOk: true, messages: [] });
  });
});

describe('a SQLite store that is closed', { timeout: 120_000 }, () => {
  it('does not wait for whoever still reads the whole file, and reads it for nobody any more', async () => {
    const sqlite = await SqliteStore.open(join(folder, 'cache.db'));
    store = new MemoryStore({ now: () => 5000, sleep: () => Promise.resolve() });
    const stopped = { problem: { kind: 'stopped' } };
    const reading = sqlite.integrity();
    await Promise.all([expect(reading).rejects.toMatchObject(stopped), sqlite.close()]);
    await expect(sqlite.integrity()).rejects.toMatchObject(stopped);
  });
});
