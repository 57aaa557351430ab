import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ApiError } from '../api/errors.ts';
import type { BrokerSession, ClusterApi, KubeObject, ResourceKind } from '../services/ports.ts';
import { BrokerError } from '../services/ports.ts';
import type { Sandbox } from './index.ts';
import { createSandbox } from './index.ts';
import { stringAt } from './kube/json.ts';
import type { ManualClock } from './manual-clock.ts';
import { createManualClock } from './manual-clock.ts';

const kind = (group: string, version: string, plural: string): ResourceKind => ({
  group,
  version,
  plural,
  isNamespaced: true,
});
const PODS = kind('', 'v1', 'pods');
const SECRETS = kind('', 'v1', 'secrets');
const DEPLOYMENTS = kind('apps', 'v1', 'deployments');
const STATEFUL_SETS = kind('apps', 'v1', 'statefulsets');
const BROKERS = kind('meshplay.khulnasoft.com', 'v1alpha1', 'brokers');
const MESHSYNCS = kind('meshplay.khulnasoft.com', 'v1alpha1', 'meshsyncs');

function enter(world: string): { sandbox: Sandbox; clock: ManualClock } {
  const clock = createManualClock(Date.UTC(2026, 0, 15));
  const onError = (error: unknown) => {
    throw error;
  };
  return { clock, sandbox: createSandbox({ clock, seed: 42, world, onError }) };
}

async function open(sandbox: Sandbox, context: string): Promise<ClusterApi> {
  const { contexts } = await sandbox.kubeconfigs.discover();
  const api = contexts.find((candidate) => candidate.context === context)?.access?.open();
  if (api === undefined) throw new Error(`no context ${context}`);
  return api;
}

async function names(api: ClusterApi, wanted: ResourceKind, namespace: string): Promise<string[]> {
  return (await api.list(wanted, { namespace })).items.map((item) => item.metadata.name);
}

async function tokenOf(api: ClusterApi): Promise<string> {
  const secret = await api.get({ kind: SECRETS, namespace: 'meshery', name: 'meshery-nats-auth' });
  return atob(stringAt(secret, 'data', 'token') ?? '');
}

function connect(sandbox: Sandbox, host: string, token?: string): Promise<BrokerSession> {
  const route = { kind: 'address', host, port: 4222 } as const;
  return sandbox.brokers.connect({ route, token, name: 'meshplay-server', timeoutMs: 1000 });
}

async function failureKind(promise: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof BrokerError ? error.failure.kind : undefined;
}

const Envelope = z.object({
  ObjectType: z.string(),
  EventType: z.string(),
  Object: z.object({ kind: z.string(), cluster_id: z.string(), metadata: z.object({ name: z.string() }) }),
});
const read = (body: Uint8Array) => JSON.parse(new TextDecoder().decode(body)) as unknown;

describe('the simulated worlds', () => {
  it('have each a story, and every fault that a world begins with exists', () => {
    const { sandbox } = enter('welcome');
    const { worlds, faults } = sandbox.control;
    expect(worlds.length).toBeGreaterThanOrEqual(15);
    expect(new Set(worlds.map(({ name }) => name)).size).toBe(worlds.length);
    for (const { name, connections } of worlds.filter((world) => world.connections < 100)) {
      sandbox.control.enter(name);
      expect(connections).toBeGreaterThan(0);
      for (const { fault } of sandbox.control.injected())
        expect(faults.map((known) => known.name)).toContain(fault);
    }
    sandbox.close();
  });

  it('are the same for the same seed', async () => {
    const uidOf = async () => {
      const { sandbox } = enter('healthy');
      const api = await open(sandbox, 'staging');
      const [pod] = (await api.list(PODS, { namespace: 'meshery' })).items;
      sandbox.close();
      return pod?.metadata.uid;
    };
    const first = await uidOf();
    expect(first).toBeDefined();
    expect(await uidOf()).toBe(first);
  });

  it('name what does not exist', () => {
    const { sandbox } = enter('healthy');
    expect(() => sandbox.control.enter('nowhere')).toThrow(ApiError);
    expect(() => sandbox.control.inject('staging', 'no-such-fault')).toThrow(ApiError);
    expect(() => sandbox.control.inject('nobody', 'kill-broker')).toThrow(ApiError);
    sandbox.close();
  });

  it('begin as if they had been running for days', async () => {
    const { sandbox, clock } = enter('healthy');
    const api = await open(sandbox, 'prod-us-1');
    expect(await names(api, STATEFUL_SETS, 'meshery')).toEqual(['meshery-nats']);
    const [pod] = (await api.list(PODS, { namespace: 'meshery', fieldSelector: 'status.phase=Running' }))
      .items;
    expect(Date.parse(pod?.metadata.creationTimestamp ?? '')).toBeLessThan(clock.now() - 86_400_000);
    sandbox.close();
  });
});

