import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sweeper } from '../../services/data/sweeper.ts';
import { createTestWorld, type TestWorld } from './test-world.ts';

let world: TestWorld;
let sweeper: Sweeper;
const signal = new AbortController().signal;

beforeEach(() => {
  world = createTestWorld();
  sweeper = new Sweeper({ store: world.store, clock: world.clock, log: world.log });
});

afterEach(async () => {
  await sweeper.close();
  world.close();
});

/** MeshSync is away while one object goes, one comes and one changes. */
async function missThreeChanges(): Promise<void> {
  for (const name of ['stays', 'goes', 'changes'])
    world.write('/configmaps', 'default', name, { data: { v: '1' } });
  await world.sendAll();
  const { relay } = world;
  world.relay = () => undefined;
  world.cluster.store.drop('/configmaps', 'default', 'goes');
  world.write('/configmaps', 'default', 'comes', { data: { v: '1' } });
  world.write('/configmaps', 'default', 'changes', { data: { v: '2' } });
  world.relay = relay;
  await world.clock.advance(1000);
}

describe('the comparison with the cluster', () => {
  it('finds nothing where all is well', async () => {
    world.write('/configmaps', 'default', 'settings');
    await world.sendAll();
    await world.clock.advance(1000);
    const drift = await world.drive(sweeper.check(world.connection, signal));
    expect(drift).toMatchObject({ ghosts: 0, missing: 0, outdated: 0 });
    expect(drift.kinds.find((kind) => kind.kind === 'ConfigMap')).toMatchObject({
      outcome: 'compared',
      inCluster: 1,
      inDatabase: 1,
    });
  });

  it('finds ghosts, missing and outdated rows', async () => {
    await missThreeChanges();
    const drift = await world.drive(sweeper.check(world.connection, signal));
    expect(drift).toMatchObject({ ghosts: 1, missing: 1, outdated: 1 });
    const kind = drift.kinds[0];
    expect(kind).toMatchObject({ kind: 'ConfigMap', inCluster: 3, inDatabase: 3 });
    expect(kind?.samples.ghosts).toMatchObject([{ namespace: 'default', name: 'goes' }]);
    expect(kind?.samples.missing).toMatchObject([{ name: 'comes' }]);
    expect(kind?.samples.outdated).toMatchObject([{ name: 'changes' }]);
    expect(sweeper.view('c1')).toMatchObject({ isRunning: false, last: { ghosts: 1 } });
  });

  it('repairs the wrong rows and no others', async () => {
    await missThreeChanges();
    const key = { clusterUid: world.uid, apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default' };
    const untouched = await world.store.view({ ...key, name: 'stays' });
    const drift = await world.drive(sweeper.repair(world.connection, signal));
    expect(drift.repair).toEqual({ removed: 1, stored: 2, failed: 0, left: 0 });
    expect(await world.store.view({ ...key, name: 'stays' })).toBe(untouched);
    expect(await world.store.view({ ...key, name: 'goes' })).toBeUndefined();
    expect(await world.store.view({ ...key, name: 'changes' })).toMatchObject({ body: { data: { v: '2' } } });
    const again = await world.drive(sweeper.check(world.connection, signal));
    expect(again).toMatchObject({ ghosts: 0, missing: 0, outdated: 0 });
  });

  it('reads all pages of a large kind', async () => {
    for (let index = 0; index < 1203; index += 1) world.write('/configmaps', 'default', `settings-${index}`);
    await world.sendAll();
    world.relay = () => undefined;
    world.cluster.store.drop('/configmaps', 'default', 'settings-1202');
    await world.clock.advance(1000);
    const drift = await world.drive(sweeper.check(world.connection, signal));
    expect(drift.kinds[0]).toMatchObject({ kind: 'ConfigMap', inCluster: 1202, inDatabase: 1203, ghosts: 1 });
  });

  it('does not call missing what MeshSync never sends', async () => {
    world.relay = () => undefined;
    world.write('/configmaps', 'default', 'settings');
    const drift = await world.drive(sweeper.check(world.connection, signal));
    expect(drift.missing).toBe(0);
    expect(drift.kinds.find((kind) => kind.kind === 'ConfigMap')).toMatchObject({
      outcome: 'not-sent',
      inCluster: 1,
    });
  });

  it('skips a kind that may not be listed, and stores redacted Secrets', async () => {
    world.write('/configmaps', 'default', 'settings');
    world.write('/secrets', 'default', 'token', { data: { password: 'aHVudGVyMg==' } });
    await world.sendAll();
    world.relay = () => undefined;
    world.write('/secrets', 'default', 'token', { data: { password: 'bmV3' } });
    world.cluster.condition.denials.push({ verbs: ['list'], group: '', resource: 'configmaps' });
    await world.clock.advance(1000);
    const drift = await world.drive(sweeper.repair(world.connection, signal));
    expect(drift.kinds.find((kind) => kind.kind === 'ConfigMap')).toMatchObject({ outcome: 'skipped' });
    expect(drift.outdated).toBe(1);
    const key = {
      clusterUid: world.uid,
      apiVersion: 'v1',
      kind: 'Secret',
      namespace: 'default',
      name: 'token',
    };
    expect(await world.store.view(key)).toMatchObject({ body: { data: { password: '[REDACTED]' } } });
  });

  it('says why when the cluster cannot be reached', async () => {
    world.cluster.condition.link = 'unreachable';
    await expect(world.drive(sweeper.check(world.connection, signal))).rejects.toMatchObject({
      code: 'cluster-unreachable',
    });
    expect(sweeper.view('c1').problem).toContain('could not be compared');
  });

  it('runs by itself a while after a reconnect, once for many', async () => {
    await missThreeChanges();
    sweeper.afterReconnect(world.connection);
    sweeper.afterReconnect(world.connection);
    for (let step = 0; step < 600; step += 1) await world.clock.advance(100);
    expect(sweeper.view('c1')).toMatchObject({
      isRunning: false,
      last: { repair: { removed: 1, stored: 2 } },
    });
    expect(world.logged.filter((line) => line.includes('compared'))).toHaveLength(1);
  });
});
