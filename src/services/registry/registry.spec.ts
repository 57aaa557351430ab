import { afterEach, describe, expect, it, vi } from 'vitest';
import { routes } from '../../api/routes.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';
import { installMeshery, workload } from '../fakes/fake-objects.ts';
import { createFakeWorld, FakeState } from '../fakes/fake-ports.ts';
import type { FakeWorld } from '../fakes/fake-ports.ts';
import { createCoreHandlers } from '../handlers.ts';
import { createServices } from '../services.ts';
import type { Services } from '../services.ts';
import { EventLog } from './event-log.ts';
import { createRegistry } from './registry.ts';

const running: Services[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((services) => services.close()));
});

async function started(world: FakeWorld): Promise<Services> {
  const services = createServices(world);
  running.push(services);
  await services.start();
  return services;
}

function healthyWorld() {
  const cluster = new FakeCluster();
  installMeshery(cluster);
  const world = createFakeWorld([cluster.context()]);
  world.brokers.answers.set('meshery/meshery-nats-0:4222', 'answers');
  world.brokers.answers.set('meshery/meshery-nats-0:8222', 'answers');
  return { cluster, world };
}

const request = { requestId: 'request-1', actor: 'local', signal: new AbortController().signal };
const everything = { params: undefined, query: { limit: 200 }, body: undefined };

