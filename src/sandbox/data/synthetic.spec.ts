import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SyntheticHop } from '../../api/operation.ts';
import { runSyntheticTest, sweepExpired } from '../../services/data/synthetic.ts';
import { CONNECTION_ID, createTestWorld, type TestWorld } from './test-world.ts';

let world: TestWorld;
let hops: SyntheticHop[];

beforeEach(() => {
  world = createTestWorld();
  hops = [];
});

afterEach(() => world.close());

function run(signal = new AbortController().signal): Promise<{ totalMs: number }> {
  const { api, intake, store, clock, log, uid } = world;
  return runSyntheticTest({
    connectionId: CONNECTION_ID,
    clusterUid: uid,
    namespace: 'default',
    api,
    intake,
    store,
    clock,
    log,
    signal,
    onHop: (hop) => hops.push(hop),
  });
}

const leftOver = () => world.cluster.store.all('/configmaps').map((object) => object.metadata.name);

describe('the synthetic test', () => {
  it('follows a change over every hop and cleans up', async () => {
    const { totalMs } = await world.drive(run());
    expect(hops.map((hop) => hop.hop)).toEqual([
      'accepted',
      'subject',
      'parsed',
      'database',
      'update',
      'delete',
    ]);
    expect(hops.every((hop) => hop.afterMs !== undefined && hop.afterMs >= 0)).toBe(true);
    expect(totalMs).toBeGreaterThanOrEqual(0);
    // A waterfall: each begins where what came before it was done, and the last one ends with the test.
    let doneMs = 0;
    for (const { startMs, endMs } of hops) {
      expect(startMs).toBe(Math.min(doneMs, endMs ?? Number.NaN));
      doneMs = Math.max(doneMs, endMs ?? Number.NaN);
    }
    expect(doneMs).toBe(totalMs);
    expect(leftOver()).toEqual([]);
    expect(world.store.state().rows).toBe(0);
  });

  it('names the Broker when nothing arrives, and cleans up', async () => {
    world.relay = () => undefined;
    await expect(world.drive(run())).rejects.toMatchObject({
      name: 'StepFailure',
      message: expect.stringContaining('published nothing'),
    });
    expect(hops.map((hop) => [hop.hop, hop.afterMs !== undefined])).toEqual([
      ['accepted', true],
      ['subject', false],
    ]);
    expect(leftOver()).toEqual([]);
  });

  it('names the deletion when only that is lost', async () => {
    const { relay } = world;
    world.relay = (change) => {
      if (change.type !== 'DELETED') relay(change);
    };
    await expect(world.drive(run())).rejects.toMatchObject({
      message: expect.stringContaining('its deletion did not'),
    });
    expect(hops.at(-1)).toEqual({ hop: 'delete', title: 'The deletion arrived' });
  });

  it('names the API server when it refuses', async () => {
    world.cluster.condition.denials.push({ verbs: ['create'], group: '', resource: 'configmaps' });
    await expect(world.drive(run())).rejects.toMatchObject({
      message: expect.stringContaining('did not accept'),
    });
    expect(hops).toHaveLength(1);
  });

  it('cleans up when it is cancelled', async () => {
    world.relay = () => undefined;
    const cancel = new AbortController();
    const running = run(cancel.signal);
    await world.clock.advance(500);
    expect(leftOver()).toHaveLength(1);
    cancel.abort(new Error('cancelled'));
    await expect(world.drive(running)).rejects.toThrow('given up');
    expect(leftOver()).toEqual([]);
  });
});

describe('what a killed test left behind', () => {
  it('goes once it has expired, and nothing else does', async () => {
    const nowSeconds = Math.floor(world.clock.now() / 1000);
    const make = (name: string, expiresAt: number) =>
      world.cluster.store.put('/configmaps', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name,
          namespace: 'default',
          labels: {
            'meshplay-troubleshooter/synthetic': 'true',
            'meshplay-troubleshooter/expires-at': String(expiresAt),
          },
        },
      });
    make('meshplay-troubleshooter-synthetic-old', nowSeconds - 10);
    make('meshplay-troubleshooter-synthetic-new', nowSeconds + 600);
    make('somebody-else', nowSeconds - 10);
    expect(await world.drive(sweepExpired(world.api, world.clock, new AbortController().signal))).toBe(1);
    expect(leftOver()).toEqual(['meshplay-troubleshooter-synthetic-new', 'somebody-else']);
  });
});
