import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakeApiServer } from './fake-api-server.ts';
import { createKubeconfigSource } from './kubeconfig-source.ts';
import { AUTHORITY, CLIENT, EXPIRED, SERVER } from './test-certificates.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kubeconfig-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function source(env: Record<string, string> = {}, readText?: (file: string) => Promise<string>) {
  return createKubeconfigSource({
    env: { PATH: process.env['PATH'], ...env },
    homedir: folder,
    timeouts: { connectMs: 30_000, headersMs: 30_000 },
    readText,
    inClusterDir: path.join(folder, 'pod'),
    now: () => Date.parse('2026-01-01T00:00:00Z'),
  });
}

async function file(name: string, text: string): Promise<string> {
  const place = path.join(folder, name);
  await mkdir(path.dirname(place), { recursive: true });
  await writeFile(place, text);
  return place;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

function config(user: string, cluster = 'server: "https://127.0.0.1:6443"', name = 'one'): string {
  return `current-context: ${name}
clusters: [{ name: c, cluster: { ${cluster} } }]
users: [{ name: u, user: { ${user} } }]
contexts: [{ name: ${name}, context: { cluster: c, user: u } }]
`;
}

describe('the places', () => {
  it('are the home folder and the pod, and each says what came of it', async () => {
    const { paths, contexts } = await source().discover();
    expect(contexts).toEqual([]);
    expect(paths.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['absent', 'the home folder'],
      ['absent', 'the pod’s service account'],
    ]);
    await file('.kube/config', config('token: abc'));
    const found = await source().discover();
    expect(found.paths[0]).toMatchObject({ outcome: 'read', contexts: 1 });
    expect(found.contexts).toMatchObject([
      {
        context: 'one',
        server: 'https://127.0.0.1:6443',
        isCurrent: true,
        isTlsVerified: true,
        origin: 'kubeconfig',
      },
    ]);
    expect(found.contexts[0]?.access).toBeDefined();
  });

  it('are the files of KUBECONFIG where it is set, merged, with every bad one told', async () => {
    await file('.kube/config', config('token: home'));
    const entries = [
      await file('a', config('token: abc')),
      path.join(folder, 'missing'),
      await file('b', 'a: ['),
      await file('empty', ''),
      await file('c', config('token: abc', undefined, 'two')),
      folder,
    ];
    const { paths, contexts } = await source({ KUBECONFIG: entries.join(path.delimiter) }).discover();
    expect(paths.slice(0, 6).map(({ outcome }) => outcome)).toEqual([
      'read',
      'absent',
      'invalid',
      'empty',
      'read',
      'unreadable',
    ]);
    expect(contexts.map(({ context, isCurrent }) => [context, isCurrent])).toEqual([
      ['one', true],
      ['two', false],
    ]);
  });

  it('name path, owner and mode of a file that is closed', async () => {
    const place = await file('.kube/config', config('token: abc'));
    await chmod(place, 0o200);
    // Not left to the system: it denies nothing to root, as whom many test machines run.
    const [first] = (
      await source({}, () =>
        Promise.reject(Object.assign(new Error('denied'), { code: 'EACCES' })),
      ).discover()
    ).paths;
    expect(first?.outcome).toBe('unreadable');
    expect(first?.message).toContain(place);
    expect(first?.message).toContain('EACCES');
    expect(first?.message).toContain('mode 200');
    expect(first?.message).toContain(`user id ${process.getuid?.() ?? ''}`);
  });
});

describe('the pod’s service account', () => {
  it('is a context that works, and reads its token anew', async () => {
    const server = await startFakeApiServer({
      protocol: 'h2',
      handle: (request, reply) => reply.status(200, { gitVersion: String(request.headers['authorization']) }),
    });
    await file('pod/ca.crt', AUTHORITY);
    await file('pod/token', 'pod-token');
    const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(server.port) };
    const [context] = (await source(env).discover()).contexts;
    expect(context).toMatchObject({
      context: 'in-cluster',
      origin: 'in-cluster',
      source: 'in-cluster',
      isCurrent: true,
    });
    const api = context?.access?.open();
    expect(await api?.version()).toBe('Bearer pod-token');
    await api?.close();
    await server.close();
  });

  it('says that the pod has no token', async () => {
    const { paths, contexts } = await source({ KUBERNETES_SERVICE_HOST: '127.0.0.1' }).discover();
    expect(contexts).toEqual([]);
    expect(paths[1]?.message).toContain('automountServiceAccountToken');
  });
});

