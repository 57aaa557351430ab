import { afterEach, describe, expect, it } from 'vitest';
import type { LifecycleState } from '../../api/connection.ts';
import { ApiError } from '../../api/errors.ts';
import type { Operation } from '../../api/operation.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';
import { silentLog } from '../fakes/fake-clock.ts';
import { createFakeWorld, FakeState } from '../fakes/fake-ports.ts';
import { createLifecycleHandlers } from '../handlers/lifecycle.ts';
import { createUploadHandlers } from '../handlers/upload.ts';
import { createServices } from '../services.ts';
import type { Services } from '../services.ts';
import { createMemoryVault } from '../uploads/memory-vault.ts';
import { sandboxGate } from '../uploads/sandbox-gate.ts';
import { UploadStore } from '../uploads/upload-store.ts';
import { createUploads } from '../uploads/uploads.ts';
import { createLifecycle } from './lifecycle.ts';

const running: Services[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((services) => services.close()));
});

function operation(status: Operation['status'], connectionId: string): Operation {
  return {
    id: 'operation-1',
    kind: 'uninstall',
    title: 'Uninstall',
    connectionId,
    controllers: ['operator'],
    actor: 'ada',
    status,
    startedAt: '2026-03-01T10:00:00Z',
    steps: [],
    canCancel: false,
    canResume: false,
    isDismissed: false,
  };
}

async function scene({
  cluster = new FakeCluster(),
  state = new FakeState(),
  more = [] as readonly FakeCluster[],
} = {}) {
  const others = more.map((one, index) =>
    one.context({ context: `other-${index}`, fingerprint: `other-${index}` }),
  );
  const world = createFakeWorld([cluster.context(), ...others], state);
  const services = createServices(world);
  running.push(services);
  await services.start();
  await world.clock.advance(3000);
  const { registry, events } = services;
  const { clock } = world;
  const vault = createMemoryVault(clock);
  const gate = sandboxGate(world.kubeconfigs, undefined);
  const uploads = new UploadStore({ clock, log: silentLog, state, vault, gate });
  const cleared: string[] = [];
  const operations = { current: undefined as Operation | undefined, isBusy: false };
  const lifecycle = createLifecycle({
    registry,
    uploads,
    events,
    state,
    log: silentLog,
    operations: {
      begin: async (asked) => (operations.current = operation('running', asked.connectionId ?? '')),
      list: () => (operations.current === undefined ? [] : [operations.current]),
      view: () => operations.current ?? operation('interrupted', ''),
      async alone(_connectionId, title, _actor, work) {
        if (operations.isBusy) throw new ApiError('conflict', `Something runs instead of ${title}.`);
        return work();
      },
    },
    clearRows: async (uid) => cleared.push(uid),
  });
  const handlers = {
    ...createLifecycleHandlers(lifecycle),
    ...createUploadHandlers(createUploads({ clock, registry, store: uploads, events }), registry),
  };
  const connectionId = registry.connections()[0]?.id ?? '';
  const move = async (to: LifecycleState, operator: 'keep' | 'uninstall' = 'keep') =>
    handlers.connectionTransition(
      { params: { connectionId }, query: undefined, body: { to, operator } },
      { requestId: 'request-1', actor: 'ada', signal: new AbortController().signal },
    );
  return { world, services, registry, lifecycle, handlers, move, cluster, cleared, operations, connectionId };
}

