import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { acceptUploaded } from '../../core/kubeconfig/upload.ts';
import { FakeClock, silentLog } from '../../services/fakes/fake-clock.ts';
import { FakeState } from '../../services/fakes/fake-ports.ts';
import { UploadStore } from '../../services/uploads/upload-store.ts';
import { createVault } from '../state/vault.ts';
import { createUploadGate } from './upload-gate.ts';

const clock = new FakeClock();
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function kubeconfig(server: string, user: object = { token: 'the-very-secret-token' }): string {
  return JSON.stringify({
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'staging', context: { cluster: 'c', user: 'u' } }],
  });
}

function resolvedOf(server: string) {
  const resolved = acceptUploaded(kubeconfig(server), 'staging');
  if (resolved === undefined) throw new Error(`${server} was refused before it came to the gate`);
  return resolved;
}

/** Names and what they lead to, one answer after another. */
function gateOver(names: Record<string, readonly (readonly string[])[]>, isServerLocal = true) {
  const asked: string[] = [];
  const gate = createUploadGate({
    now: () => clock.now(),
    isServerLocal,
    resolve: async (host) => {
      const answers = names[host] ?? [];
      const answer = answers[Math.min(asked.filter((one) => one === host).length, answers.length - 1)];
      asked.push(host);
      return answer ?? [];
    },
  });
  return { gate, asked };
}

describe('the gate for uploads', () => {
  it.each([
    ['169.254.169.254', 'credentials'],
    ['169.254.7.7', 'link-local'],
    ['fd00:ec2::254', 'credentials'],
    ['::ffff:169.254.169.254', 'credentials'],
    ['0.0.0.0', 'no address'],
    ['224.0.0.1', 'multicast'],
    ['127.0.0.1', 'this server itself'],
    ['::1', 'this server itself'],
  ])('refuses a name that leads to %s', async (address, word) => {
    const { gate } = gateOver({ 'evil.example': [[address]] });
    const admitting = gate.admit(resolvedOf('https://evil.example:6443'), { isLoopbackAgreed: false });
    await expect(admitting).rejects.toMatchObject({ failure: { kind: 'invalid-config' } });
    await expect(admitting).rejects.toThrow(word);
  });

  it('refuses a name when only one of its addresses may not be dialled', async () => {
    const { gate } = gateOver({ 'half.example': [['10.0.0.1', '169.254.169.254']] });
    await expect(gate.admit(resolvedOf('https://half.example'), { isLoopbackAgreed: true })).rejects.toThrow(
      'credentials',
    );
  });

  it('takes loopback only when it was agreed to and the server itself listens there', async () => {
    const resolved = resolvedOf('https://127.0.0.1:6443');
    const local = gateOver({}).gate;
    const open = gateOver({}, false).gate;
    await expect(local.admit(resolved, { isLoopbackAgreed: false })).rejects.toThrow('this server itself');
    await expect(open.admit(resolved, { isLoopbackAgreed: true })).rejects.toThrow('host.docker.internal');
    expect(await local.admit(resolved, { isLoopbackAgreed: true })).toMatchObject({ address: '127.0.0.1' });
  });

  it('resolves once; afterwards only the address that was judged counts', async () => {
    const { gate, asked } = gateOver({ 'rebind.example': [['10.1.2.3'], ['169.254.169.254']] });
    const resolved = resolvedOf('https://rebind.example:6443');
    const first = await gate.admit(resolved, { isLoopbackAgreed: false });
    expect(first.address).toBe('10.1.2.3');
    const again = await gate.admit(resolved, { isLoopbackAgreed: false, address: first.address });
    expect(again.address).toBe('10.1.2.3');
    expect(asked).toEqual(['rebind.example']);
    expect(again.fingerprint).toBe(first.fingerprint);
  });

  it('judges a kept address again, so that a changed file of ours leads nowhere either', async () => {
    const { gate } = gateOver({});
    await expect(
      gate.admit(resolvedOf('https://one.example'), { isLoopbackAgreed: false, address: '169.254.169.254' }),
    ).rejects.toThrow('credentials');
  });

  it('says when a name has no address', async () => {
    const { gate } = gateOver({});
    await expect(
      gate.admit(resolvedOf('https://nowhere.example'), { isLoopbackAgreed: false }),
    ).rejects.toMatchObject({ failure: { kind: 'dns' } });
  });
});

describe('uploaded contexts', () => {
  function storeIn(folder: string, state: FakeState, gate: ReturnType<typeof gateOver>['gate']) {
    const vault = createVault({ keyFromEnvironment: undefined, keyFile: join(folder, 'vault.key') });
    return new UploadStore({ clock, log: silentLog, state, vault, gate });
  }

  async function uploaded() {
    const folder = mkdtempSync(join(tmpdir(), 'uploads-'));
    folders.push(folder);
    const state = new FakeState();
    const { gate, asked } = gateOver({ 'one.example': [['10.1.2.3']] });
    const store = storeIn(folder, state, gate);
    const resolved = resolvedOf('https://one.example:6443');
    const admission = await gate.admit(resolved, { isLoopbackAgreed: false });
    await store.add(resolved, admission, { consents: [], actor: 'ada', isPreferred: false });
    return { folder, state, gate, asked, store };
  }

  it('are kept sealed, and opened again after a restart at the same address', async () => {
    const { folder, state, gate, asked } = await uploaded();
    const kept = JSON.stringify(await state.list('uploaded-contexts'));
    expect(kept).toContain('10.1.2.3');
    expect(kept).not.toContain('secret');
    const { contexts } = await storeIn(folder, state, gate).discover();
    expect(contexts).toMatchObject([{ context: 'staging', origin: 'uploaded', isTlsVerified: true }]);
    expect(contexts[0]?.access).toBeDefined();
    expect(asked).toEqual(['one.example']);
  });

  it('say so when the key is lost, lose nothing, and open again when it is back', async () => {
    const { folder, state, gate } = await uploaded();
    const other = mkdtempSync(join(tmpdir(), 'uploads-'));
    folders.push(other);
    const [lost] = (await storeIn(other, state, gate).discover()).contexts;
    expect(lost?.access).toBeUndefined();
    expect(lost?.problem?.message).toContain('is missing, so saved credentials cannot be opened');
    const [found] = (await storeIn(folder, state, gate).discover()).contexts;
    expect(found?.access).toBeDefined();
    expect(found?.fingerprint).toBe(lost?.fingerprint);
  });

  it('are removed with their credentials also when these cannot be opened', async () => {
    const { state, gate } = await uploaded();
    const other = mkdtempSync(join(tmpdir(), 'uploads-'));
    folders.push(other);
    await storeIn(other, state, gate).remove('staging');
    expect(await state.list('uploaded-contexts')).toEqual([]);
  });
});
