import { describe, expect, it } from 'vitest';
import { acceptUploaded } from '../../core/kubeconfig/upload.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';
import { sandboxGate } from './sandbox-gate.ts';

const cluster = new FakeCluster();
const world = { discover: async () => ({ paths: [], contexts: [cluster.context({ origin: 'sandbox' })] }) };

function resolvedOf(server: string) {
  const resolved = acceptUploaded(
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server } }],
      users: [{ name: 'u', user: { token: 't' } }],
      contexts: [{ name: 'one', context: { cluster: 'c', user: 'u' } }],
    }),
    'one',
  );
  if (resolved === undefined) throw new Error('the upload was refused');
  return resolved;
}

describe('uploads beside the simulated world', () => {
  it('lead into it by the server of one of its clusters', async () => {
    const gate = sandboxGate(world, undefined);
    const admission = await gate.admit(resolvedOf(cluster.server), { isLoopbackAgreed: false });
    expect(admission.fingerprint).toBe('fingerprint-one');
    expect(await admission.access.open().version()).toBe('v1.33.4');
  });

  it('lead nowhere else from a browser, and it is said why', async () => {
    const gate = sandboxGate(world, undefined);
    await expect(gate.admit(resolvedOf('https://real.example'), { isLoopbackAgreed: false })).rejects.toThrow(
      'The offline page cannot reach clusters',
    );
  });

  it('lead to the network from a server', async () => {
    const asked: string[] = [];
    const gate = sandboxGate(world, {
      async admit({ server }) {
        asked.push(server);
        return {
          address: '10.0.0.1',
          fingerprint: 'other',
          credentialsMark: 'mark',
          access: { open: () => cluster },
        };
      },
    });
    const admission = await gate.admit(resolvedOf('https://real.example'), { isLoopbackAgreed: false });
    expect([asked, admission.address]).toEqual([['https://real.example'], '10.0.0.1']);
  });
});