describe('a connection', () => {
  it('that is disconnected is not observed, reads so quietly, and comes back', async () => {
    const { move, registry, cluster, world, connectionId, services } = await scene();
    const before = services.versionOf('connectionView', { connectionId });
    expect(await move('disconnected')).toEqual({
      lifecycle: 'disconnected',
      allowed: ['connected', 'deleted'],
    });
    expect(services.versionOf('connectionView', { connectionId })).not.toBe(before);
    await world.clock.advance(40_000);
    const { lists } = cluster;
    await world.clock.advance(120_000);
    expect(cluster.lists).toBe(lists);
    expect(registry.summaries()).toMatchObject([
      { id: connectionId, lifecycle: 'disconnected', health: 'unknown', findings: 0 },
    ]);
    // Nothing failed on its way: nobody looks.
    expect(registry.summaries()[0]?.hops[0]).toEqual({
      hop: 'kubernetes',
      verdict: 'unknown',
      word: 'not observed',
      onward: 'not-evaluated',
    });
    expect(registry.get(connectionId)?.evidence().api).toMatchObject({
      failure: { message: expect.stringContaining('Disconnected by you') as string },
    });
    await move('connected');
    await world.clock.advance(3000);
    expect(registry.summaries()).toMatchObject([{ lifecycle: 'connected', kubernetesVersion: 'v1.33.4' }]);
  });

  it('answers an illegal move with what is allowed, and the same state with itself', async () => {
    const { move } = await scene();
    await expect(move('discovered')).rejects.toMatchObject({
      code: 'conflict',
      allowed: ['disconnected', 'ignored', 'maintenance', 'deleted'],
    });
    await expect(move('not found')).rejects.toMatchObject({ code: 'conflict' });
    expect(await move('connected')).toMatchObject({ lifecycle: 'connected' });
  });

  it('stays ignored over rediscovery and restart', async () => {
    const state = new FakeState();
    const first = await scene({ state });
    await first.move('ignored');
    await first.registry.rediscover();
    expect(first.registry.summaries()).toMatchObject([{ lifecycle: 'ignored' }]);
    const cluster = new FakeCluster();
    const second = await scene({ state, cluster });
    expect(second.registry.summaries()).toMatchObject([{ lifecycle: 'ignored' }]);
    expect(cluster.lists).toBe(0);
  });

  it('that is deleted stays away until it is asked for again, and takes its rows along', async () => {
    const state = new FakeState();
    const { move, registry, cleared, handlers } = await scene({ state });
    expect(await move('deleted')).toMatchObject({ lifecycle: 'deleted', allowed: [] });
    expect(cleared).toEqual(['uid-one']);
    await registry.rediscover();
    expect(registry.connections()).toEqual([]);
    const after = await scene({ state });
    expect(after.registry.connections()).toEqual([]);
    expect(registry.kubeconfigs().contexts).toMatchObject([{ context: 'staging', isHidden: true }]);
    const shown = { source: '/home/ada/.kube/config', context: 'staging' };
    const request = { requestId: 'request-2', actor: 'ada', signal: new AbortController().signal };
    await handlers.kubeconfigShow({ params: undefined, query: undefined, body: shown }, request);
    expect(registry.summaries()).toMatchObject([{ name: 'staging' }]);
  });

  it('is called as a person wants, over restart, until it is deleted', async () => {
    const state = new FakeState();
    const { handlers, registry, services, connectionId, move } = await scene({ state });
    const request = { requestId: 'request-3', actor: 'ada', signal: new AbortController().signal };
    const rename = (name: string) =>
      handlers.connectionRename({ params: { connectionId }, query: undefined, body: { name } }, request);
    const before = services.versionOf('connectionView', { connectionId });
    expect(await rename('the small one')).toEqual({ connectionId, name: 'the small one' });
    expect(services.versionOf('connectionView', { connectionId })).not.toBe(before);
    await registry.rediscover();
    expect(registry.summaries()).toMatchObject([{ name: 'the small one' }]);
    const second = await scene({ state });
    expect(second.registry.summaries()).toMatchObject([{ name: 'the small one' }]);
    await move('deleted');
    const shown = { source: '/home/ada/.kube/config', context: 'staging' };
    await handlers.kubeconfigShow({ params: undefined, query: undefined, body: shown }, request);
    expect(registry.summaries()).toMatchObject([{ name: 'staging' }]);
  });

  it('never has the name of another, also when two people choose it in the same moment', async () => {
    const { handlers, registry } = await scene({ more: [new FakeCluster('uid-two')] });
    const request = { requestId: 'request-4', actor: 'ada', signal: new AbortController().signal };
    const ids = registry.connections().map(({ id }) => id);
    const asked = await Promise.allSettled(
      ids.map(async (connectionId) =>
        handlers.connectionRename(
          { params: { connectionId }, query: undefined, body: { name: 'prod' } },
          request,
        ),
      ),
    );
    expect(asked.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(registry.summaries().filter(({ name }) => name === 'prod')).toHaveLength(1);
    expect(registry.summaries()).toHaveLength(2);
  });

  it('that is put aside is still known by its cluster, so that what was stored of it is found', async () => {
    const { move, registry, connectionId } = await scene();
    await move('disconnected');
    expect(registry.get(connectionId)?.clusterUid()).toBe('uid-one');
    expect(registry.get(connectionId)?.view().clusterUid).toBe('uid-one');
  });

  it('of a cluster that is off can be deleted too', async () => {
    const cluster = new FakeCluster();
    cluster.mode = 'refuses';
    const { move, registry } = await scene({ cluster });
    expect(registry.summaries()).toMatchObject([{ lifecycle: 'not found' }]);
    await move('deleted');
    expect(registry.connections()).toEqual([]);
  });

  it('moves when the uninstall has succeeded, and not before', async () => {
    const { move, registry, lifecycle, operations, connectionId } = await scene();
    const reply = await move('deleted', 'uninstall');
    expect(reply).toMatchObject({ lifecycle: 'connected', operationId: 'operation-1' });
    await lifecycle.close();
    expect(registry.connections()).toHaveLength(1);
    operations.current = operation('succeeded', connectionId);
    lifecycle.operationChanged(operations.current);
    await lifecycle.close();
    expect(registry.connections()).toEqual([]);
  });

  it('stays when the uninstall failed', async () => {
    const { move, registry, lifecycle, operations, connectionId, services } = await scene();
    await move('disconnected', 'uninstall');
    operations.current = operation('failed', connectionId);
    lifecycle.operationChanged(operations.current);
    await lifecycle.close();
    expect(registry.summaries()).toMatchObject([{ lifecycle: 'connected' }]);
    expect(services.events.version()).toBeGreaterThan(0);
  });

  it('is not moved while something else happens there, and says why', async () => {
    const { move, registry, lifecycle, operations, connectionId, services } = await scene();
    operations.isBusy = true;
    await expect(move('deleted')).rejects.toMatchObject({ code: 'conflict' });
    operations.isBusy = false;
    await move('disconnected', 'uninstall');
    operations.current = operation('succeeded', connectionId);
    operations.isBusy = true;
    lifecycle.operationChanged(operations.current);
    await lifecycle.close();
    expect(registry.summaries()).toMatchObject([{ lifecycle: 'connected' }]);
    expect(services.events.list()[0]?.message).toContain('something else began meanwhile');
  });

  it('keeps the wish over a restart', async () => {
    const state = new FakeState();
    const first = await scene({ state });
    await first.move('disconnected', 'uninstall');
    await first.lifecycle.close();
    const second = await scene({ state });
    second.operations.current = operation('succeeded', second.connectionId);
    await second.lifecycle.start();
    expect(second.registry.summaries()).toMatchObject([{ lifecycle: 'disconnected' }]);
  });
});