describe('the simulated Broker and MeshSync', () => {
  it('ask for the token, tell who is connected, and carry changes', async () => {
    const { sandbox, clock } = enter('healthy');
    const api = await open(sandbox, 'prod-us-1');
    const host = 'meshery-nats.prod-us-1.example';
    expect(await failureKind(connect(sandbox, host, 'wrong'))).toBe('auth');
    const session = await connect(sandbox, host, await tokenOf(api));
    const changes: unknown[] = [];
    session.subscribe('meshery.meshsync.core', (_subject, body) => changes.push(read(body)));
    await clock.advance(2000);
    expect(changes.length).toBeGreaterThan(10);
    const change = Envelope.parse(changes[0]);
    const system = await api.get({
      kind: { ...kind('', 'v1', 'namespaces'), isNamespaced: false },
      name: 'kube-system',
    });
    expect(change).toMatchObject({ ObjectType: 'meshsync-data', EventType: 'MODIFIED' });
    expect(change.Object.cluster_id).toBe(system.metadata.uid);
    const route = { kind: 'address', host, port: 8222 } as const;
    const connz = await sandbox.brokers.monitor({ route, path: '/connz?subs=1', timeoutMs: 1000 });
    expect(connz).toMatchObject({
      connections: [
        { name: 'meshsync', subscriptions_list: ['meshery.meshsync.request'] },
        { name: 'meshplay-server', subscriptions_list: ['meshery.meshsync.core'] },
      ],
    });
    await session.close();
    expect(await session.closed).toBeUndefined();
    sandbox.close();
  });

  it('answer a request for everything in lists of at most five', async () => {
    const { sandbox, clock } = enter('healthy');
    const session = await connect(sandbox, 'meshplay-broker.prod-eu-1.example');
    const lists: unknown[][] = [];
    session.subscribe('meshplay-server.meshsync.store', (_subject, body) => {
      lists.push(z.object({ Object: z.array(z.unknown()) }).parse(read(body)).Object);
    });
    const request = {
      Request: { Entity: 'informer-store', Payload: { Reply: 'meshplay-server.meshsync.store' } },
    };
    session.publish('meshplay.meshsync.request', new TextEncoder().encode(JSON.stringify(request)));
    await clock.advance(10);
    expect(lists.length).toBeGreaterThan(3);
    expect(Math.max(...lists.map((list) => list.length))).toBe(5);
    sandbox.close();
  });

  it('can be reached through the API server where there is no address outside', async () => {
    const { sandbox } = enter('broker-without-external-address');
    const api = await open(sandbox, 'inside-only');
    const [broker] = (await api.list(BROKERS, {})).items;
    const [host = ''] = (stringAt(broker, 'status', 'endpoint', 'internal') ?? '').split(':');
    expect(stringAt(broker, 'status', 'endpoint', 'external')).toBeUndefined();
    expect(sandbox.ownsHost(host)).toBe(true);
    expect(await failureKind(connect(sandbox, host))).toBe('unreachable');
    const pod = { namespace: 'meshplay', name: 'meshplay-broker-0' };
    await expect(api.forward(pod, 4222)).rejects.toMatchObject({ status: 403 });
    sandbox.control.enter('healthy');
    const allowed = await open(sandbox, 'prod-eu-1');
    const stream = await allowed.forward(pod, 4222);
    expect(sandbox.ownsStream(stream)).toBe(true);
    const route = { kind: 'stream', label: 'forwarded', open: async () => stream } as const;
    const session = await sandbox.brokers.connect({ route, name: 'meshplay-server', timeoutMs: 1000 });
    expect(session.info.serverName).toBe('meshplay-broker-0');
    sandbox.close();
  });

  it('break and mend', async () => {
    const { sandbox, clock } = enter('healthy');
    const host = 'meshplay-broker.prod-eu-1.example';
    const session = await connect(sandbox, host);
    sandbox.control.inject('prod-eu-1', 'kill-broker');
    expect(sandbox.control.injected()).toContainEqual({ context: 'prod-eu-1', fault: 'kill-broker' });
    await clock.advance(10_000);
    expect((await session.closed)?.kind).toBe('unavailable');
    expect(await failureKind(connect(sandbox, host))).toBe('refused');
    sandbox.control.repair('prod-eu-1', 'kill-broker');
    await clock.advance(20_000);
    const again = await connect(sandbox, host);
    const changes: string[] = [];
    again.subscribe('meshplay.meshsync.core', (subject) => changes.push(subject));
    await clock.advance(5000);
    expect(changes.length).toBeGreaterThan(0);
    expect(sandbox.control.injected()).toEqual([]);
    sandbox.control.inject('prod-eu-1', 'freeze-broker');
    const ping = failureKind(again.roundTrip(500));
    await clock.advance(600);
    expect(await ping).toBe('timeout');
    sandbox.close();
  });
});

