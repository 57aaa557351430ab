import { afterEach, describe, expect, it } from 'vitest';
import { routes } from '../../api/routes.ts';
import type { CredentialPluginPolicy } from '../../core/kubeconfig/plugin-policy.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';
import { silentLog } from '../fakes/fake-clock.ts';
import { createFakeWorld, FakeState } from '../fakes/fake-ports.ts';
import { createUploadHandlers } from '../handlers/upload.ts';
import { ClusterError } from '../ports.ts';
import type { DiscoveredContext } from '../ports.ts';
import { createServices } from '../services.ts';
import type { Services } from '../services.ts';
import type { UploadGate } from './gate.ts';
import { createMemoryVault } from './memory-vault.ts';
import { UploadStore, withUploads } from './upload-store.ts';
import { createUploads } from './uploads.ts';

const SECRET = 'the-very-secret-token';
const running: Services[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((services) => services.close()));
});

interface Scene {
  clusters?: Record<string, FakeCluster>;
  contexts?: DiscoveredContext[];
  state?: FakeState;
  pluginPolicy?: CredentialPluginPolicy;
}

/** Every port in memory; the gate leads to the clusters by their URL, and counts what was dialled. */
async function scene({ clusters = {}, contexts = [], state = new FakeState(), pluginPolicy }: Scene = {}) {
  const world = createFakeWorld(contexts, state);
  const dialled: string[] = [];
  const agreedPrograms: string[] = [];
  const gate: UploadGate = {
    async admit(resolved, { isPluginAgreed }) {
      if (isPluginAgreed === true) agreedPrograms.push(resolved.userBody.exec?.command ?? '');
      const cluster = clusters[resolved.server];
      if (cluster === undefined) throw new ClusterError({ kind: 'invalid-config', message: 'never dialled' });
      const open = () => {
        dialled.push(resolved.server);
        return cluster;
      };
      const { server, userBody } = resolved;
      return {
        address: '10.0.0.1',
        fingerprint: server,
        credentialsMark: userBody.token ?? '',
        access: { open },
      };
    },
  };
  const vault = createMemoryVault(world.clock);
  const store = new UploadStore({ clock: world.clock, log: silentLog, state, vault, gate, pluginPolicy });
  const services = createServices({ ...world, kubeconfigs: withUploads(world.kubeconfigs, store) });
  running.push(services);
  await services.start();
  const { registry, events } = services;
  const uploads = createUploads({ clock: world.clock, registry, store, events });
  const handlers = createUploadHandlers(uploads, registry);
  return { world, services, registry, dialled, agreedPrograms, store, handlers };
}

function kubeconfig(cluster: object, user: object = { token: SECRET }, context = 'uploaded-one'): string {
  return JSON.stringify({
    'current-context': context,
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: context, context: { cluster: 'c', user: 'u' } }],
  });
}

const request = { requestId: 'request-1', actor: 'ada', signal: new AbortController().signal };
const ONE = 'https://one.example:6443';
const input = <T>(body: T) => ({ params: undefined, query: undefined, body });
const file = (text: string) => ({ name: 'config', text });
const chosen = (consents: ('insecure-tls' | 'loopback' | 'exec')[] = [], context = 'uploaded-one') => [
  { file: 0, context, consents },
];

