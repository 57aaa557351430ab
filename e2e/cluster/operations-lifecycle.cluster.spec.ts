/** A connection that is left takes its Operator along only when asked to: on a real control plane, object by object. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from './harness/control-plane.ts';
import { added, type Inventory, inventory, operate, type Operating, storyOf } from './harness/operating.ts';
import { observerRules, permit } from './harness/permissions.ts';
import { writeKubeconfig } from './harness/kubeconfig.ts';
import { waitFor } from './harness/poll.ts';
import { type Product, startProduct, statesOf } from './harness/product.ts';
import { startWorld, type World } from './harness/world.ts';

const INSTALL = { kind: 'install', install: { family: 'meshery', generation: 'new' } } as const;
/** What an uninstall leaves unless told otherwise. */
const STAYS = [
  'apiextensions.k8s.io/v1 CustomResourceDefinition brokers.meshery.io',
  'apiextensions.k8s.io/v1 CustomResourceDefinition meshsyncs.meshery.io',
  'v1 Namespace meshery',
];
const ALL_POWER = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];

let controlPlane: ControlPlane;
let world: World;
let product: Product;
let operating: Operating;
let before: Inventory;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  world = await startWorld({ family: 'meshery', generation: 'new', controlPlane });
  await permit(controlPlane.api, 'viewer', ALL_POWER);
  before = await inventory(controlPlane.api);
  const { folder, server, caData, tokens } = controlPlane;
  const contexts = [{ name: 'test', server, caData, token: tokens.viewer }];
  product = await startProduct({ kubeconfigPath: await writeKubeconfig({ folder, contexts }) });
  operating = await operate(product);
}, 180_000);

afterAll(async () => {
  await product.stop();
  await world.stop();
  await controlPlane.stop();
}, 60_000);

const present = async () => added(await inventory(controlPlane.api), before);
const move = (to: 'connected' | 'disconnected' | 'deleted', more: object = {}) =>
  product.call('connectionTransition', {
    params: { connectionId: operating.connectionId },
    body: { to, ...more },
  });
const untilLifecycle = (lifecycle: string) =>
  product.waitForConnection(`it is ${lifecycle}`, (connection) => connection.lifecycle === lifecycle, {
    timeoutMs: 120_000,
  });
const uninstall = () => ({ operator: 'uninstall', confirm: operating.name }) as const;

/** Gives or takes permissions, and waits until the API server acts on it and our server has looked again. */
async function setPower(power: 'all' | 'observing'): Promise<void> {
  await permit(controlPlane.api, 'viewer', power === 'all' ? ALL_POWER : observerRules(world.names.group));
  await waitFor(
    'the permissions are as wanted',
    async () => {
      const { changes } = await operating.preview(INSTALL);
      const { refusal } = await operating.preview({ kind: 'uninstall' });
      const isHeldBack = changes.some(({ note }) => note?.includes('may not') === true);
      return isHeldBack === (power === 'observing') && refusal === undefined;
    },
    { timeoutMs: 60_000 },
  );
}

describe('a connection that is left', () => {
  it('leaves everything in the cluster as it is, unless asked', async () => {
    await operating.succeed(INSTALL);
    const all = await present();
    await move('disconnected');
    await untilLifecycle('disconnected');
    expect(await present()).toEqual(all);
    // Nothing can be uninstalled through a connection that is not there.
    await expect(move('deleted', uninstall())).rejects.toMatchObject({ code: 'unprocessable' });
    await move('connected');
    await product.waitForConnection(
      'it is connected as before',
      (connection) => statesOf(connection).join() === 'DEPLOYED,CONNECTED,CONNECTED',
      { timeoutMs: 120_000 },
    );
    expect(await present()).toEqual(all);
  }, 300_000);

  it('stays connected when the Operator could not be uninstalled, and says so', async () => {
    await expect(move('disconnected', { operator: 'uninstall' })).rejects.toMatchObject({
      code: 'unprocessable',
      allowed: [operating.name],
    });
    const all = await present();
    await setPower('observing');
    const { lifecycle, operationId = '' } = await move('disconnected', uninstall());
    expect(lifecycle).toBe('connected');
    const failed = await operating.untilEnded(operationId);
    expect(failed.status, storyOf(failed)).toBe('failed');
    await waitFor('it is told', async () => {
      const { items } = await product.call('eventList', { query: { limit: 200 } });
      return items.some(({ message }) => message.includes('is not disconnected: the Operator was not'));
    });
    expect((await product.connection(operating.connectionId)).lifecycle).toBe('connected');
    expect(await present()).toEqual(all);
    await setPower('all');
  }, 300_000);

  it('is disconnected once its Operator is gone, exactly as the log says', async () => {
    const { operationId = '' } = await move('disconnected', uninstall());
    const done = await operating.untilEnded(operationId);
    expect(done.status, storyOf(done)).toBe('succeeded');
    expect(done.left).toHaveLength(STAYS.length);
    await untilLifecycle('disconnected');
    expect(await present()).toEqual(STAYS);
    await move('connected');
    await untilLifecycle('connected');
  }, 300_000);

  it('is deleted once its Operator is gone, and what was stored of it with it', async () => {
    await operating.succeed(INSTALL);
    const { operationId = '' } = await move('deleted', uninstall());
    const done = await operating.untilEnded(operationId);
    expect(done.status, storyOf(done)).toBe('succeeded');
    await waitFor('it is gone', async () => (await product.connections()).length === 0, {
      timeoutMs: 60_000,
    });
    expect(await present()).toEqual(STAYS);
    const { contexts } = await product.call('kubeconfigView', {});
    expect(contexts).toMatchObject([{ context: 'test', isHidden: true }]);
    // Its rows go after the connection itself, which nobody has to wait for.
    await waitFor('its rows are gone', async () => (await product.call('databaseView', {})).rows === 0);
  }, 300_000);
});
