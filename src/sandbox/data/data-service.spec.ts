import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resourceKinds, resourceList, resourceView, freshnessView, rateView } from '../../api/resource.ts';
import { Database } from '../../api/database.ts';
import { DataService } from '../../services/data/data-service.ts';
import { createTestWorld, type TestWorld } from './test-world.ts';

let world: TestWorld;
let data: DataService;
const signal = new AbortController().signal;
const ALL = { kinds: undefined, namespaces: undefined, limit: 200 } as const;

beforeEach(() => {
  world = createTestWorld();
  data = new DataService({ ...world });
});

afterEach(async () => {
  await data.close();
  world.close();
});

describe('resources', () => {
  it('are the live nodes while MeshSync has sent nothing', async () => {
    world.relay = () => undefined;
    world.write('/nodes', undefined, 'worker-1');
    world.write('/nodes', undefined, 'worker-2');
    const list = resourceList.response.parse(await data.reads.list(ALL, signal));
    expect(list).toMatchObject({
      source: 'live',
      items: [{ kind: 'Node', name: 'worker-1', connectionId: 'c1' }, { name: 'worker-2' }],
    });
    expect(list.notice).toContain('MeshSync has sent nothing');
    expect((await data.reads.list({ ...ALL, search: 'er-2' }, signal)).items).toHaveLength(1);
    expect((await data.reads.list({ ...ALL, kinds: ['Pod'] }, signal)).items).toEqual([]);
    const node = await data.reads.view(
      { connectionId: 'c1', apiVersion: 'v1', kind: 'Node', namespace: '', name: 'worker-1' },
      signal,
    );
    expect(resourceView.response.parse(node)).toMatchObject({
      source: 'live',
      yaml: expect.stringContaining('name: worker-1'),
    });
  });

  it('come from the database once it has some', async () => {
    world.write('/configmaps', 'default', 'settings', { data: { colour: 'blue' } });
    await world.sendAll();
    const list = resourceList.response.parse(
      await data.reads.list({ ...ALL, connectionId: 'c1', kinds: ['ConfigMap'] }, signal),
    );
    expect(list).toMatchObject({
      source: 'database',
      total: 1,
      items: [{ name: 'settings', labels: { app: 'settings' } }],
    });
    const view = await data.reads.view(
      { connectionId: 'c1', apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'settings' },
      signal,
    );
    expect(resourceView.response.parse(view).yaml).toContain('colour: blue');
    const { kinds, rows } = resourceKinds.response.parse(await data.reads.kinds({ connectionId: 'c1' }));
    expect(kinds).toMatchObject([
      { kind: 'ConfigMap', rows: 1, namespaces: [{ namespace: 'default', rows: 1 }] },
      { kind: 'Namespace', rows: 2 },
    ]);
    expect(rows).toBe(3);
  });

  it('of an unknown connection or object are not found', async () => {
    await expect(data.reads.list({ ...ALL, connectionId: 'nobody' }, signal)).rejects.toMatchObject({
      code: 'not-found',
    });
    const gone = {
      connectionId: 'c1',
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace: 'default',
      name: 'gone',
    };
    await expect(data.reads.view(gone, signal)).rejects.toMatchObject({ code: 'not-found' });
    await expect(data.reads.view({ ...gone, connectionId: undefined }, signal)).rejects.toMatchObject({
      code: 'invalid-request',
    });
  });
});

describe('freshness', () => {
  it('tells when data last arrived, and calls an unusual silence stale', async () => {
    world.write('/configmaps', 'default', 'settings');
    await world.sendAll();
    const fresh = freshnessView.response.parse(await data.freshness('c1'));
    expect(fresh).toMatchObject({ isStale: false, rows: 3, needsResync: false, waiting: 0 });
    expect(fresh.kinds.map((kind) => kind.kind)).toEqual(['ConfigMap', 'Namespace']);
    await world.clock.advance(2 * 3_600_000);
    expect(await data.freshness('c1')).toMatchObject({ isStale: true });
    expect(rateView.response.parse(data.rates('c1')).messages).toHaveLength(360);
  });

  it('is judged by the pauses that the link knows, as the verdict is', async () => {
    world.write('/configmaps', 'default', 'settings');
    await world.sendAll();
    const heard = (longestGapSeconds: number, quietForSeconds: number) =>
      Object.assign(world.connection, {
        evidence: () => ({
          link: {
            state: 'connected',
            sinceAt: '2026-08-01T10:00:00.000Z',
            heardForSeconds: 7200,
            longestGapSeconds,
            quietForSeconds,
          },
          namespaces: [],
        }),
      });
    heard(1, 90);
    expect(await data.freshness('c1')).toMatchObject({ isStale: false, staleAfterSeconds: 120 });
    // It answered a moment ago, and has told of no change for two minutes and a half.
    heard(1, 150);
    expect(await data.freshness('c1')).toMatchObject({ isStale: true, staleAfterSeconds: 120 });
    heard(300, 150);
    expect(await data.freshness('c1')).toMatchObject({ isStale: false, staleAfterSeconds: 900 });
  });
});

describe('the database', () => {
  it('is shown with everything about it, checked, reset and restored', async () => {
    world.write('/configmaps', 'default', 'settings');
    await world.sendAll();
    expect(Database.parse(await data.database())).toMatchObject({
      rows: 3,
      isPaused: false,
      integrity: { outcome: 'unchecked' },
      copies: [],
    });
    expect(await data.checkIntegrity()).toMatchObject({ integrity: { outcome: 'ok' } });
    const notes: string[] = [];
    await data.reset(signal, (note) => notes.push(note));
    expect(notes).toHaveLength(2);
    const empty = await data.database();
    expect(empty).toMatchObject({
      rows: 0,
      copies: [{ isRestorable: true }],
      integrity: { outcome: 'unchecked' },
    });
    await data.restore(empty.copies[0]?.id ?? '', signal, () => undefined);
    expect(data.rows('c1')).toBe(3);
    expect(await data.flush('c1', signal)).toBe(3);
    expect(data.rows('c1')).toBe(0);
    await expect(data.restore('nothing', signal, () => undefined)).rejects.toMatchObject({
      code: 'not-found',
    });
    await world.sendAll();
    expect(data.rows('c1')).toBe(3);
  });
});

describe('after a reconnect', () => {
  it('ghosts go, once MeshSync has had time to send everything', async () => {
    let sinceAt = '2026-08-01T10:00:00.000Z';
    const evidence = () => ({ link: { state: 'connected' as const, sinceAt }, namespaces: [] });
    const connection = { ...world.connection, evidence };
    let tell: (id: string) => void = () => undefined;
    const connections = {
      connections: () => [connection],
      get: () => connection,
      subscribe: (listener: (id: string) => void) => {
        tell = listener;
        return () => undefined;
      },
    };
    data = new DataService({ ...world, connections });
    world.write('/configmaps', 'default', 'ghost');
    await world.sendAll();
    world.relay = () => undefined;
    data.start();
    for (let step = 0; step < 400; step += 1) await world.clock.advance(100);
    expect(data.sweeper.view('c1').last).toMatchObject({ ghosts: 0 });
    world.cluster.store.drop('/configmaps', 'default', 'ghost');
    sinceAt = '2026-08-01T11:00:00.000Z';
    tell('c1');
    for (let step = 0; step < 400; step += 1) await world.clock.advance(100);
    expect(data.sweeper.view('c1').last).toMatchObject({ ghosts: 1, repair: { removed: 1 } });
    expect(data.rows('c1')).toBe(2);
  });
});
