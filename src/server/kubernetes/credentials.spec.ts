import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExecBody } from '../../core/kubeconfig/document.ts';
import { ClusterError } from '../../services/ports.ts';
import { createCredentials } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import type { Endpoint, Identity } from './endpoint.ts';
import { startFakeApiServer } from './fake-api-server.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'credentials-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const VERSION = 'client.authentication.k8s.io/v1';
let nowMs = 0;

function endpoint(identity: Identity): Endpoint {
  return {
    server: 'https://one.test:6443',
    isTlsVerified: true,
    authority: 'PEM',
    serverName: undefined,
    proxyUrl: undefined,
    certificate: undefined,
    identity,
    impersonation: undefined,
  };
}

function credentials(identity: Identity, execMs = 60_000): Credentials {
  return createCredentials(endpoint(identity), { now: () => nowMs, execMs, env: process.env });
}

/** A plugin that is a program of Node: writes a line to `runs` and then runs the given statements. */
async function plugin(statements: string, part: Partial<ExecBody> = {}): Promise<Identity> {
  const file = path.join(folder, 'plugin');
  const text = [
    `#!${process.execPath}`,
    `const fs = require('node:fs');`,
    `fs.appendFileSync(${JSON.stringify(path.join(folder, 'runs'))}, process.argv.slice(2).join(' ') + '\\n');`,
    `const give = (status, apiVersion = ${JSON.stringify(VERSION)}) => console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion, status }));`,
    statements,
  ];
  await writeFile(file, text.join('\n'));
  await chmod(file, 0o755);
  return { kind: 'exec', folder, exec: { apiVersion: VERSION, command: './plugin', ...part } };
}

async function runs(): Promise<string[]> {
  return (await readFile(path.join(folder, 'runs'), 'utf8')).split('\n').filter((line) => line !== '');
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

describe('plain credentials', () => {
  it('become the headers of the API', async () => {
    expect((await credentials({ kind: 'none' }).current()).headers).toEqual({});
    expect((await credentials({ kind: 'token', token: 'abc' }).current()).headers).toEqual({
      authorization: 'Bearer abc',
    });
    expect((await credentials({ kind: 'basic', username: 'u', password: 'p:q' }).current()).headers).toEqual({
      authorization: `Basic ${Buffer.from('u:p:q').toString('base64')}`,
    });
  });

  it('act in another’s name where the kubeconfig says so', async () => {
    const server = await startFakeApiServer({
      protocol: 'h2',
      handle: (_, reply) => reply.status(200, { gitVersion: 'v1' }),
    });
    const impersonation = {
      user: 'jane',
      uid: 'u1',
      groups: ['a', 'b'],
      extra: { 'example.com/Scope': ['x'] },
    };
    const api = server.access({ impersonation }).open();
    await api.version();
    expect(server.seen[0]?.headers).toMatchObject({
      'impersonate-user': 'jane',
      'impersonate-uid': 'u1',
      'impersonate-group': 'a, b',
      'impersonate-extra-example.com%2fscope': 'x',
    });
    await api.close();
    await server.close();
  });

  it('read a token file again after a minute, and at once when it was refused', async () => {
    const file = path.join(folder, 'token');
    await writeFile(file, 'one\n');
    nowMs = 0;
    const held = credentials({ kind: 'token-file', path: file });
    expect((await held.current()).headers['authorization']).toBe('Bearer one');
    await writeFile(file, 'two\n');
    nowMs = 59_000;
    expect((await held.current()).headers['authorization']).toBe('Bearer one');
    nowMs = 60_000;
    expect((await held.current()).headers['authorization']).toBe('Bearer two');
    await writeFile(file, 'three\n');
    held.refused();
    expect((await held.current()).headers['authorization']).toBe('Bearer three');
    await rm(file);
    held.refused();
    expect((await failureOf(held.current())).message).toContain(file);
  });
});

describe('a credential plugin', { timeout: 120_000 }, () => {
  it('runs once for all who wait, and again when its credential is about to end or was refused', async () => {
    nowMs = 0;
    const identity = await plugin(`give({ token: 'abc', expirationTimestamp: '1970-01-01T00:10:00Z' });`, {
      args: ['x', '$(touch y)'],
    });
    const held = credentials(identity);
    const proofs = await Promise.all([held.current(), held.current()]);
    expect(proofs.map(({ headers }) => headers['authorization'])).toEqual(['Bearer abc', 'Bearer abc']);
    nowMs = 569_000;
    await held.current();
    // No shell looked at the arguments.
    expect(await runs()).toEqual(['x $(touch y)']);
    nowMs = 570_000;
    await held.current();
    expect(await runs()).toHaveLength(2);
    held.refused();
    await held.current();
    expect(await runs()).toHaveLength(3);
  });

  it('is told about the cluster, with its own environment', async () => {
    const identity = await plugin(`give({ token: process.env.KUBERNETES_EXEC_INFO + process.env.EXTRA });`, {
      provideClusterInfo: true,
      env: [{ name: 'EXTRA', value: '!' }],
    });
    const { secrets } = await credentials(identity).current();
    expect(JSON.parse(secrets[0]?.slice(0, -1) ?? '')).toEqual({
      apiVersion: VERSION,
      kind: 'ExecCredential',
      spec: {
        interactive: false,
        cluster: { server: 'https://one.test:6443', 'certificate-authority-data': 'UEVN' },
      },
    });
    expect(secrets[0]?.endsWith('!')).toBe(true);
  });

  it('may give a client certificate', async () => {
    const identity = await plugin(`give({ clientCertificateData: 'C', clientKeyData: 'K' });`);
    expect(await credentials(identity).current()).toEqual({
      headers: {},
      certificate: { cert: 'C', key: 'K' },
      secrets: [],
    });
  });

  it('that is missing is named, with its hint', async () => {
    const exec = {
      apiVersion: VERSION,
      command: 'no-such-program-of-any-cloud',
      installHint: 'Install it from one.test.',
    };
    const { failure } = await failureOf(credentials({ kind: 'exec', folder, exec }).current());
    expect(failure.kind).toBe('exec-missing');
    expect(failure.message).toContain('no-such-program-of-any-cloud');
    expect(failure.message).toContain('Install it from one.test.');
  });

  it.each([
    [
      `console.error('login expired ' + 'A'.repeat(50)); process.exit(3);`,
      'ended with 3. It says: login expired …',
    ],
    [`console.log('not json s3cret');`, 'did not write an ExecCredential'],
    [`give({});`, 'neither a token nor a client certificate'],
    [`give({ token: 'x' }, 'client.authentication.k8s.io/v1beta1');`, 'another version'],
  ])('that goes wrong is told in words (%#)', async (statements, words) => {
    const error = await failureOf(credentials(await plugin(statements)).current());
    expect(error.failure.kind).toBe('exec-failed');
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('s3cret');
  });

  it('that hangs is ended', async () => {
    const identity = await plugin(`setInterval(() => {}, 1000);`);
    expect((await failureOf(credentials(identity, 300).current())).message).toContain(
      'did not end within 0.3 seconds',
    );
  });
});
