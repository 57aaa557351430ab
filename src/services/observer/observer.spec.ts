import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock, silentLog } from '../fakes/fake-clock.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';
import { installMeshery, workload } from '../fakes/fake-objects.ts';
import { createObserver } from './observer.ts';
import type { Observer } from './observer.ts';

let clock: FakeClock;
let cluster: FakeCluster;
let observer: Observer;
let changes: number;

beforeEach(() => {
  clock = new FakeClock();
  cluster = new FakeCluster();
  changes = 0;
  observer = createObserver({
    clock,
    log: silentLog,
    api: cluster,
    connections: () => 20,
    onChange: () => {
      changes += 1;
    },
  });
});

afterEach(() => observer.close());

function workloadNames(): string[] {
  const { workloads } = observer.observed();
  return workloads.status === 'seen' ? workloads.value.map((one) => one.name).toSorted() : [workloads.status];
}

describe('observing a cluster', () => {
  it('claims nothing before it has looked', () => {
    const observed = observer.observed();
    expect([observed.api.status, observed.workloads.status, observed.resources.status]).toEqual([
      'pending',
      'pending',
      'pending',
    ]);
  });

  it('sees every part of a healthy install, and keeps the token out of the evidence', async () => {
    installMeshery(cluster);
    observer.start();
    await clock.advance(1000);
    const observed = observer.observed();
    expect(observed.api).toMatchObject({ status: 'seen', value: { version: 'v1.33.4', isReady: true } });
    expect(observed.clusterUid).toMatchObject({ status: 'seen', value: 'uid-one' });
    expect(observed.definitions).toMatchObject({ status: 'seen', value: { length: 2 } });
    expect(observed.resources).toMatchObject({
      status: 'seen',
      value: [{ kind: 'Broker' }, { kind: 'MeshSync' }],
    });
    expect(workloadNames()).toEqual(['meshery-meshsync', 'meshery-nats', 'meshery-operator']);
    expect(observed.pods).toMatchObject({ status: 'seen', value: { length: 3 } });
    expect(observed.services).toMatchObject({
      status: 'seen',
      value: [{ role: 'broker', clusterIp: '10.96.0.9' }],
    });
    expect(observed.brokerToken).toMatchObject({
      status: 'seen',
      value: { isPresent: true, namespace: 'meshery' },
    });
    expect(observer.tokens()).toEqual([{ namespace: 'meshery', token: 't0123abcd' }]);
    expect(JSON.stringify(observed)).not.toContain('t0123abcd');
    expect(observed.namespaces).toEqual(['meshery']);
  });

  it('says of an empty cluster that nothing is there, as a fact', async () => {
    observer.start();
    await clock.advance(1000);
    const observed = observer.observed();
    expect(observed.workloads).toMatchObject({ status: 'seen', value: [] });
    expect(observed.resources).toMatchObject({ status: 'seen', value: [] });
  });

  it('finds controllers that nothing points to any more', async () => {
    cluster.put('statefulsets', {
      ...workload('meshery-nats'),
      metadata: { name: 'meshery-nats', namespace: 'left-behind' },
    });
    observer.start();
    await clock.advance(1000);
    expect(observer.observed().namespaces).toEqual(['left-behind']);
    expect(workloadNames()).toEqual(['meshery-nats']);
  });

  it('tells a change as soon as the watch does', async () => {
    installMeshery(cluster);
    observer.start();
    await clock.advance(1000);
    const before = changes;
    cluster.put('deployments', workload('meshery-operator', 0));
    await clock.advance(1);
    expect(changes).toBeGreaterThan(before);
    const { workloads } = observer.observed();
    const operator =
      workloads.status === 'seen' ? workloads.value.find((one) => one.role === 'operator') : undefined;
    expect(operator?.ready).toBe(0);
  });

  it('skips an object that is not what it should be, and keeps the others', async () => {
    installMeshery(cluster);
    cluster.put('pods', { metadata: { name: 'meshery-nats-1', namespace: 'meshery' }, status: 'nonsense' });
    observer.start();
    await clock.advance(1000);
    expect(observer.observed().pods).toMatchObject({ status: 'seen', value: { length: 3 } });
  });

  it('notices within five seconds that its watches went silent, and catches up', async () => {
    installMeshery(cluster);
    observer.start();
    await clock.advance(3000);
    cluster.isSilent = true;
    cluster.drop('deployments', 'meshery', 'meshery-meshsync');
    await clock.advance(5000);
    expect(workloadNames()).toEqual(['meshery-nats', 'meshery-operator']);
  });

  it('passes through silent on the way, so that a person can see it happened', async () => {
    installMeshery(cluster);
    observer.start();
    await clock.advance(3000);
    cluster.isSilent = true;
    cluster.drop('deployments', 'meshery', 'meshery-meshsync');
    const states = new Set<string>();
    for (let step = 0; step < 50; step += 1) {
      await clock.advance(100);
      for (const stream of observer.observed().streams) states.add(stream.state);
    }
    expect(states).toContain('silent');
  });

  it('fails everything within five seconds of the API server dying, and keeps what it last saw', async () => {
    installMeshery(cluster);
    observer.start();
    await clock.advance(3000);
    cluster.mode = 'black-hole';
    await clock.advance(5000);
    const observed = observer.observed();
    expect(observed.api).toMatchObject({ status: 'failed', failure: { kind: 'timeout' } });
    expect(observed.workloads).toMatchObject({ status: 'failed', lastValue: { length: 3 } });
    expect(observer.nextTryMs()).toBeDefined();
  });

  it('comes back by itself', async () => {
    installMeshery(cluster);
    observer.start();
    await clock.advance(3000);
    cluster.mode = 'refuses';
    cluster.cutWatches();
    await clock.advance(5000);
    expect(workloadNames()).toEqual(['failed']);
    cluster.drop('deployments', 'meshery', 'meshery-meshsync');
    cluster.mode = 'answers';
    await clock.advance(12_000);
    expect(workloadNames()).toEqual(['meshery-nats', 'meshery-operator']);
  });

  it('does not call a cut watch a failure', async () => {
    installMeshery(cluster);
    observer.start();
    await clock.advance(3000);
    cluster.cutWatches();
    await clock.advance(50);
    expect(workloadNames()).toEqual(['meshery-meshsync', 'meshery-nats', 'meshery-operator']);
    await clock.advance(2000);
    cluster.drop('deployments', 'meshery', 'meshery-meshsync');
    await clock.advance(50);
    expect(workloadNames()).toEqual(['meshery-nats', 'meshery-operator']);
  });
});

