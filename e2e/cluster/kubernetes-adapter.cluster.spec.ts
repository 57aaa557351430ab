/** The Kubernetes adapter against a real API server: what a fake of ours cannot prove. */
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKubeconfigSource } from '../../src/server/kubernetes/kubeconfig-source.ts';
import { ClusterError } from '../../src/services/ports.ts';
import type { ClusterApi, KubeObject, ResourceKind, WatchEvent } from '../../src/services/ports.ts';
import { type ControlPlane, startControlPlane } from './harness/control-plane.ts';
import { writeKubeconfig } from './harness/kubeconfig.ts';
import { waitFor } from './harness/poll.ts';
import { type Kubelet, startKubelet } from './stand-ins/kubelet.ts';

const CONFIG_MAPS: ResourceKind = { group: '', version: 'v1', plural: 'configmaps', isNamespaced: true };
const NAMESPACES: ResourceKind = { group: '', version: 'v1', plural: 'namespaces', isNamespaced: false };
const DEPLOYMENTS: ResourceKind = { group: 'apps', version: 'v1', plural: 'deployments', isNamespaced: true };
const NAMESPACE = 'default';
const POD = { namespace: NAMESPACE, name: 'forwarded' };

let controlPlane: ControlPlane;
let kubelet: Kubelet;
let echo: net.Server;
let api: ClusterApi;
let stranger: ClusterApi;
let wrong: ClusterApi;

beforeAll(async () => {
  controlPlane = await startControlPlane({ withControllerManager: false });
  const { server, caData, tokens, folder } = controlPlane;
  const context = (name: string, token: string) => ({ name, server, caData, token });
  const kubeconfig = await writeKubeconfig({
    folder,
    contexts: [
      context('admin', tokens.admin),
      context('stranger', tokens.stranger),
      context('wrong', 'no-such-token'),
    ],
  });
  api = await open('admin', kubeconfig);
  stranger = await open('stranger', kubeconfig);
  wrong = await open('wrong', kubeconfig);

  echo = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  const { port } = echo.address() as net.AddressInfo;
  const resolve = (asked: number) => (asked === 4222 ? { host: '127.0.0.1', port } : undefined);
  kubelet = await startKubelet({
    controlPlane,
    run: () => Promise.resolve({ stop: () => Promise.resolve(), resolve }),
  });
  await waitFor('the namespace', () => controlPlane.api.find(`/api/v1/namespaces/${NAMESPACE}`));
  await controlPlane.api.create(`/api/v1/namespaces/${NAMESPACE}/pods`, {
    metadata: { name: POD.name },
    spec: { containers: [{ name: 'main', image: 'example.test/echo:1' }] },
  });
  await waitFor('the pod runs', async () =>
    JSON.stringify(await controlPlane.api.get(`/api/v1/namespaces/${NAMESPACE}/pods/${POD.name}`)).includes(
      '"Running"',
    ),
  );
});

afterAll(async () => {
  await wrong.close();
  await stranger.close();
  await api.close();
  await kubelet.stop();
  await new Promise((resolve) => echo.close(resolve));
  await controlPlane.stop();
});

/** By the kubeconfig source, as the server does it. */
async function open(context: string, kubeconfig: string): Promise<ClusterApi> {
  const source = createKubeconfigSource({
    env: { KUBECONFIG: kubeconfig },
    homedir: '/nonexistent',
    timeouts: { connectMs: 10_000, headersMs: 10_000 },
    now: () => Date.now(),
  });
  const found = (await source.discover()).contexts.find((candidate) => candidate.context === context);
  if (found?.access === undefined) throw new Error(found?.problem?.message ?? 'the context was not found');
  return found.access.open();
}

async function failureOf(promise: Promise<unknown>): Promise<ClusterError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof ClusterError))
    throw new Error('it was expected to fail with a ClusterError', { cause: outcome });
  return outcome;
}

function configMap(name: string, data: Record<string, string> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: NAMESPACE }, data };
}

