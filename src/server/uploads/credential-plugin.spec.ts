/** Programs named by uploaded kubeconfigs, for real: one the policy allows, and those it does not. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { CredentialPluginPolicy } from '../../core/kubeconfig/plugin-policy.ts';
import { acceptUploaded } from '../../core/kubeconfig/upload.ts';
import { FakeClock, silentLog } from '../../services/fakes/fake-clock.ts';
import { FakeState } from '../../services/fakes/fake-ports.ts';
import { UploadStore } from '../../services/uploads/upload-store.ts';
import { startFakeApiServer } from '../kubernetes/fake-api-server.ts';
import type { FakeApiServer } from '../kubernetes/fake-api-server.ts';
import { createVault } from '../state/vault.ts';
import { createUploadGate } from './upload-gate.ts';

const VERSION = 'client.authentication.k8s.io/v1';
const ALL: CredentialPluginPolicy = { policy: 'AllowAll' };
const clock = new FakeClock();
const folders: string[] = [];
const servers: FakeApiServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A program that writes down how it was started, then gives a token. */
async function scene() {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-'));
  folders.push(folder);
  const program = join(folder, 'give-token');
  const mark = join(folder, 'started.json');
  const output = { kind: 'ExecCredential', apiVersion: VERSION, status: { token: 'token-of-the-program' } };
  const script = `#!${process.execPath}
const { A, MESHPLAY_KEY } = process.env;
require('node:fs').writeFileSync(${JSON.stringify(mark)}, JSON.stringify({ args: process.argv.slice(2), A, key: MESHPLAY_KEY ?? 'unknown' }));
console.log(${JSON.stringify(JSON.stringify(output))});
`;
  writeFileSync(program, script, { mode: 0o755 });
  const server = await startFakeApiServer({
    protocol: 'plain',
    handle: (_request, reply) => reply.status(200, { gitVersion: 'v1.33.4', major: '1', minor: '33' }),
  });
  servers.push(server);
  const exec = {
    apiVersion: VERSION,
    command: program,
    args: ['$(id)', '; ls'],
    env: [{ name: 'A', value: 'b' }],
  };
  const text = JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: server.url } }],
    users: [{ name: 'u', user: { exec } }],
    contexts: [{ name: 'staging', context: { cluster: 'c', user: 'u' } }],
  });
  const gateUnder = (pluginPolicy: CredentialPluginPolicy | undefined) =>
    createUploadGate({
      now: () => clock.now(),
      isServerLocal: true,
      pluginPolicy,
      env: { ...process.env, MESHPLAY_KEY: 'the key of the vault' },
    });
  const state = new FakeState();
  const storeUnder = (pluginPolicy: CredentialPluginPolicy | undefined) =>
    new UploadStore({
      clock,
      log: silentLog,
      state,
      vault: createVault({ keyFromEnvironment: undefined, keyFile: join(folder, 'vault.key') }),
      gate: gateUnder(pluginPolicy),
      pluginPolicy,
    });
  // What the policies below judge was read under the widest, as if the reader had made a mistake.
  const resolved = acceptUploaded(text, 'staging', ALL);
  if (resolved === undefined) throw new Error('it was refused before it came to the gate');
  return { program, mark, server, text, resolved, gateUnder, storeUnder };
}

const AGREED = { isLoopbackAgreed: true, isPluginAgreed: true };

describe('the program of an uploaded kubeconfig', () => {
  it('is started without a shell when it is on the list, and its token is used', async () => {
    const { program, mark, server, resolved, gateUnder } = await scene();
    const gate = gateUnder({ policy: 'Allowlist', allowlist: [program] });
    const { access } = await gate.admit(resolved, AGREED);
    expect(existsSync(mark)).toBe(false);
    const api = access.open();
    try {
      expect(await api.version(new AbortController().signal)).toBe('v1.33.4');
    } finally {
      await api.close();
    }
    expect(server.seen[0]?.headers['authorization']).toBe('Bearer token-of-the-program');
    const started: unknown = JSON.parse(readFileSync(mark, 'utf8'));
    expect(started).toEqual({ args: ['$(id)', '; ls'], A: 'b', key: 'unknown' });
  });

  it.each([
    ['nothing was configured', undefined, AGREED, 'DenyAll'],
    ['it is not on the list', { policy: 'Allowlist', allowlist: ['give-token'] }, AGREED, 'not on the list'],
    ['nobody agreed', ALL, { isLoopbackAgreed: true }, 'Nobody agreed'],
  ] as const)('is not started when %s', async (_why, policy, agreed, word) => {
    const { mark, server, resolved, gateUnder } = await scene();
    const admitting = gateUnder(policy).admit(resolved, agreed);
    await expect(admitting).rejects.toMatchObject({ failure: { kind: 'invalid-config' } });
    await expect(admitting).rejects.toThrow(word);
    expect(existsSync(mark)).toBe(false);
    expect(server.seen).toEqual([]);
  });

  it('is not started any more once the policy was tightened, and says what would allow it', async () => {
    const { mark, resolved, storeUnder } = await scene();
    const wide = storeUnder(ALL);
    const admission = await wide.gate.admit(resolved, AGREED);
    const consents = ['loopback', 'no-tls', 'exec'] as const;
    await wide.add(resolved, admission, { consents, actor: 'ada', isPreferred: false });
    const [open] = (await storeUnder(ALL).discover()).contexts;
    expect(open?.problem).toBeUndefined();
    expect(open?.access).toBeDefined();
    const [disabled] = (await storeUnder(undefined).discover()).contexts;
    expect(disabled?.access).toBeUndefined();
    expect(disabled?.problem).toMatchObject({ kind: 'invalid-config' });
    expect(disabled?.problem?.message).toContain('This upload is disabled');
    expect(disabled?.problem?.message).toContain('--credential-plugin-policy Allowlist');
    expect(existsSync(mark)).toBe(false);
  });
});