describe('the simulated Operator', () => {
  const apply = (api: ClusterApi, wanted: ResourceKind, object: KubeObject) => api.apply(wanted, object);
  const cluster = (group: string, plural: string): ResourceKind => ({
    ...kind(group, 'v1', plural),
    isNamespaced: false,
  });

  async function installAll(api: ClusterApi, image: string): Promise<void> {
    await apply(api, cluster('', 'namespaces'), { metadata: { name: 'meshplay' } });
    for (const [Kind, plural] of [
      ['Broker', 'brokers'],
      ['MeshSync', 'meshsyncs'],
    ]) {
      await apply(api, cluster('apiextensions.k8s.io', 'customresourcedefinitions'), {
        metadata: { name: `${plural}.meshplay.khulnasoft.com` },
        spec: {
          group: 'meshplay.khulnasoft.com',
          names: { kind: Kind, plural },
          scope: 'Namespaced',
          versions: [{ name: 'v1alpha1', served: true, storage: true, subresources: { status: {} } }],
        },
      });
    }
    const labels = { app: 'meshplay-operator' };
    await apply(api, DEPLOYMENTS, {
      metadata: { name: 'meshplay-operator', namespace: 'meshplay' },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'manager', image }] } },
      },
    });
    await apply(api, BROKERS, {
      metadata: { name: 'meshplay-broker', namespace: 'meshplay' },
      spec: { size: 1 },
    });
    await apply(api, MESHSYNCS, {
      metadata: { name: 'meshplay-meshsync', namespace: 'meshplay' },
      spec: { size: 1 },
    });
  }

  it('installs, follows its resources, and leaves nothing behind', async () => {
    const { sandbox, clock } = enter('nothing-deployed');
    const api = await open(sandbox, 'fresh');
    await installAll(api, 'khulnasoft/meshplay-operator:stable-latest');
    await clock.advance(30_000);
    expect(await names(api, STATEFUL_SETS, 'meshplay')).toEqual(['meshplay-broker']);
    const session = await connect(sandbox, 'meshplay-broker.fresh.example');
    expect(session.info.isAuthRequired).toBe(false);
    expect(await names(api, PODS, 'meshplay')).toHaveLength(3);

    await api.remove({ kind: MESHSYNCS, namespace: 'meshplay', name: 'meshplay-meshsync' });
    await api.remove({ kind: BROKERS, namespace: 'meshplay', name: 'meshplay-broker' });
    await clock.advance(10_000);
    expect(await names(api, STATEFUL_SETS, 'meshplay')).toEqual([]);
    expect(await names(api, DEPLOYMENTS, 'meshplay')).toEqual(['meshplay-operator']);
    await api.remove({ kind: DEPLOYMENTS, namespace: 'meshplay', name: 'meshplay-operator' });
    await clock.advance(10_000);
    expect(await names(api, PODS, 'meshplay')).toEqual([]);
    sandbox.close();
  });

  it('never gets ready with an image that is not there', async () => {
    const { sandbox, clock } = enter('nothing-deployed');
    const api = await open(sandbox, 'fresh');
    await installAll(api, 'registry.invalid/meshplay-operator:1.0.0');
    await clock.advance(30_000);
    const [pod] = (await api.list(PODS, { namespace: 'meshplay' })).items;
    expect(JSON.stringify(pod?.['status'])).toContain('ImagePullBackOff');
    expect(await names(api, STATEFUL_SETS, 'meshplay')).toEqual([]);
    sandbox.close();
  });

  it('holds its resources by finalizers, which nobody releases once it is gone', async () => {
    const { sandbox, clock } = enter('stuck-terminating');
    const api = await open(sandbox, 'stuck');
    await clock.advance(60_000);
    const mesheryBrokers = kind('meshery.io', 'v1alpha2', 'brokers');
    const [broker] = (await api.list(mesheryBrokers, {})).items;
    expect(broker?.metadata.deletionTimestamp).toBeDefined();
    expect(broker?.metadata.finalizers).toEqual(['broker.meshery.io/finalizer']);
    sandbox.control.repair('stuck', 'remove-operator');
    await clock.advance(60_000);
    expect((await api.list(mesheryBrokers, {})).items).toEqual([]);
    expect(await names(api, STATEFUL_SETS, 'meshery')).toEqual([]);
    sandbox.close();
  });

  it('goes on with a rollout that takes its time', async () => {
    const { sandbox, clock } = enter('welcome');
    const api = await open(sandbox, 'edge-lab');
    await clock.advance(10_000);
    const operator = await api.get({ kind: DEPLOYMENTS, namespace: 'meshplay', name: 'meshplay-operator' });
    expect(operator['status']).toMatchObject({ replicas: 2, updatedReplicas: 1, readyReplicas: 1 });
    sandbox.close();
  });
});