describe('a context that cannot be used', () => {
  it.each([
    ['invalid-config', 'token: abc', 'server: ""', 'server is empty'],
    ['invalid-config', 'auth-provider: { name: gcp }', undefined, 'gke-gcloud-auth-plugin'],
    ['invalid-config', 'token: abc', 'server: "https://127.0.0.1", certificate-authority: ca.crt', 'ca.crt'],
    [
      'invalid-config',
      'token: abc',
      'server: "https://127.0.0.1", certificate-authority-data: QUJD',
      'not a certificate',
    ],
    [
      'invalid-config',
      `client-certificate-data: ${base64(CLIENT.cert)}, client-key-data: ${base64(SERVER.key)}`,
      undefined,
      'does not belong',
    ],
    ['invalid-config', `client-certificate-data: QUJD, client-key-data: QUJD`, undefined, 'cannot be read'],
    [
      'unauthorized',
      `client-certificate-data: ${base64(EXPIRED.cert)}, client-key-data: ${base64(EXPIRED.key)}`,
      undefined,
      'expired on 2021-01-01',
    ],
    [
      'exec-missing',
      'exec: { apiVersion: client.authentication.k8s.io/v1, command: no-such-program, installHint: Get it. }',
      undefined,
      'Get it.',
    ],
    [
      'invalid-config',
      'exec: { apiVersion: client.authentication.k8s.io/v1alpha1, command: sh }',
      undefined,
      'apiVersion',
    ],
  ])('is listed with its reason (%s, %#)', async (kind, user, cluster, words) => {
    await file('.kube/config', config(user, cluster));
    const [context] = (await source().discover()).contexts;
    expect(context?.problem?.kind).toBe(kind);
    expect(context?.problem?.message).toContain(words);
    expect(context?.access).toBeUndefined();
  });
});

describe('identity', () => {
  it('is the same behind another proxy, whose place is told, and the change of the way is seen', async () => {
    const server = 'server: "https://one.test:6443"';
    const found = async (more: string) => {
      await file('.kube/config', config('token: abc', `${server}${more}`));
      const [context] = (await source().discover()).contexts;
      return context;
    };
    const direct = await found('');
    const proxied = await found(', proxy-url: "http://user:hunter2@proxy.test:3128"');
    expect(direct?.proxy).toBeUndefined();
    expect(proxied?.proxy).toBe('proxy.test:3128');
    expect(JSON.stringify(proxied)).not.toContain('hunter2');
    // The password is a credential as well: mended, it must not wait for a restart.
    const mended = await found(', proxy-url: "http://user:right@proxy.test:3128"');
    const named = await found(', tls-server-name: api.test');
    const contexts = [direct, proxied, mended, named];
    expect(new Set(contexts.map((one) => one?.credentialsMark)).size).toBe(4);
    expect(new Set(contexts.map((one) => one?.fingerprint)).size).toBe(1);
  });

  it('is the server and its authority; the credentials only move their own mark', async () => {
    await file('.kube/config', config('token: abc'));
    const [first] = (await source().discover()).contexts;
    await file('.kube/config', config('token: xyz', undefined, 'other'));
    const [second] = (await source().discover()).contexts;
    expect(second?.fingerprint).toBe(first?.fingerprint);
    expect(second?.credentialsMark).not.toBe(first?.credentialsMark);
    await file('ca.crt', AUTHORITY);
    await file(
      '.kube/config',
      config('token: xyz', 'server: "https://127.0.0.1:6443", certificate-authority: ../ca.crt'),
    );
    const [third] = (await source().discover()).contexts;
    expect(third?.problem).toBeUndefined();
    expect(third?.fingerprint).not.toBe(first?.fingerprint);
    await file(
      '.kube/config',
      config(
        'token: xyz',
        `server: "https://127.0.0.1:6443", certificate-authority-data: ${base64(AUTHORITY)}`,
      ),
    );
    expect((await source().discover()).contexts[0]?.fingerprint).toBe(third?.fingerprint);
    expect(JSON.stringify(third)).not.toContain('xyz');
  });
});