describe('reading', () => {
  it('tells version, health and groups', async () => {
    expect(await api.version()).toMatch(/^v1\.\d+\.\d+/);
    expect(await api.health('readyz')).toMatchObject({ isOk: true, failing: [] });
    expect(await api.health('livez')).toMatchObject({ isOk: true });
    expect(await api.groups()).toContainEqual({ group: 'apps', versions: ['v1'] });
    expect((await api.get({ kind: NAMESPACES, name: 'kube-system' })).metadata.uid).toMatch(
      /^[0-9a-f-]{36}$/,
    );
  });

  it('lists by pages and by metadata alone', async () => {
    for (const name of ['page-1', 'page-2', 'page-3'])
      await api.create(CONFIG_MAPS, {
        ...configMap(name, { a: 'b' }),
        metadata: { name, namespace: NAMESPACE, labels: { page: 'yes' } },
      });
    const first = await api.list(CONFIG_MAPS, { namespace: NAMESPACE, labelSelector: 'page=yes', limit: 2 });
    expect(first.items).toHaveLength(2);
    const second = await api.list(CONFIG_MAPS, {
      namespace: NAMESPACE,
      labelSelector: 'page=yes',
      limit: 2,
      continue: first.continue,
    });
    expect(second.items.map(({ metadata }) => metadata.name)).toEqual(['page-3']);
    expect(second.continue).toBeUndefined();
    const bare = await api.list(CONFIG_MAPS, { labelSelector: 'page=yes', isMetadataOnly: true });
    expect(bare.items).toHaveLength(3);
    expect(bare.items[0]).not.toHaveProperty('data');
  });
});