describe('connections', () => {
  it('show a cluster with its states, and reply what the contract says', async () => {
    const { world } = healthyWorld();
    const services = await started(world);
    await world.clock.advance(4000);
    const handlers = createCoreHandlers(services);
    const list = await handlers.connectionList(everything, request);
    expect(routes.connectionList.response.parse(list).items).toMatchObject([
      { name: 'staging', kubernetesVersion: 'v1.33.4', families: ['meshery'] },
    ]);
    const id = list.items[0]?.id ?? '';
    const view = await handlers.connectionView(
      { params: { connectionId: id }, query: undefined, body: undefined },
      request,
    );
    expect(routes.connectionView.response.parse(view)).toMatchObject({
      clusterUid: 'uid-one',
      waysIn: [{ context: 'staging', isInUse: true }],
    });
    const evidence = await handlers.connectionEvidence(
      { params: { connectionId: id }, query: undefined, body: undefined },
      request,
    );
    expect(routes.connectionEvidence.response.parse(evidence).link).toMatchObject({
      state: 'connected',
      chosen: 'port-forward',
    });
  });

  it('hand messages of MeshSync to the intake and count them', async () => {
    const { world } = healthyWorld();
    const services = await started(world);
    await world.clock.advance(4000);
    world.brokers.open()?.deliver('meshery.meshsync.core', '{"Object":{"cluster_id":"uid-one"}}');
    expect(world.accepted).toMatchObject([{ clusterUid: 'uid-one', subject: 'meshery.meshsync.core' }]);
    await world.clock.advance(1000);
    const handlers = createCoreHandlers(services);
    const activity = await handlers.activityView(
      { params: undefined, query: { since: 0 }, body: undefined },
      request,
    );
    expect(activity).toMatchObject({ cursor: 1, arrived: 1, connected: 1, connections: 1 });
    expect(services.registry.summaries()[0]?.messages).toBe(1);
  });

  it('of one cluster become one, with the id that existed first', async () => {
    const cluster = new FakeCluster();
    const world = createFakeWorld([
      cluster.context({ context: 'by-name', fingerprint: 'one' }),
      cluster.context({
        context: 'by-address',
        fingerprint: 'two',
        server: 'https://10.0.0.1:6443',
        isTlsVerified: false,
      }),
    ]);
    const services = await started(world);
    const before = services.registry.summaries().map((summary) => summary.id);
    expect(before).toHaveLength(2);
    await world.clock.advance(3000);
    const after = services.registry.connections();
    expect(after).toHaveLength(1);
    expect(before).toContain(after[0]?.id);
    expect(after[0]?.view().waysIn.map((way) => way.context)).toEqual(['by-name', 'by-address']);
    // Told although it is not in use: it may be, any moment.
    expect(after[0]?.view()).toMatchObject({
      isTlsVerified: true,
      uncheckedWays: ['by-address'],
      waysIn: [{ isTlsVerified: true }, { isTlsVerified: false }],
    });
  });

  it('keep their ids over a restart, even when the context that existed first is gone', async () => {
    const cluster = new FakeCluster();
    const state = new FakeState();
    const one = cluster.context({ context: 'one', fingerprint: 'one' });
    const two = cluster.context({ context: 'two', fingerprint: 'two' });
    const first = createFakeWorld([one, two], state);
    const services = await started(first);
    await first.clock.advance(3000);
    const id = services.registry.connections()[0]?.id;
    await services.close();
    const second = createFakeWorld([two], state);
    const again = await started(second);
    expect(again.registry.connections().map((connection) => connection.id)).toEqual([id]);
  });

  it('keep the name they were first seen by when a token is rotated or a context renamed', async () => {
    const { world, cluster } = healthyWorld();
    const services = await started(world);
    await world.clock.advance(4000);
    const id = services.registry.connections()[0]?.id;
    world.contexts = [cluster.context({ credentialsMark: 'rotated' })];
    await services.registry.rediscover();
    world.contexts = [cluster.context({ context: 'staging-2', credentialsMark: 'rotated' })];
    expect(await services.registry.rediscover()).toMatchObject({
      added: ['staging-2'],
      removed: ['staging'],
    });
    await world.clock.advance(1000);
    expect(services.registry.summaries()).toMatchObject([{ id, name: 'staging' }]);
    expect(services.registry.connections()[0]?.view().waysIn).toMatchObject([{ context: 'staging-2' }]);
    await services.close();
    const again = await started(createFakeWorld(world.contexts, world.state));
    expect(again.registry.summaries()).toMatchObject([{ id, name: 'staging' }]);
  });

  it('are told apart by their names, whoever comes later or comes back', async () => {
    const [one, two] = [new FakeCluster('uid-one'), new FakeCluster('uid-two')];
    const first = one.context({ context: 'dev', fingerprint: 'one' });
    const second = two.context({ context: 'dev', fingerprint: 'two', source: '/srv/other' });
    const world = createFakeWorld([first]);
    const services = await started(world);
    await world.clock.advance(3000);
    const names = () => services.registry.summaries().map(({ name }) => name);
    world.contexts = [second, first];
    await services.registry.rediscover();
    await world.clock.advance(3000);
    expect(names()).toEqual(['dev', 'dev (2)']);
    expect(services.registry.connections()[0]?.clusterUid()).toBe('uid-one');
    const again = await started(createFakeWorld([second, first], world.state));
    expect(again.registry.connections().map(({ id, name }) => [id, name])).toEqual(
      services.registry.connections().map(({ id, name }) => [id, name]),
    );
    world.contexts = [{ ...second, context: 'prod' }];
    await services.registry.rediscover();
    expect(names()).toEqual(['dev (2)']);
    await services.registry.rename(services.registry.connections()[0]?.id ?? '', 'dev');
    world.contexts = [second, first];
    await services.registry.rediscover();
    expect(names()).toEqual(['dev', 'dev (2)']);
    const [dev] = services.registry.connections();
    expect(services.registry.waysOf(dev?.id ?? '')).toMatchObject([{ source: '/srv/other' }]);
  });

  it('are called as before when a new name cannot be kept', async () => {
    const cluster = new FakeCluster();
    const state = new FakeState();
    const world = createFakeWorld([cluster.context()], state);
    const services = await started(world);
    await world.clock.advance(3000);
    const { registry } = services;
    const id = registry.summaries()[0]?.id ?? '';
    const write = vi.spyOn(state, 'write').mockRejectedValue(new Error('the disk is full'));
    await expect(registry.rename(id, 'dev')).rejects.toThrow('the disk is full');
    expect(registry.summaries()).toMatchObject([{ name: 'staging' }]);
    write.mockRestore();
    await registry.rename(id, 'dev');
    expect(registry.summaries()).toMatchObject([{ name: 'dev' }]);
    const again = await started(createFakeWorld(world.contexts, state));
    expect(again.registry.summaries()).toMatchObject([{ name: 'dev' }]);
  });

  it('keep a name although their cluster was never reached', async () => {
    const cluster = new FakeCluster();
    cluster.mode = 'refuses';
    const state = new FakeState();
    const first = createFakeWorld([cluster.context()], state);
    const services = await started(first);
    await first.clock.advance(1000);
    first.contexts = [cluster.context({ context: 'other' })];
    await services.registry.rediscover();
    expect(services.registry.summaries()).toMatchObject([{ name: 'staging' }]);
    await services.close();
    const again = await started(createFakeWorld(first.contexts, state));
    expect(again.registry.summaries()).toMatchObject([{ name: 'staging' }]);
  });

  it('are shown for contexts that cannot be used, each by itself', async () => {
    const problem = { kind: 'exec-missing' as const, message: 'aws-iam-authenticator was not found' };
    const broken = (context: string) => ({
      ...new FakeCluster().context({ context, server: '', fingerprint: 'empty', problem }),
      access: undefined,
    });
    const { access: _first, ...eks } = broken('eks');
    const { access: _second, ...gke } = broken('gke');
    const world = createFakeWorld([eks, gke]);
    const services = await started(world);
    await world.clock.advance(1000);
    const summaries = services.registry.summaries();
    expect(summaries.map((summary) => [summary.name, summary.health])).toEqual([
      ['eks', 'unknown'],
      ['gke', 'unknown'],
    ]);
    const evidence = services.registry.get(summaries[0]?.id ?? '')?.evidence();
    expect(evidence?.api).toMatchObject({ status: 'failed', failure: { kind: 'exec-missing' } });
  });

  it('come, change and go with the kubeconfig', async () => {
    const { world, cluster } = healthyWorld();
    const services = await started(world);
    const handlers = createCoreHandlers(services);
    const nothing = { params: undefined, query: undefined, body: undefined };
    const other = new FakeCluster('uid-two');
    world.contexts = [
      cluster.context({ credentialsMark: 'rotated' }),
      other.context({ context: 'production', fingerprint: 'fingerprint-two' }),
    ];
    const reply = await handlers.kubeconfigRediscover(nothing, request);
    expect(reply).toMatchObject({ added: ['production'], changed: ['staging'], removed: [] });
    world.contexts = [];
    expect(await handlers.kubeconfigRediscover(nothing, request)).toMatchObject({
      removed: ['staging', 'production'],
    });
    expect(services.registry.connections()).toEqual([]);
    await world.clock.advance(1);
    expect(cluster.isClosed).toBe(true);
  });

  it('keep their version while nothing changes, and count it up when something does', async () => {
    const { world, cluster } = healthyWorld();
    const services = await started(world);
    await world.clock.advance(90_500);
    const id = services.registry.connections()[0]?.id ?? '';
    const version = services.versionOf('connectionView', { connectionId: id });
    await world.clock.advance(10_000);
    expect(services.versionOf('connectionView', { connectionId: id })).toBe(version);
    cluster.put('deployments', workload('meshery-operator', 0));
    await world.clock.advance(200);
    expect(services.versionOf('connectionView', { connectionId: id })).not.toBe(version);
  });

  it('read unknown when the rules throw, and harm nobody else', async () => {
    const { world } = healthyWorld();
    const { clock, log, state } = world;
    const registry = createRegistry({
      ports: world,
      events: new EventLog({ clock, log, state }),
      judge: () => {
        throw new Error('a rule divided by nothing');
      },
    });
    await registry.start();
    await clock.advance(3000);
    const [summary] = registry.summaries();
    expect(summary).toMatchObject({ health: 'unknown', findings: 0 });
    expect(summary?.controllers[0]?.because[0]?.text).toContain('divided by nothing');
    await registry.close();
  });

  it('are waited for, and given up on in time', async () => {
    const { world, cluster } = healthyWorld();
    const services = await started(world);
    await world.clock.advance(4000);
    const connection = services.registry.connections()[0];
    const isGone = connection?.waitFor(
      (_view, evidence) =>
        evidence.workloads.status === 'seen' &&
        evidence.workloads.value.every((one) => one.role !== 'meshsync'),
      5000,
      request.signal,
    );
    cluster.drop('deployments', 'meshery', 'meshery-meshsync');
    await world.clock.advance(200);
    expect(await isGone).toBe(true);
    const never = connection?.waitFor(() => false, 1000, request.signal);
    await world.clock.advance(2000);
    expect(await never).toBe(false);
  });

  it('answer a refresh when the effect was observed', async () => {
    const { world } = healthyWorld();
    const services = await started(world);
    await world.clock.advance(4000);
    const handlers = createCoreHandlers(services);
    const id = services.registry.connections()[0]?.id ?? '';
    const refreshing = handlers.connectionRefresh(
      { params: { connectionId: id }, query: undefined, body: undefined },
      request,
    );
    await world.clock.advance(1000);
    expect(await refreshing).toMatchObject({ isComplete: true, waitingFor: [] });
  });

  it('end a refresh of a black hole by their own limit', async () => {
    const { world, cluster } = healthyWorld();
    const services = await started(world);
    await world.clock.advance(4000);
    cluster.mode = 'black-hole';
    const handlers = createCoreHandlers(services);
    const refreshing = handlers.connectionRefreshAll(
      { params: undefined, query: undefined, body: undefined },
      request,
    );
    await world.clock.advance(6000);
    expect(await refreshing).toMatchObject({ isComplete: false, waitingFor: ['staging: api server'] });
  });

  it('are found by a part of their name, and counted whatever the filter', async () => {
    const { world } = healthyWorld();
    const services = await started(world);
    await world.clock.advance(4000);
    const handlers = createCoreHandlers(services);
    const found = await handlers.connectionList(
      { ...everything, query: { limit: 200, name: 'STAG' } },
      request,
    );
    expect(found.items).toHaveLength(1);
    const missed = await handlers.connectionList(
      { ...everything, query: { limit: 200, name: 'no such thing' } },
      request,
    );
    expect(missed.items).toEqual([]);
    expect(Object.values(missed.counts).reduce((sum, count) => sum + count, 0)).toBe(1);
  });
});

describe('events', () => {
  it('tell when an API server went away and came back, and are kept', async () => {
    const { world, cluster } = healthyWorld();
    const services = await started(world);
    await world.clock.advance(5000);
    cluster.mode = 'refuses';
    cluster.cutWatches();
    await world.clock.advance(5000);
    const messages = services.events.list().map((event) => event.message);
    expect(messages.some((message) => message.startsWith('staging cannot be observed'))).toBe(true);
    const handlers = createCoreHandlers(services);
    const listed = await handlers.eventList(everything, request);
    expect(listed.unreadProblems).toBeGreaterThan(0);
    await handlers.eventRead({ params: undefined, query: undefined, body: {} }, request);
    expect((await handlers.eventList(everything, request)).unreadProblems).toBe(0);
    await services.close();
    const again = createServices(createFakeWorld([], world.state));
    running.push(again);
    await again.start();
    expect(again.events.list().length).toBe(services.events.list().length);
    expect(again.events.list().every((event) => event.isRead)).toBe(true);
  });
});
