/** A kubeconfig from a person, over a real API server: looked at, added, given other credentials, deleted. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from './harness/control-plane.ts';
import { writeKubeconfig } from './harness/kubeconfig.ts';
import { type Product, startProduct } from './harness/product.ts';

let cluster: ControlPlane;
let product: Product;

beforeAll(async () => {
  cluster = await startControlPlane({ withControllerManager: false });
  const nothing = await writeKubeconfig({ folder: cluster.folder, contexts: [] });
  product = await startProduct({ kubeconfigPath: nothing });
}, 240_000);

afterAll(async () => {
  await product.stop();
  await cluster.stop();
}, 60_000);

function upload(token: string, context = 'uploaded') {
  return {
    name: 'config',
    text: JSON.stringify({
      'current-context': context,
      clusters: [
        { name: 'c', cluster: { server: cluster.server, 'certificate-authority-data': cluster.caData } },
      ],
      users: [{ name: 'u', user: { token } }],
      contexts: [{ name: context, context: { cluster: 'c', user: 'u' } }],
    }),
  };
}

const agreed = { file: 0, context: 'uploaded', consents: ['loopback' as const] };

describe('an uploaded kubeconfig', () => {
  it('is looked at only after loopback was agreed to, and tells what its credentials may do', async () => {
    const files = [upload(cluster.adminToken)];
    const before = await product.call('kubeconfigPreview', { body: { files } });
    expect(before.contexts).toMatchObject([{ reach: { status: 'not-tried' }, isTlsVerified: true }]);
    const after = await product.call('kubeconfigPreview', { body: { files, contexts: [agreed] } });
    expect(after.contexts).toMatchObject([
      { reach: { status: 'reached' }, canAdd: true, clusterUid: expect.any(String) as string },
    ]);
    expect(after.contexts[0]?.abilities.every(({ isAllowed }) => isAllowed)).toBe(true);
    expect(JSON.stringify(after)).not.toContain(cluster.adminToken);
    const stranger = await product.call('kubeconfigPreview', {
      body: { files: [upload(cluster.tokens.stranger)], contexts: [agreed] },
    });
    expect(stranger.contexts[0]?.abilities.every(({ isAllowed }) => !isAllowed)).toBe(true);
    expect(await product.connections()).toEqual([]);
  }, 60_000);

  it('is added, observed, given other credentials, disconnected and deleted', async () => {
    const files = [upload(cluster.adminToken)];
    const refused = await product.call('kubeconfigAdd', {
      body: { files, contexts: [{ file: 0, context: 'uploaded' }] },
    });
    expect(refused).toMatchObject({ added: [], refused: [{ context: 'uploaded' }] });
    const { added } = await product.call('kubeconfigAdd', { body: { files, contexts: [agreed] } });
    expect(added).toMatchObject([{ context: 'uploaded', isNew: true }]);
    const id = added[0]?.connectionId ?? '';
    await product.waitForConnection('the upload is observed', (one) => one.lifecycle === 'connected', {
      id,
      timeoutMs: 60_000,
    });

    const consents = agreed.consents;
    const params = { connectionId: id };
    await expect(
      product.call('connectionReplaceCredentials', {
        params,
        body: { file: upload('no-such-token'), consents },
      }),
    ).rejects.toThrow('refuses these credentials');
    await product.call('connectionReplaceCredentials', {
      params,
      body: { file: upload(cluster.tokens.secondAdmin, 'rotated'), consents },
    });
    const replaced = await product.waitForConnection(
      'the new credentials are used',
      (one) => one.lifecycle === 'connected' && one.waysIn.some((way) => way.isInUse),
      { id, timeoutMs: 60_000 },
    );
    expect(replaced.value.waysIn).toMatchObject([{ context: 'rotated', source: 'uploaded', isInUse: true }]);
    // A way in is another; the connection is the same.
    expect(replaced.value).toMatchObject({ id, name: 'uploaded' });
    await product.call('connectionRename', { params, body: { name: 'the small one' } });
    expect((await product.connection(id)).name).toBe('the small one');

    const gone = await product.call('connectionTransition', { params, body: { to: 'disconnected' } });
    expect(gone.allowed).toEqual(['connected', 'deleted']);
    await expect(
      product.call('connectionTransition', { params, body: { to: 'maintenance' } }),
    ).rejects.toThrow('cannot become maintenance');
    await product.call('connectionTransition', { params, body: { to: 'deleted' } });
    expect(await product.connections()).toEqual([]);
    for (const token of [cluster.adminToken, cluster.tokens.secondAdmin]) {
      expect(product.logs()).not.toContain(token);
    }
  }, 180_000);
});
