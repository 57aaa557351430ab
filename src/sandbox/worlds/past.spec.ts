import { afterEach, describe, expect, it } from 'vitest';
import { TRAFFIC_COLLECTION } from '../../services/link/traffic-keeper.ts';
import { createMemoryState, createSandbox } from '../index.ts';
import { createManualClock } from '../manual-clock.ts';
import { openLabBench, type LabBench } from './lab-bench.ts';
import type { World } from './plan.ts';
import { WORLDS } from './worlds.ts';

/** Simulated seconds: what a person who opens the world waits at most. */
const AT_ONCE_MS = 5000;
const MINUTE_MS = 60_000;

const open: LabBench[] = [];
afterEach(async () => {
  for (const bench of open.splice(0)) await bench.close();
});

function staleWorld(changes: { wasHeard: boolean; faults?: readonly string[] }): World {
  const world = WORLDS.find(({ name }) => name === 'stale-data');
  if (world === undefined) throw new Error('There is no such world.');
  return { ...world, connections: world.connections.map((plan) => ({ ...plan, ...changes })) };
}

async function bench(world: World): Promise<LabBench> {
  const made = await openLabBench(world);
  open.push(made);
  return made;
}

const isStale = ({ allFindings }: ReturnType<LabBench['view']>) =>
  allFindings.some(({ code }) => code === 'MT-S-05');

describe('the world of stale data', () => {
  it('shows it at once, because this server has listened to the cluster before', async () => {
    const stale = await bench(staleWorld({ wasHeard: true }));
    expect(await stale.until(isStale, AT_ONCE_MS)).toBe(true);
    const { rootCause, controllers, hops, health } = stale.view();
    expect(rootCause).toMatchObject({ code: 'MT-S-05', hop: 'server' });
    expect(rootCause?.summary).toBe('MeshSync answers, but has told of no change for 60 min.');
    expect(controllers.map(({ state }) => state)).toEqual(['DEPLOYED', 'CONNECTED', 'CONNECTED']);
    expect(hops.find(({ onward }) => onward === 'broken')?.hop).toBe('server');
    expect(health).toBe('needs-attention');
  }, 60_000);

  it('is well again as soon as MeshSync hears', async () => {
    const stale = await bench(staleWorld({ wasHeard: true }));
    expect(await stale.until(isStale, AT_ONCE_MS)).toBe(true);
    await stale.repair('deaf-meshsync');
    expect(await stale.until(({ health }) => health === 'healthy', MINUTE_MS)).toBe(true);
  }, 60_000);

  it('is known only after a while to a server that never listened before', async () => {
    const stale = await bench(staleWorld({ wasHeard: false }));
    expect(await stale.until(isStale, 9 * MINUTE_MS)).toBe(false);
    expect(await stale.until(isStale, 3 * MINUTE_MS)).toBe(true);
  }, 120_000);

  it('does not make a cluster stale that changes', async () => {
    const well = await bench(staleWorld({ wasHeard: true, faults: [] }));
    expect(await well.until(isStale, MINUTE_MS)).toBe(false);
    expect(well.view().health).toBe('healthy');
  }, 60_000);
});

describe('a state store with a simulated past', () => {
  it('keeps nothing of a simulated cluster, and everything of others', async () => {
    const clock = createManualClock(Date.UTC(2026, 5, 15, 9));
    const kept = createMemoryState();
    const sandbox = createSandbox({ clock, seed: 5, world: 'stale-data' });
    const state = sandbox.remembering(kept);
    const [context] = (await sandbox.kubeconfigs.discover()).contexts;
    const api = context?.access?.open();
    const system = await api?.get({
      kind: { group: '', version: 'v1', plural: 'namespaces', isNamespaced: false },
      name: 'kube-system',
    });
    const uid = system?.metadata.uid ?? '';
    const past = { heardForSeconds: 3600, longestGapSeconds: 1, quietForSeconds: 3600 };
    expect(await state.read(TRAFFIC_COLLECTION, uid)).toEqual(past);
    await state.write(TRAFFIC_COLLECTION, uid, { ...past, quietForSeconds: 0 });
    expect(await state.read(TRAFFIC_COLLECTION, uid)).toEqual(past);
    expect(await kept.list(TRAFFIC_COLLECTION)).toEqual([]);
    await state.write(TRAFFIC_COLLECTION, 'a-real-one', past);
    await state.write('events', uid, { any: 'thing' });
    expect(await kept.list(TRAFFIC_COLLECTION)).toHaveLength(1);
    expect(await state.read('events', uid)).toEqual({ any: 'thing' });
    sandbox.close();
  });
});
