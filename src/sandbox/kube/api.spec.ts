import { describe, expect, it } from 'vitest';
import type { ClusterApi, KubeObject, ResourceKind, WatchEvent } from '../../services/ports.ts';
import { ClusterError } from '../../services/ports.ts';
import { createNetwork } from '../broker/network.ts';
import type { SimulatedCluster } from '../cluster.ts';
import { createSimulatedCluster, ensureNamespace } from '../cluster.ts';
import type { ManualClock } from '../manual-clock.ts';
import { createManualClock } from '../manual-clock.ts';
import { createSeededRandom } from '../random.ts';
import { createScheduler } from '../scheduler.ts';
import { openSimulatedApi } from './api.ts';

const CONFIG_MAPS: ResourceKind = { group: '', version: 'v1', plural: 'configmaps', isNamespaced: true };
const NAMESPACES: ResourceKind = { group: '', version: 'v1', plural: 'namespaces', isNamespaced: false };
const SERVICES: ResourceKind = { group: '', version: 'v1', plural: 'services', isNamespaced: true };
const DEPLOYMENTS: ResourceKind = { group: 'apps', version: 'v1', plural: 'deployments', isNamespaced: true };
const WIDGETS: ResourceKind = { group: 'example.com', version: 'v1', plural: 'widgets', isNamespaced: true };
const DEFINITIONS: ResourceKind = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  isNamespaced: false,
};

const widgetDefinition: KubeObject = {
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    names: { kind: 'Widget', plural: 'widgets' },
    scope: 'Namespaced',
    versions: [{ name: 'v1', served: true, storage: true }],
  },
};

function setUp(): { api: ClusterApi; cluster: SimulatedCluster; clock: ManualClock } {
  const clock = createManualClock(Date.UTC(2026, 0, 15));
  const onError = (error: unknown) => {
    throw error;
  };
  const cluster = createSimulatedCluster({
    traits: {
      name: 'test',
      server: 'https://test.example:6443',
      version: 'v1.34.1',
      latencyMs: 4,
      loadBalancer: 'assigns',
      changesPerSecond: 0,
    },
    network: createNetwork(),
    random: createSeededRandom(7),
    scheduler: createScheduler(clock, onError),
    now: clock.now,
    onError,
    block: 0,
  });
  ensureNamespace(cluster, 'default');
  return { api: openSimulatedApi(cluster, clock, 'tester'), cluster, clock };
}

function configMap(
  name: string,
  data: Record<string, string> = {},
  labels: Record<string, string> = {},
): KubeObject {
  return { metadata: { name, namespace: 'default', labels }, data };
}

async function errorOf(promise: Promise<unknown>): Promise<ClusterError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ClusterError)) throw new Error('a ClusterError was expected', { cause: error });
  return error;
}

