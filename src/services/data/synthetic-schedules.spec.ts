import { afterEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../api/errors.ts';
import type { Operation } from '../../api/operation.ts';
import { FakeClock, silentLog } from '../fakes/fake-clock.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';
import { createFakeWorld, FakeState } from '../fakes/fake-ports.ts';
import { createServices } from '../services.ts';
import { createWorkbench } from '../workbench.ts';
import { createSyntheticSchedules } from './synthetic-schedules.ts';

const MINUTE_MS = 60_000;
const HOPS = [
  { hop: 'subject', title: 'Seen on the Broker', afterMs: 20 },
  { hop: 'database', title: 'In the database', afterMs: 30 },
  { hop: 'update', title: 'An update arrived', afterMs: 40 },
  { hop: 'delete', title: 'The deletion arrived', afterMs: 50 },
];

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** Schedules over operations that end at once; `isBusy` makes them refuse, as when another one runs. */
async function scene({ clock = new FakeClock(), state = new FakeState() } = {}) {
  const all: Operation[] = [];
  const world = { isBusy: false, asked: 0 };
  const schedules = createSyntheticSchedules({
    clock,
    log: silentLog,
    state,
    operations: {
      begin: async ({ connectionId }, actor) => {
        world.asked += 1;
        if (world.isBusy) throw new ApiError('conflict', 'Another operation already runs here.');
        return end({ actor, connectionId });
      },
      list: () => all,
      dismiss: async (id) => {
        const found = all.findIndex((one) => one.id === id);
        const operation = all[found];
        if (operation === undefined) throw new Error(`no operation ${id}`);
        return (all[found] = { ...operation, isDismissed: true });
      },
    },
  });
  function end(change: Partial<Operation>): Operation {
    const operation: Operation = {
      id: clock.uuid(),
      kind: 'synthetic-test',
      title: 'Synthetic test',
      connectionId: 'prod',
      controllers: [],
      actor: 'ada',
      status: 'succeeded',
      startedAt: new Date(clock.now()).toISOString(),
      endedAt: new Date(clock.now()).toISOString(),
      steps: [],
      summary: 'A change arrives.',
      hops: HOPS,
      canCancel: false,
      canResume: false,
      isDismissed: false,
      ...change,
    };
    all.push(operation);
    schedules.operationChanged(operation);
    return operation;
  }
  await schedules.start();
  closers.push(() => schedules.close());
  return { clock, state, schedules, world, all, end };
}

describe('the schedule of the synthetic test', () => {
  it('is off until somebody asks for it, and off again when told', async () => {
    const { clock, schedules, world } = await scene();
    await clock.advance(120 * MINUTE_MS);
    expect(world.asked).toBe(0);
    expect(schedules.view('prod')).toEqual({ history: [] });
    await schedules.schedule('prod', 5);
    expect(schedules.view('prod')).toMatchObject({ everyMinutes: 5, nextAt: '2026-03-01T12:05:00.000Z' });
    expect(await schedules.schedule('prod', undefined)).toEqual({ history: [] });
    await clock.advance(60 * MINUTE_MS);
    expect(world.asked).toBe(0);
    expect(clock.sleepers()).toBe(0);
  });

  it('runs at its interval and tells how long the whole way took', async () => {
    const { clock, schedules, world } = await scene();
    await schedules.schedule('prod', 5);
    await clock.advance(4 * MINUTE_MS);
    expect(world.asked).toBe(0);
    await clock.advance(11 * MINUTE_MS);
    expect(world.asked).toBe(3);
    expect(schedules.view('prod')).toEqual({
      everyMinutes: 5,
      nextAt: '2026-03-01T10:20:00.000Z',
      history: ['05', '10', '15'].map((minute) => ({
        at: `2026-03-01T10:${minute}:00.000Z`,
        isSuccess: true,
        totalMs: 120,
        message: 'A change arrives.',
      })),
    });
  });

  it('passes a time over at which another operation runs, and tries again at the next', async () => {
    const { clock, schedules, world } = await scene();
    await schedules.schedule('prod', 5);
    world.isBusy = true;
    await clock.advance(5 * MINUTE_MS);
    expect(world.asked).toBe(1);
    expect(schedules.view('prod')).toMatchObject({ nextAt: '2026-03-01T10:10:00.000Z', history: [] });
    world.isBusy = false;
    await clock.advance(5 * MINUTE_MS);
    expect(schedules.view('prod').history).toMatchObject([{ at: '2026-03-01T10:10:00.000Z' }]);
  });

  it('survives a restart, and soon does what became due meanwhile', async () => {
    const first = await scene();
    await first.schedules.schedule('prod', 60);
    first.end({ actor: 'ada' });
    await first.schedules.close();
    expect(first.clock.sleepers()).toBe(0);
    await first.clock.advance(90 * MINUTE_MS);
    const { schedules, world, clock } = await scene({ clock: first.clock, state: first.state });
    expect(schedules.view('prod')).toMatchObject({ everyMinutes: 60, history: [{ isSuccess: true }] });
    expect(world.asked).toBe(0);
    await clock.advance(MINUTE_MS);
    expect(world.asked).toBe(1);
    expect(schedules.view('prod').history).toHaveLength(2);
    expect(first.world.asked).toBe(0);
  });
});

describe('the history of the synthetic test', () => {
  it('keeps the last 200 that came to their end, whoever started them', async () => {
    const { end, schedules, state } = await scene();
    for (let count = 0; count < 230; count += 1) end({ summary: `run ${count}.` });
    end({ status: 'cancelled' });
    end({ status: 'running' });
    end({ kind: 'resync' });
    const { history } = schedules.view('prod');
    expect(history).toHaveLength(200);
    expect(history[0]).toMatchObject({ message: 'run 30.' });
    expect(history.at(-1)).toMatchObject({ message: 'run 229.' });
    await schedules.close();
    expect(await state.read('synthetic', 'prod')).toEqual({ history });
  });

  it('names the first hop that did not answer', async () => {
    const { end, schedules } = await scene();
    end({
      status: 'failed',
      summary: 'MeshSync published nothing about it.',
      hops: [
        { hop: 'accepted', title: 'The API server accepted the change', afterMs: 3 },
        { hop: 'subject', title: 'Seen on the Broker' },
      ],
    });
    expect(schedules.view('prod').history).toMatchObject([
      {
        isSuccess: false,
        failedHop: 'Seen on the Broker',
        message: 'MeshSync published nothing about it.',
      },
    ]);
    expect(schedules.view('prod').history[0]).not.toHaveProperty('totalMs');
  });

  it('puts the results of scheduled tests away, except the last when it failed', async () => {
    const { all, clock, end } = await scene();
    const isDismissed = () => all.map((one) => one.isDismissed);
    end({ actor: 'ada', status: 'failed' });
    end({ actor: 'schedule', status: 'failed' });
    end({ actor: 'schedule', status: 'failed' });
    await clock.advance(0);
    expect(isDismissed()).toEqual([false, true, false]);
    end({ actor: 'schedule' });
    await clock.advance(0);
    expect(isDismissed()).toEqual([false, true, true, true]);
  });
});

it('begins real operations at its times, and leaves no timer behind', async () => {
  const world = createFakeWorld([new FakeCluster().context()]);
  const services = createServices(world);
  const none = () => Promise.reject(new Error('not asked for here'));
  const workbench = createWorkbench(services, {
    reset: none,
    restore: none,
    flush: none,
    rows: () => 0,
    synthetic: async (_connectionId, onHop) => {
      for (const hop of HOPS) onHop(hop);
      return { totalMs: 120 };
    },
  });
  closers.push(
    () => services.close(),
    () => workbench.close(),
  );
  await services.start();
  await workbench.start();
  await world.clock.advance(3_000);
  const connectionId = services.registry.connections()[0]?.id ?? '';
  const context = { requestId: 'request-1', actor: 'ada', signal: new AbortController().signal };
  const { syntheticSchedule, syntheticView, operationList } = workbench.handlers;
  const input = { params: { connectionId }, query: undefined };
  await syntheticSchedule({ ...input, body: { everyMinutes: 1 } }, context);
  await world.clock.advance(MINUTE_MS + 1_000);
  expect(await syntheticView({ ...input, body: undefined }, context)).toMatchObject({
    everyMinutes: 1,
    history: [{ isSuccess: true, totalMs: 120 }],
  });
  const list = await operationList(
    { params: undefined, query: { limit: 10, kind: 'synthetic-test' }, body: undefined },
    context,
  );
  expect(list.items).toMatchObject([{ actor: 'schedule', status: 'succeeded', connectionId }]);
  const unknown = { ...input, params: { connectionId: 'nowhere' } };
  expect(() => syntheticView({ ...unknown, body: undefined }, context)).toThrow(
    'There is no connection nowhere.',
  );
  await workbench.close();
  await services.close();
  expect(world.clock.sleepers()).toBe(0);
}, 60_000);