describe('a preview', () => {
  it('tells version, identity and rights, saves nothing, and gives no credential back', async () => {
    const state = new FakeState();
    const { handlers } = await scene({ clusters: { [ONE]: new FakeCluster() }, state });
    const reply = await handlers.kubeconfigPreview(
      input({ files: [file(kubeconfig({ server: ONE }))], contexts: [] }),
      request,
    );
    expect(routes.kubeconfigPreview.response.parse(reply).contexts).toMatchObject([
      {
        context: 'uploaded-one',
        server: ONE,
        reach: { status: 'reached', version: 'v1.33.4' },
        clusterUid: 'uid-one',
        canAdd: true,
        abilities: [
          { ability: 'watch', isAllowed: true },
          { ability: 'install', isAllowed: true },
          { ability: 'port-forward', isAllowed: true },
        ],
      },
    ]);
    expect(JSON.stringify(reply)).not.toContain(SECRET);
    expect(await state.list('uploaded-contexts')).toEqual([]);
  });

  it.each([
    ['exec', { server: ONE }, { exec: { command: '/bin/sh' } }],
    ['auth-provider', { server: ONE }, { 'auth-provider': { name: 'gcp' } }],
    ['file-path', { server: ONE }, { tokenFile: '/etc/passwd' }],
    ['file-path', { server: ONE, 'certificate-authority': '/etc/passwd' }, {}],
    ['proxy', { server: ONE, 'proxy-url': 'http://proxy.example' }, {}],
    ['impersonation', { server: ONE }, { as: 'root' }],
    ['address', { server: 'https://169.254.169.254' }, {}],
  ])('refuses %s without dialling', async (code, cluster, user) => {
    const { handlers, dialled } = await scene({ clusters: { [ONE]: new FakeCluster() } });
    const text = kubeconfig(cluster, user);
    const reply = await handlers.kubeconfigPreview(input({ files: [file(text)], contexts: [] }), request);
    expect(reply.contexts[0]).toMatchObject({ canAdd: false, reach: { status: 'not-tried' } });
    expect(reply.contexts[0]?.refusals.map((one) => one.code)).toContain(code);
    const added = await handlers.kubeconfigAdd(input({ files: [file(text)], contexts: chosen() }), request);
    expect(added.added).toEqual([]);
    expect(added.refused).toHaveLength(1);
    expect(dialled).toEqual([]);
  });

  it('dials what needs consent only after it was given', async () => {
    const { handlers, dialled } = await scene({ clusters: { [ONE]: new FakeCluster() } });
    const files = [file(kubeconfig({ server: ONE, 'insecure-skip-tls-verify': true }))];
    const before = await handlers.kubeconfigPreview(input({ files, contexts: [] }), request);
    expect(before.contexts[0]).toMatchObject({ reach: { status: 'not-tried' }, isTlsVerified: false });
    expect(dialled).toEqual([]);
    const after = await handlers.kubeconfigPreview(
      input({ files, contexts: chosen(['insecure-tls']) }),
      request,
    );
    expect(after.contexts[0]).toMatchObject({ reach: { status: 'reached' }, canAdd: true });
  });

  it('passes a program the policy allows on to the gate only after consent', async () => {
    const { handlers, dialled, agreedPrograms } = await scene({
      clusters: { [ONE]: new FakeCluster() },
      pluginPolicy: { policy: 'Allowlist', allowlist: ['aws'] },
    });
    const files = [file(kubeconfig({ server: ONE }, { exec: { command: 'aws', args: ['eks'] } }))];
    const before = await handlers.kubeconfigPreview(input({ files, contexts: [] }), request);
    expect(routes.kubeconfigPreview.response.parse(before).contexts).toMatchObject([
      {
        refusals: [],
        warnings: [{ code: 'exec', needsConsent: true, message: expect.stringContaining('"aws" "eks"') }],
        reach: { status: 'not-tried' },
      },
    ]);
    const refused = await handlers.kubeconfigAdd(input({ files, contexts: chosen() }), request);
    expect(refused.refused[0]?.reason).toContain('You have to agree first');
    expect([dialled, agreedPrograms]).toEqual([[], []]);
    const added = await handlers.kubeconfigAdd(input({ files, contexts: chosen(['exec']) }), request);
    expect(added.added).toMatchObject([{ context: 'uploaded-one' }]);
    expect(agreedPrograms).toEqual(['aws']);
  });

  it('refuses a program that is not on the list, consent or not', async () => {
    const { handlers, dialled } = await scene({
      clusters: { [ONE]: new FakeCluster() },
      pluginPolicy: { policy: 'Allowlist', allowlist: ['/usr/bin/aws'] },
    });
    const files = [file(kubeconfig({ server: ONE }, { exec: { command: 'aws' } }))];
    const reply = await handlers.kubeconfigAdd(input({ files, contexts: chosen(['exec']) }), request);
    expect(reply.refused[0]?.reason).toContain('--credential-plugin-allowlist');
    expect([reply.added, dialled]).toEqual([[], []]);
  });

  it('takes alias bombs and files that are none for what they are, and reads the others', async () => {
    const { handlers } = await scene({ clusters: { [ONE]: new FakeCluster() } });
    const files = [
      { name: 'bomb', text: 'a: &a [x]\nb: [*a, *a]\n' },
      { name: 'good', text: kubeconfig({ server: ONE }) },
    ];
    const reply = await handlers.kubeconfigPreview(input({ files, contexts: [] }), request);
    expect(reply.files).toMatchObject([{ name: 'bomb', problem: { code: 'aliases' } }, { contexts: 1 }]);
    expect(reply.contexts).toMatchObject([{ file: 1, fileName: 'good' }]);
  });

  it('of a black hole ends by its own limit', async () => {
    const cluster = new FakeCluster();
    cluster.mode = 'black-hole';
    const { handlers, world } = await scene({ clusters: { [ONE]: cluster } });
    const asking = handlers.kubeconfigPreview(
      input({ files: [file(kubeconfig({ server: ONE }))], contexts: [] }),
      request,
    );
    await world.clock.advance(6000);
    expect((await asking).contexts[0]?.reach).toMatchObject({ failure: { kind: 'timeout' } });
  });
});