describe('the simulated API server: reading and writing', () => {
  it('answers as an API server does for what exists, what does not, and what is not served', async () => {
    const { api } = setUp();
    const created = await api.create(CONFIG_MAPS, configMap('a'));
    expect(created).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    expect(created.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(await errorOf(api.create(CONFIG_MAPS, configMap('a')))).toMatchObject({
      status: 409,
      reason: 'AlreadyExists',
      failure: { kind: 'conflict' },
    });
    const missing = await errorOf(api.get({ kind: CONFIG_MAPS, namespace: 'default', name: 'b' }));
    expect(missing).toMatchObject({ status: 404, reason: 'NotFound', failure: { kind: 'not-found' } });
    expect(await errorOf(api.list(WIDGETS, {}))).toMatchObject({ status: 404 });
    const elsewhere = { ...configMap('a'), metadata: { name: 'a', namespace: 'nowhere' } };
    expect((await errorOf(api.create(CONFIG_MAPS, elsewhere))).message).toContain(
      'namespaces "nowhere" not found',
    );
    expect((await errorOf(api.create(CONFIG_MAPS, configMap('Not A Name')))).status).toBe(422);
  });

  it('changes nothing on a dry run', async () => {
    const { api } = setUp();
    const version = (await api.list(CONFIG_MAPS, {})).resourceVersion;
    await api.create(CONFIG_MAPS, configMap('dry'), { isDryRun: true });
    const real = await api.create(CONFIG_MAPS, configMap('real', { k: '1' }));
    const ref = { kind: CONFIG_MAPS, namespace: 'default', name: 'real' };
    expect(await api.patch(ref, { data: { k: '2' } }, { isDryRun: true })).toMatchObject({
      data: { k: '2' },
    });
    await api.remove(ref, { isDryRun: true });
    expect(await api.get(ref)).toMatchObject({ data: { k: '1' } });
    expect(Number(real.metadata.resourceVersion)).toBe(Number(version) + 1);
  });

  it('selects by label, field and namespace, and pages', async () => {
    const { api } = setUp();
    for (const name of ['a', 'b', 'c', 'd']) {
      await api.create(
        CONFIG_MAPS,
        configMap(name, {}, { tier: name === 'a' ? 'web' : 'data', [name]: 'yes' }),
      );
    }
    const names = async (options: object) =>
      (await api.list(CONFIG_MAPS, options)).items.map((item) => item.metadata.name);
    expect(await names({ labelSelector: 'tier=data,!b' })).toEqual(['c', 'd']);
    expect(await names({ labelSelector: 'tier in (web, other)' })).toEqual(['a']);
    expect(await names({ labelSelector: 'tier notin (web)' })).toEqual(['b', 'c', 'd']);
    expect(await names({ labelSelector: 'tier!=data' })).toEqual(['a']);
    expect(await names({ fieldSelector: 'metadata.name=c' })).toEqual(['c']);
    expect(await names({ namespace: 'kube-system' })).toEqual([]);
    expect((await errorOf(api.list(CONFIG_MAPS, { fieldSelector: 'data.k=1' }))).status).toBe(400);
    const first = await api.list(CONFIG_MAPS, { limit: 3, isMetadataOnly: true });
    expect(first.items.map((item) => item.metadata.name)).toEqual(['a', 'b', 'c']);
    expect(first.items[0]).not.toHaveProperty('data');
    const second = await api.list(CONFIG_MAPS, { limit: 3, continue: first.continue });
    expect(second.items.map((item) => item.metadata.name)).toEqual(['d']);
    expect(second.continue).toBeUndefined();
  });

  it('patches: removes with null, keeps status apart, and refuses a stale version', async () => {
    const { api } = setUp();
    await api.create(DEPLOYMENTS, { metadata: { name: 'd', namespace: 'default' }, spec: { replicas: 2 } });
    const ref = { kind: DEPLOYMENTS, namespace: 'default', name: 'd' };
    const scaled = await api.patch(ref, { spec: { replicas: 0 } }, { subresource: 'scale' });
    expect(scaled).toMatchObject({ spec: { replicas: 0 }, metadata: { generation: 2 } });
    expect(await api.patch(ref, { status: { replicas: 9 } })).not.toHaveProperty('status');
    const status = await api.patch(ref, { status: { replicas: 9 } }, { subresource: 'status' });
    expect(status).toMatchObject({ status: { replicas: 9 }, metadata: { generation: 2 } });
    const stale = api.patch(ref, { metadata: { resourceVersion: '1', labels: { a: 'b' } } });
    expect(await errorOf(stale)).toMatchObject({ status: 409, reason: 'Conflict' });
  });
});

describe('the simulated API server: server-side apply', () => {
  it('does nothing the second time, and removes what is no longer applied', async () => {
    const { api } = setUp();
    const first = await api.apply(CONFIG_MAPS, configMap('a', { x: '1', y: '1' }));
    const again = await api.apply(CONFIG_MAPS, configMap('a', { x: '1', y: '1' }));
    expect(again.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect((await api.apply(CONFIG_MAPS, configMap('a', { x: '1' })))['data']).toEqual({ x: '1' });
  });

  it('refuses a field another manager holds with another value, unless forced', async () => {
    const { api, cluster } = setUp();
    cluster.write('/configmaps', configMap('a', { shared: 'theirs', own: 'theirs' }), 'helm');
    const refused = await errorOf(api.apply(CONFIG_MAPS, configMap('a', { shared: 'ours' })));
    expect(refused).toMatchObject({ status: 409, reason: 'Conflict' });
    expect(refused.message).toContain('conflict with "helm": .data.shared');
    await api.apply(CONFIG_MAPS, configMap('a', { shared: 'theirs', extra: 'ours' }));
    const forced = await api.apply(CONFIG_MAPS, configMap('a', { shared: 'ours' }), { isForced: true });
    expect(forced['data']).toEqual({ shared: 'ours', own: 'theirs' });
  });

  it('merges containers by name', async () => {
    const { api, cluster } = setUp();
    const spec = (containers: object[]) => ({ spec: { template: { spec: { containers } } } });
    const metadata = { name: 'd', namespace: 'default' };
    cluster.write('apps/deployments', { metadata, ...spec([{ name: 'sidecar', image: 's:1' }]) }, 'mesh');
    const applied = await api.apply(DEPLOYMENTS, { metadata, ...spec([{ name: 'app', image: 'a:1' }]) });
    expect(applied).toMatchObject(
      spec([
        { name: 'sidecar', image: 's:1' },
        { name: 'app', image: 'a:1' },
      ]),
    );
  });

  it('keeps the address given to a Service', async () => {
    const { api } = setUp();
    const service = {
      metadata: { name: 's', namespace: 'default' },
      spec: { type: 'NodePort', ports: [{ port: 80 }] },
    };
    const first = await api.apply(SERVICES, service);
    const second = await api.apply(SERVICES, {
      ...service,
      metadata: { ...service.metadata, labels: { a: 'b' } },
    });
    expect(second['spec']).toEqual(first['spec']);
  });
});

describe('the simulated API server: watching', () => {
  it('resumes from a version, follows selectors and ends in good order', async () => {
    const { api, cluster } = setUp();
    const { resourceVersion } = await api.list(CONFIG_MAPS, {});
    await api.create(CONFIG_MAPS, configMap('before', {}, { keep: 'yes' }));
    const events: WatchEvent[] = [];
    const stop = new AbortController();
    const options = { resourceVersion, labelSelector: 'keep=yes' };
    const watch = api.watch(CONFIG_MAPS, options, (event) => events.push(event), stop.signal);
    await Promise.resolve();
    await Promise.resolve();
    const ref = { kind: CONFIG_MAPS, namespace: 'default', name: 'before' };
    await api.patch(ref, { data: { k: '1' } });
    await api.patch(ref, { metadata: { labels: { keep: 'no' } } });
    await api.remove(ref);
    cluster.watches.bookmark();
    expect(events.map((event) => event.type)).toEqual(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK']);
    stop.abort();
    await expect(watch).resolves.toBeUndefined();
    expect(cluster.watches.count()).toBe(0);
  });

  it('ends after its timeout, and says 410 for a version that was compacted', async () => {
    const { api, cluster, clock } = setUp();
    const { resourceVersion } = await api.list(CONFIG_MAPS, {});
    const signal = new AbortController().signal;
    const watch = api.watch(CONFIG_MAPS, { resourceVersion, timeoutSeconds: 60 }, () => undefined, signal);
    await clock.advance(61_000);
    await expect(watch).resolves.toBeUndefined();
    await api.create(CONFIG_MAPS, configMap('a'));
    cluster.store.compact();
    const late = api.watch(CONFIG_MAPS, { resourceVersion }, () => undefined, signal);
    expect(await errorOf(late)).toMatchObject({
      status: 410,
      reason: 'Expired',
      failure: { kind: 'expired' },
    });
  });

  it('stays silent where the world says so, and never tells what it missed', async () => {
    const { api, cluster } = setUp();
    const { resourceVersion } = await api.list(CONFIG_MAPS, {});
    const events: WatchEvent[] = [];
    const stop = new AbortController();
    const watch = api.watch(CONFIG_MAPS, { resourceVersion }, (event) => events.push(event), stop.signal);
    await Promise.resolve();
    await Promise.resolve();
    cluster.condition.areWatchesSilent = true;
    await api.create(CONFIG_MAPS, configMap('unseen'));
    cluster.condition.areWatchesSilent = false;
    await api.create(CONFIG_MAPS, configMap('later'));
    expect(events).toEqual([]);
    expect((await api.list(CONFIG_MAPS, {})).items).toHaveLength(2);
    stop.abort();
    await watch;
  });
});

describe('the simulated API server: deleting', () => {
  it('waits for finalizers', async () => {
    const { api } = setUp();
    const object = configMap('a');
    await api.create(CONFIG_MAPS, {
      ...object,
      metadata: { ...object.metadata, finalizers: ['example.com/hold'] },
    });
    const ref = { kind: CONFIG_MAPS, namespace: 'default', name: 'a' };
    await api.remove(ref);
    expect((await api.get(ref)).metadata.deletionTimestamp).toBe('2026-01-15T00:00:00Z');
    await api.patch(ref, { metadata: { finalizers: null } });
    expect((await errorOf(api.get(ref))).status).toBe(404);
  });

  it('refuses a uid that is not the object’s', async () => {
    const { api } = setUp();
    await api.create(CONFIG_MAPS, configMap('a'));
    const ref = { kind: CONFIG_MAPS, namespace: 'default', name: 'a' };
    expect((await errorOf(api.remove(ref, { uid: 'another' }))).status).toBe(409);
    expect((await api.get(ref)).metadata.name).toBe('a');
  });

  it('collects what an object owned, or leaves it as an orphan when asked', async () => {
    const { api, clock } = setUp();
    const own = async (owner: string, child: string) => {
      const { metadata } = await api.create(CONFIG_MAPS, configMap(owner));
      const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: owner, uid: metadata.uid ?? '' };
      const object = configMap(child);
      await api.create(CONFIG_MAPS, {
        ...object,
        metadata: { ...object.metadata, ownerReferences: [reference] },
      });
      return { kind: CONFIG_MAPS, namespace: 'default', name: owner };
    };
    await api.remove(await own('owner', 'child'));
    await api.remove(await own('parent', 'orphan'), { propagation: 'Orphan' });
    await clock.advance(5000);
    expect((await api.list(CONFIG_MAPS, {})).items.map((item) => item.metadata.name)).toEqual(['orphan']);
  });

  it('empties a namespace and takes nothing new into it', async () => {
    const { api, cluster, clock } = setUp();
    ensureNamespace(cluster, 'going');
    const held = { metadata: { name: 'held', namespace: 'going', finalizers: ['example.com/hold'] } };
    await api.create(CONFIG_MAPS, held);
    await api.create(CONFIG_MAPS, { metadata: { name: 'free', namespace: 'going' } });
    const ref = { kind: NAMESPACES, name: 'going' };
    await api.remove(ref);
    await clock.advance(1000);
    expect(await api.get(ref)).toMatchObject({ status: { phase: 'Terminating' } });
    const late = await errorOf(api.create(CONFIG_MAPS, { metadata: { name: 'late', namespace: 'going' } }));
    expect(late).toMatchObject({ status: 403, failure: { kind: 'forbidden' } });
    await api.patch(
      { kind: CONFIG_MAPS, namespace: 'going', name: 'held' },
      { metadata: { finalizers: null } },
    );
    await clock.advance(1000);
    expect((await errorOf(api.get(ref))).status).toBe(404);
  });

  it('serves a custom kind for as long as its definition is there', async () => {
    const { api, clock } = setUp();
    await api.apply(DEFINITIONS, widgetDefinition);
    await api.create(WIDGETS, { metadata: { name: 'w', namespace: 'default' } });
    expect(await api.groups()).toContainEqual({ group: 'example.com', versions: ['v1'] });
    await api.remove({ kind: DEFINITIONS, name: 'widgets.example.com' });
    await clock.advance(2000);
    expect((await errorOf(api.list(WIDGETS, {}))).status).toBe(404);
    expect((await errorOf(api.get({ kind: DEFINITIONS, name: 'widgets.example.com' }))).status).toBe(404);
  });
});

describe('the simulated API server: refusing and failing', () => {
  it('denies by rule and says which permission is missing', async () => {
    const { api, cluster } = setUp();
    cluster.condition.denials = [{ verbs: ['list'], group: '', resource: 'configmaps' }];
    const refused = await errorOf(api.list(CONFIG_MAPS, { namespace: 'default' }));
    expect(refused).toMatchObject({ status: 403, reason: 'Forbidden' });
    expect(refused.failure.permission).toEqual({
      verb: 'list',
      group: '',
      resource: 'configmaps',
      namespace: 'default',
    });
    expect((await api.mayI({ verb: 'list', group: '', resource: 'configmaps' })).isAllowed).toBe(false);
    expect((await api.mayI({ verb: 'get', group: '', resource: 'configmaps' })).isAllowed).toBe(true);
  });

  it('rejects, stays mute until given up, or does not know the identity', async () => {
    const { api, cluster } = setUp();
    cluster.condition.link = 'unreachable';
    expect((await errorOf(api.version())).failure.kind).toBe('unreachable');
    cluster.condition.link = 'unauthorized';
    expect(await errorOf(api.version())).toMatchObject({ status: 401, failure: { kind: 'unauthorized' } });
    cluster.condition.link = 'black-hole';
    const patience = new AbortController();
    const mute = errorOf(api.version(patience.signal));
    patience.abort(new Error('enough'));
    expect((await mute).failure.kind).toBe('timeout');
  });
});