describe('permissions', () => {
  it('names the permission that is missing, and notices within two seconds that it was given', async () => {
    installMeshery(cluster);
    cluster.forbidden.add('pods in meshery');
    observer.start();
    await clock.advance(2000);
    expect(observer.observed().pods).toMatchObject({
      status: 'failed',
      failure: { kind: 'forbidden', permission: { verb: 'list', resource: 'pods', namespace: 'meshery' } },
    });
    expect(workloadNames()).toHaveLength(3);
    cluster.forbidden.clear();
    await clock.advance(2000);
    expect(observer.observed().pods).toMatchObject({ status: 'seen', value: { length: 3 } });
  });

  it('looks in the usual namespaces where it may not look everywhere', async () => {
    installMeshery(cluster);
    for (const plural of [
      'customresourcedefinitions',
      'brokers',
      'meshsyncs',
      'deployments',
      'statefulsets',
    ]) {
      cluster.forbidden.add(plural);
    }
    observer.start();
    await clock.advance(4000);
    const observed = observer.observed();
    expect(observed.definitions).toMatchObject({ status: 'seen', value: { length: 2 } });
    expect(observed.resources).toMatchObject({ status: 'seen', value: { length: 2 } });
    expect(workloadNames()).toEqual(['meshery-meshsync', 'meshery-nats', 'meshery-operator']);
  });

  it('does not call absent what it may not look for', async () => {
    cluster.forbidden.add('deployments');
    observer.start();
    await clock.advance(2000);
    expect(observer.observed().workloads).toMatchObject({ status: 'failed', failure: { kind: 'forbidden' } });
  });

  it('says that what it looks for cannot be read, before it knows where everything is', async () => {
    cluster.failing.add('deployments');
    observer.start();
    await clock.advance(10_000);
    const { workloads, pods } = observer.observed();
    expect(workloads).toMatchObject({ status: 'failed', failure: { kind: 'unavailable' } });
    expect(pods).toEqual({ status: 'pending' });
  });

  it('stops asking with credentials that were refused', async () => {
    installMeshery(cluster);
    observer.start();
    await clock.advance(3000);
    cluster.mode = 'unauthorized';
    await clock.advance(10_000);
    expect(observer.observed().workloads).toMatchObject({
      status: 'failed',
      failure: { kind: 'unauthorized' },
    });
    const before = cluster.lists;
    await clock.advance(120_000);
    expect(cluster.lists - before).toBe(0);
  });
});

describe('refresh and close', () => {
  it('proves every stream after the call', async () => {
    installMeshery(cluster);
    observer.start();
    await clock.advance(3000);
    const refreshing = observer.refresh(new AbortController().signal);
    await clock.advance(100);
    expect(await refreshing).toEqual([]);
  });

  it('says what is not proven when the API server is away', async () => {
    observer.start();
    await clock.advance(3000);
    cluster.mode = 'refuses';
    const refreshing = observer.refresh(new AbortController().signal);
    await clock.advance(1000);
    expect(await refreshing).toEqual(['api server']);
  });

  it('leaves no watch and no timer behind', async () => {
    installMeshery(cluster);
    observer.start();
    await clock.advance(3000);
    observer.close();
    await clock.advance(0);
    expect(cluster.watches()).toBe(0);
    expect(clock.sleepers()).toBe(0);
  });
});