describe('an upload', () => {
  it('is refused without the consent it needs, and shows for ever that it goes unverified', async () => {
    const { handlers, registry, world } = await scene({ clusters: { [ONE]: new FakeCluster() } });
    const files = [file(kubeconfig({ server: ONE, 'insecure-skip-tls-verify': true }))];
    const refused = await handlers.kubeconfigAdd(input({ files, contexts: chosen() }), request);
    expect(refused.refused[0]?.reason).toContain('You have to agree first');
    const added = await handlers.kubeconfigAdd(input({ files, contexts: chosen(['insecure-tls']) }), request);
    expect(added.added).toMatchObject([{ context: 'uploaded-one', isNew: true }]);
    await world.clock.advance(3000);
    expect(registry.summaries()).toMatchObject([
      { origin: 'uploaded', isTlsVerified: false, lifecycle: 'connected' },
    ]);
  });

  it('for a cluster that is known adds a way into it', async () => {
    const cluster = new FakeCluster();
    const { handlers, registry, world } = await scene({
      clusters: { [ONE]: cluster },
      contexts: [cluster.context()],
    });
    await world.clock.advance(3000);
    const id = registry.summaries()[0]?.id;
    const reply = await handlers.kubeconfigAdd(
      input({ files: [file(kubeconfig({ server: ONE }))], contexts: chosen() }),
      request,
    );
    expect(reply.added).toEqual([{ context: 'uploaded-one', connectionId: id, isNew: false }]);
    expect(registry.connections()[0]?.view().waysIn).toMatchObject([
      { context: 'staging', isInUse: true },
      { context: 'uploaded-one', source: 'uploaded', isInUse: false },
    ]);
  });

  it('with a name that another cluster has gets a number', async () => {
    const TWO = 'https://two.example:6443';
    const { handlers } = await scene({
      clusters: { [ONE]: new FakeCluster('uid-one'), [TWO]: new FakeCluster('uid-two') },
    });
    const files = [file(kubeconfig({ server: ONE })), file(kubeconfig({ server: TWO }))];
    const contexts = [...chosen(), { file: 1, context: 'uploaded-one', consents: [] }];
    const reply = await handlers.kubeconfigAdd(input({ files, contexts }), request);
    expect(reply.added.map((one) => one.context)).toEqual(['uploaded-one', 'uploaded-one (2)']);
  });
});

describe('replaced credentials', () => {
  it('are used from then on, and no other identity in their place', async () => {
    const cluster = new FakeCluster();
    const { handlers, registry, world, store } = await scene({
      clusters: { [ONE]: cluster },
      contexts: [cluster.context()],
    });
    await world.clock.advance(3000);
    const connectionId = registry.summaries()[0]?.id ?? '';
    const replace = (text: string) =>
      handlers.connectionReplaceCredentials(
        { params: { connectionId }, query: undefined, body: { file: file(text), consents: [] } },
        request,
      );
    const before = registry.versionOf(connectionId);
    await replace(kubeconfig({ server: ONE }, { token: 'fresh' }));
    // Who asks with the former version must not be told that nothing changed.
    expect(registry.versionOf(connectionId)).not.toBe(before);
    const inUse = () =>
      registry
        .get(connectionId)
        ?.view()
        .waysIn.filter((way) => way.isInUse);
    expect(inUse()).toMatchObject([{ source: 'uploaded' }]);
    await store.discover();
    expect(inUse()).toHaveLength(1);
  });

  it('leave the connection its name, whatever their context is called, over a restart too', async () => {
    const cluster = new FakeCluster();
    const state = new FakeState();
    const known = cluster.context({ fingerprint: ONE });
    const first = await scene({ clusters: { [ONE]: cluster }, contexts: [known], state });
    // Never reached so far: nobody knows yet whose cluster it is.
    cluster.mode = 'unauthorized';
    await first.world.clock.advance(3000);
    cluster.mode = 'answers';
    const connectionId = first.registry.summaries()[0]?.id ?? '';
    const body = (context: string) => ({
      file: file(
        kubeconfig({ server: ONE, 'certificate-authority-data': 'QQ==' }, { token: context }, context),
      ),
      consents: [],
    });
    for (const context of ['rotated', 'rotated-again']) {
      await first.handlers.connectionReplaceCredentials(
        { params: { connectionId }, query: undefined, body: body(context) },
        request,
      );
      await first.world.clock.advance(3000);
      expect(first.registry.summaries()).toMatchObject([
        { id: connectionId, name: 'staging', lifecycle: 'connected' },
      ]);
      expect(first.registry.get(connectionId)?.view().waysIn).toContainEqual(
        expect.objectContaining({ context, isInUse: true }),
      );
    }
    await first.services.close();
    const second = createFakeWorld([{ ...known, context: 'renamed in the file' }], state);
    const services = createServices(second);
    running.push(services);
    await services.start();
    expect(services.registry.summaries()).toMatchObject([{ id: connectionId, name: 'staging' }]);
  });

  it('that lead to another cluster are refused', async () => {
    const TWO = 'https://two.example:6443';
    const cluster = new FakeCluster();
    const { handlers, registry, world } = await scene({
      clusters: { [TWO]: new FakeCluster('uid-two') },
      contexts: [cluster.context()],
    });
    await world.clock.advance(3000);
    const connectionId = registry.summaries()[0]?.id ?? '';
    await expect(
      handlers.connectionReplaceCredentials(
        {
          params: { connectionId },
          query: undefined,
          body: { file: file(kubeconfig({ server: TWO })), consents: [] },
        },
        request,
      ),
    ).rejects.toThrow('another cluster');
  });
});