describe('changing', () => {
  it('creates once, patches, and removes only what was meant', async () => {
    expect((await api.create(CONFIG_MAPS, configMap('dry'), { isDryRun: true })).metadata.name).toBe('dry');
    const ref = { kind: CONFIG_MAPS, namespace: NAMESPACE, name: 'dry' };
    expect((await failureOf(api.get(ref))).failure.kind).toBe('not-found');
    await api.create(CONFIG_MAPS, configMap('dry'));
    expect(await failureOf(api.create(CONFIG_MAPS, configMap('dry')))).toMatchObject({
      failure: { kind: 'conflict' },
      reason: 'AlreadyExists',
    });
    expect(await api.patch(ref, { data: { a: 'b' } })).toMatchObject({ data: { a: 'b' } });
    expect(
      (await failureOf(api.remove(ref, { uid: '00000000-0000-0000-0000-000000000000' }))).failure.kind,
    ).toBe('conflict');
    await api.remove(ref, { isDryRun: true });
    await api.get(ref);
    await api.remove(ref, { propagation: 'Background' });
    expect((await failureOf(api.get(ref))).failure.kind).toBe('not-found');
  });

  it('applies without a change the second time, and conflicts with another manager unless forced', async () => {
    const first = await api.apply(CONFIG_MAPS, configMap('applied', { key: 'one' }));
    const again = await api.apply(CONFIG_MAPS, configMap('applied', { key: 'one' }));
    expect(again.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    const path = `/api/v1/namespaces/${NAMESPACE}/configmaps/applied?fieldManager=somebody-else&force=true`;
    await controlPlane.api.request(
      'PATCH',
      path,
      configMap('applied', { key: 'two' }),
      'application/apply-patch+yaml',
    );
    const conflict = await failureOf(api.apply(CONFIG_MAPS, configMap('applied', { key: 'three' })));
    expect(conflict).toMatchObject({ failure: { kind: 'conflict' }, reason: 'Conflict', status: 409 });
    expect(conflict.message).toContain('somebody-else');
    expect(
      await api.apply(CONFIG_MAPS, configMap('applied', { key: 'three' }), { isForced: true }),
    ).toMatchObject({ data: { key: 'three' } });
  });

  it('tells credentials that are not accepted', async () => {
    expect((await failureOf(wrong.version())).failure.kind).toBe('unauthorized');
  });

  it('names the missing permission, and can be asked before', async () => {
    const { failure } = await failureOf(stranger.list(DEPLOYMENTS, { namespace: NAMESPACE }));
    const permission = { verb: 'list', group: 'apps', resource: 'deployments', namespace: NAMESPACE };
    expect(failure).toMatchObject({ kind: 'forbidden', permission });
    expect(await stranger.mayI(permission)).toMatchObject({ isAllowed: false });
    expect(await api.mayI(permission)).toMatchObject({ isAllowed: true });
  });
});

describe('a pod', () => {
  it('gives its logs', async () => {
    kubelet.setLogs(POD.name, 'main', ['one', 'two', 'größe ☃']);
    expect(await api.logs({ ...POD, container: 'main' }, { tailLines: 2 })).toBe('two\ngröße ☃\n');
    expect((await failureOf(stranger.logs(POD))).failure).toMatchObject({
      kind: 'forbidden',
      permission: { resource: 'pods/log' },
    });
  });

  it('forwards a port both ways, and fails in words where nothing listens', async () => {
    const stream = await api.forward(POD, 4222);
    const sent = Buffer.alloc(300_000, 'meshplay ');
    const writer = stream.writable.getWriter();
    const writing = writer.write(sent);
    const reader = stream.readable.getReader();
    const chunks: Uint8Array[] = [];
    for (let bytes = 0; bytes < sent.length;) {
      const { value } = await reader.read();
      if (value === undefined) break;
      chunks.push(value);
      bytes += value.length;
    }
    await writing;
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
    stream.close();
    await waitFor('the forward ends', () => kubelet.server.forwards() === 0);

    const silent = failureOf(
      (async () => {
        const nothing = await api.forward(POD, 9);
        await nothing.readable.getReader().read();
      })(),
    );
    expect((await silent).failure.kind).toBe('refused');
    expect((await failureOf(stranger.forward(POD, 4222))).failure).toMatchObject({
      kind: 'forbidden',
      permission: { verb: 'create', resource: 'pods/portforward' },
    });
  });
});

describe('watching', () => {
  function watchFrom(resourceVersion: string) {
    const events: WatchEvent[] = [];
    const abort = new AbortController();
    const options = { namespace: NAMESPACE, resourceVersion, timeoutSeconds: 300 };
    const ended = api
      .watch(CONFIG_MAPS, options, (event) => events.push(event), abort.signal)
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    const names = () =>
      events.flatMap((event) =>
        event.type === 'BOOKMARK' ? [] : [`${event.type} ${event.object.metadata.name}`],
      );
    return { events, names, ended, abort };
  }

  it('tells each change after the version it starts at, and takes up where it stopped', async () => {
    const { resourceVersion } = await api.list(CONFIG_MAPS, { namespace: NAMESPACE });
    const first = watchFrom(resourceVersion);
    await api.create(CONFIG_MAPS, configMap('watched'));
    await waitFor('the first event', () => first.events.length === 1);
    first.abort.abort();
    expect(await first.ended).toBeUndefined();
    expect(first.names()).toEqual(['ADDED watched']);
    await api.patch({ kind: CONFIG_MAPS, namespace: NAMESPACE, name: 'watched' }, { data: { a: 'b' } });
    await api.remove({ kind: CONFIG_MAPS, namespace: NAMESPACE, name: 'watched' });
    const [event] = first.events;
    const version = event?.type === 'ADDED' ? (event.object.metadata.resourceVersion ?? '') : '';
    const second = watchFrom(version);
    await waitFor('two events', () => second.events.length === 2);
    expect(second.names()).toEqual(['MODIFIED watched', 'DELETED watched']);
    second.abort.abort();
    await second.ended;
  });

  it('ends in good order after its timeoutSeconds', async () => {
    const { resourceVersion } = await api.list(CONFIG_MAPS, { namespace: NAMESPACE });
    const options = { resourceVersion, timeoutSeconds: 1 };
    const watching = api.watch(CONFIG_MAPS, options, () => undefined, new AbortController().signal);
    await expect(watching).resolves.toBeUndefined();
  });

  it('breaks when the API server hangs, and requests fail by their own limit meanwhile', async () => {
    const { resourceVersion } = await api.list(CONFIG_MAPS, { namespace: NAMESPACE });
    const watch = watchFrom(resourceVersion);
    await api.create(CONFIG_MAPS, configMap('before-the-freeze'));
    await waitFor('the watch lives', () => watch.events.length === 1);
    await controlPlane.freeze();
    try {
      expect((await failureOf(api.version())).failure.kind).toMatch(/timeout|unreachable/);
      expect(await watch.ended).toMatchObject({ failure: { kind: 'unreachable' } });
    } finally {
      controlPlane.thaw();
    }
    await waitFor('it answers again', () => api.version());
  });

  it('breaks when the API server goes, and tells a version that is too old', async () => {
    const { resourceVersion } = await api.list(CONFIG_MAPS, { namespace: NAMESPACE });
    const watch = watchFrom(resourceVersion);
    await api.create(CONFIG_MAPS, configMap('before-the-end'));
    await waitFor('the watch lives', () => watch.events.length === 1);
    await controlPlane.stopApi();
    expect(await watch.ended).toMatchObject({ failure: { kind: 'unreachable' } });
    expect((await failureOf(api.version())).failure.kind).toMatch(/refused|unreachable/);
    await controlPlane.startApi();
    await waitFor('it answers again', () => api.version());
    // What the new server remembers begins with its own start.
    const old = watchFrom('1');
    expect(await old.ended).toMatchObject({ failure: { kind: 'expired' } });
  });
});
