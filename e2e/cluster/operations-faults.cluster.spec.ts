/** Operations that something comes in between of: afterwards the cluster is as the log says, and resuming finishes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Operation } from '../../src/api/operation.ts';
import { type ControlPlane, startControlPlane } from './harness/control-plane.ts';
import { writeKubeconfig } from './harness/kubeconfig.ts';
import { added, type Inventory, inventory, operate, type Operating, storyOf } from './harness/operating.ts';
import { observerRules, permit } from './harness/permissions.ts';
import { waitFor } from './harness/poll.ts';
import { type Product, startProduct } from './harness/product.ts';
import { startWorld, type World } from './harness/world.ts';

const INSTALL = { kind: 'install', install: { family: 'meshery', generation: 'new' } } as const;
const REMOVE_ALL = { kind: 'uninstall', removeDefinitions: true, removeNamespace: true } as const;
const NAMESPACE = '/api/v1/namespaces/meshery';
const ALL_POWER = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
/** Of a finalizer that only the test takes away: what it is on does not go before. */
const HOLD = 'test.example/hold';

let controlPlane: ControlPlane;
let world: World;
let dataFolder: string;
let kubeconfigPath: string;
let product: Product;
let operating: Operating;
let before: Inventory;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  world = await startWorld({ family: 'meshery', generation: 'new', controlPlane });
  // One whose power can be taken away while an operation runs.
  await permit(controlPlane.api, 'viewer', ALL_POWER);
  before = await inventory(controlPlane.api);
  dataFolder = await mkdtemp(join(tmpdir(), 'operations-'));
  const { folder, server, caData, tokens } = controlPlane;
  kubeconfigPath = await writeKubeconfig({
    folder,
    contexts: [{ name: 'test', server, caData, token: tokens.viewer }],
  });
  await startServer();
}, 180_000);

afterAll(async () => {
  await product.stop();
  await world.stop();
  await controlPlane.stop();
  await rm(dataFolder, { recursive: true, force: true });
}, 60_000);

async function startServer(): Promise<void> {
  product = await startProduct({ kubeconfigPath, args: ['--data-dir', dataFolder] });
  operating = await operate(product);
}

/** As a crash would end it, and up again over the same data folder. */
async function crash(): Promise<void> {
  await product.kill();
  await startServer();
}

const resume = async (id: string) => {
  const { value } = await waitFor(
    'it can be resumed',
    () => product.call('operationResume', { params: { operationId: id } }),
    { timeoutMs: 60_000, everyMs: 500 },
  );
  return value;
};

async function resumed(id: string): Promise<Operation> {
  const operation = await operating.untilEnded((await resume(id)).id);
  if (operation.status !== 'succeeded') throw new Error(storyOf(operation));
  return operation;
}

/** “Deployment meshery/meshery-operator” of every object that an installation applies or removes itself. */
async function present(): Promise<string[]> {
  const titles = added(await inventory(controlPlane.api), before);
  return titles.map((title) => title.slice(title.indexOf(' ') + 1));
}

const linesOf = (operation: Operation) => operation.steps.flatMap(({ details }) => details);
const storiesOf = (operations: readonly Operation[], ending: RegExp) =>
  operations
    .flatMap(linesOf)
    .filter((line) => ending.test(line))
    .map((line) => line.slice(0, line.lastIndexOf(':')));
/** What was being done in the moment it was stopped: it may have been done or not. */
const inHand = (operation: Operation) => operation.steps.map(({ message }) => message ?? '').join(' ');

/** Every object said to be applied is there, and none is there of which nothing was said. */
async function expectAppliedAsTold(
  operations: readonly Operation[],
  planned: readonly string[],
): Promise<void> {
  const now = await present();
  const told = storiesOf(operations, /: (created|changed|unchanged)$/);
  expect(told.filter((title) => !now.includes(title))).toEqual([]);
  const maybe = operations.map(inHand).join(' ');
  const untold = planned.filter(
    (title) => now.includes(title) && !told.includes(title) && !maybe.includes(title),
  );
  expect(untold, operations.map(storyOf).join('\n')).toEqual([]);
}

/** Every object said to be removed is gone, and none is gone of which nothing was said. */
async function expectRemovedAsTold(
  operations: readonly Operation[],
  planned: readonly string[],
): Promise<void> {
  const now = await inventory(controlPlane.api);
  const alive = added(now, before)
    .filter((title) => now.get(title)?.metadata.deletionTimestamp === undefined)
    .map((title) => title.slice(title.indexOf(' ') + 1));
  const told = storiesOf(operations, /: removed/);
  expect(told.filter((title) => alive.includes(title))).toEqual([]);
  const maybe = operations.map(inHand).join(' ');
  const untold = planned.filter(
    (title) => !alive.includes(title) && !told.includes(title) && !maybe.includes(title),
  );
  expect(untold, operations.map(storyOf).join('\n')).toEqual([]);
}

const titles = (changes: readonly { kind: string; namespace?: string | undefined; name: string }[]) =>
  changes.map(
    ({ kind, namespace, name }) => `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
  );

const isWaitingFor = (pattern: RegExp) => (operation: Operation) =>
  operation.steps.some(({ status, message }) => status === 'running' && pattern.test(message ?? ''));

/** An installation that waits for an image that cannot be pulled. */
async function heldInstall(image: RegExp): Promise<Operation> {
  world.kubelet.failPulls(image);
  const { id } = await operating.start(INSTALL);
  return operating.untilRunning('it waits for the image', id, isWaitingFor(/ImagePullBackOff/));
}

/** Gives or takes permissions, and waits until the API server acts on it. */
async function setPower(power: 'all' | 'observing'): Promise<void> {
  await permit(controlPlane.api, 'viewer', power === 'all' ? ALL_POWER : observerRules(world.names.group));
  await waitFor(
    'the permissions are as wanted',
    async () => {
      const { changes } = await operating.preview(INSTALL);
      return changes.some(({ note }) => note?.includes('may not') === true) === (power === 'observing');
    },
    { timeoutMs: 60_000 },
  );
}

/** Whatever a test left on the cluster; definitions and namespace stay, as removing them takes Kubernetes seconds. */
async function removeAll(): Promise<void> {
  world.kubelet.failPulls(undefined);
  await setPower('all');
  const preview = await operating.preview({ kind: 'uninstall' });
  if (preview.refusal === undefined) await operating.succeed({ kind: 'uninstall' });
}

async function hold(path: string): Promise<void> {
  const { metadata } = await controlPlane.api.get(path);
  await controlPlane.api.patch(path, { metadata: { finalizers: [...(metadata.finalizers ?? []), HOLD] } });
}

async function letGo(path: string): Promise<void> {
  await waitFor(
    `${path} is let go`,
    async () => {
      const object = await controlPlane.api.find(path);
      if (object === undefined) return true;
      const { finalizers = [], resourceVersion } = object.metadata;
      await controlPlane.api.patch(path, {
        metadata: { resourceVersion, finalizers: finalizers.filter((one) => one !== HOLD) },
      });
      return true;
    },
    { timeoutMs: 60_000 },
  );
}

describe('an operation', () => {
  afterEach(removeAll, 180_000);

  it('goes on when the API server was away while it waited; one that needed it fails in words and is resumed', async () => {
    const install = await heldInstall(/operator/);
    await controlPlane.stopApi();
    await product.waitForConnection(
      'the API server is missed',
      ({ controllers }) => controllers.every(({ state }) => state === 'UNKNOWN'),
      { timeoutMs: 60_000 },
    );
    await controlPlane.startApi();
    world.kubelet.failPulls(undefined);
    const ended = await operating.untilEnded(install.id);
    const installed = ended.status === 'succeeded' ? ended : await resumed(install.id);
    expect(installed.summary).toBe('Operator is DEPLOYED, MeshSync is CONNECTED, Broker is CONNECTED.');

    await hold(world.paths.meshsync);
    const { id } = await operating.start(REMOVE_ALL);
    await operating.untilRunning('it waits', id, isWaitingFor(/waiting until the Operator has cleaned up/));
    await controlPlane.stopApi();
    const failed = await operating.untilEnded(id);
    expect(failed.status, storyOf(failed)).toBe('failed');
    expect(failed.summary).toMatch(/refused the connection|connection to .* broke/);
    expect(failed.remedy).toContain('resume');
    await controlPlane.startApi();
    await letGo(world.paths.meshsync);
    expect(await resumed(id)).toMatchObject({ left: [] });
    expect(await present()).toEqual([]);
  }, 300_000);

  it('says which permission was taken away halfway, and is resumed when it is back', async () => {
    const { id } = await heldInstall(/operator/);
    await setPower('observing');
    world.kubelet.failPulls(undefined);
    const failed = await operating.untilEnded(id);
    expect(failed.status, storyOf(failed)).toBe('failed');
    expect(failed.summary).toContain('permission to patch brokers.meshery.io');
    expect(failed.canResume).toBe(true);
    await expectAppliedAsTold([failed], titles((await operating.preview(INSTALL)).changes));
    // Without any permission nothing is even begun.
    const refused = await operating.untilEnded((await resume(id)).id);
    expect(refused.status).toBe('failed');
    expect(refused.summary).toContain('This identity may not ');
    expect(refused.summary).toContain('create brokers.meshery.io in namespace meshery');
    expect(refused.steps[0]?.status).toBe('failed');
    await setPower('all');
    await resumed(refused.id);
  }, 240_000);

  it('is not begun in a namespace that is being deleted, and ends when that happens meanwhile', async () => {
    const { id } = await heldInstall(/operator/);
    const keeper = `${NAMESPACE}/configmaps/keeper`;
    await controlPlane.api.create(`${NAMESPACE}/configmaps`, {
      metadata: { name: 'keeper', finalizers: [HOLD] },
    });
    await controlPlane.api.remove(NAMESPACE);
    const failed = await operating.untilEnded(id);
    expect(failed.status, storyOf(failed)).toBe('failed');
    expect(failed.summary).toContain('removed by somebody else');
    await expect(operating.start(INSTALL)).rejects.toMatchObject({
      code: 'unprocessable',
      message: expect.stringContaining('Namespace meshery is being deleted'),
    });
    world.kubelet.failPulls(undefined);
    await letGo(keeper);
    await waitFor(
      'the namespace is gone',
      async () => (await controlPlane.api.find(NAMESPACE)) === undefined,
      {
        timeoutMs: 60_000,
      },
    );
    await resumed(id);
  }, 240_000);

  it('is one at a time: of two presses the second is told of the first; cancelled, it keeps what was done', async () => {
    const { changes } = await operating.preview(INSTALL);
    world.kubelet.failPulls(/operator/);
    const presses = await Promise.allSettled([operating.start(INSTALL), operating.start(INSTALL)]);
    const begun = presses.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const refusals: unknown[] = presses.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    const [first] = begun;
    if (first === undefined) throw new Error('neither was begun');
    expect(refusals).toEqual([
      expect.objectContaining({
        code: 'conflict',
        relatedId: first.id,
        message: expect.stringContaining('cluster-suite'),
      }),
    ]);
    await operating.untilRunning('it waits for the image', first.id, isWaitingFor(/ImagePullBackOff/));
    await expect(operating.start(REMOVE_ALL)).rejects.toMatchObject({
      code: 'conflict',
      relatedId: first.id,
      message: expect.stringContaining(first.title),
    });
    await product.call('operationCancel', { params: { operationId: first.id } });
    const cancelled = await operating.untilEnded(first.id);
    expect(cancelled).toMatchObject({ status: 'cancelled', canResume: true });
    expect(cancelled.steps.map(({ status }) => status)).toEqual([
      'done',
      'done',
      'cancelled',
      'skipped',
      'skipped',
      'skipped',
    ]);
    await expectAppliedAsTold([cancelled], titles(changes));
    expect(await present()).not.toContain('Broker meshery/meshery-broker');
    world.kubelet.failPulls(undefined);
    await resumed(first.id);
  }, 240_000);
});

describe('a server killed', () => {
  /** The operation after the crash: found interrupted, not running, not lost. */
  async function interrupted(id: string): Promise<Operation> {
    const operation = await operating.view(id);
    expect(operation, storyOf(operation)).toMatchObject({
      status: 'interrupted',
      canResume: true,
      canCancel: false,
    });
    expect(operation.steps.filter(({ status }) => status === 'running' || status === 'waiting')).toEqual([]);
    return operation;
  }

  it('at each step of an installation leaves what its log says, and the rest is done on resuming', async () => {
    const { changes } = await operating.preview(INSTALL);
    // Definitions and namespace are there from before: nothing has to be told of them.
    const planned = titles(changes.filter(({ action }) => action === 'create'));
    const told: Operation[] = [];
    world.kubelet.failPulls(/operator/);
    let { id } = await operating.start(INSTALL);
    const stops: readonly { readonly at: RegExp; readonly unpullable: RegExp }[] = [
      { at: /Applying|Waiting/, unpullable: /operator/ },
      { at: /Waiting for Operator.*ImagePullBackOff/, unpullable: /operator/ },
      { at: /Waiting for Broker.*ImagePullBackOff/, unpullable: /nats/ },
      { at: /Waiting for MeshSync.*ImagePullBackOff/, unpullable: /meshsync/ },
    ];
    for (const { at, unpullable } of stops) {
      world.kubelet.failPulls(unpullable);
      await operating.untilRunning(String(at), id, isWaitingFor(at));
      await crash();
      told.push(await interrupted(id));
      await expectAppliedAsTold(told, planned);
      ({ id } = await resume(id));
    }
    world.kubelet.failPulls(undefined);
    const operation = await operating.untilEnded(id);
    expect(operation.status, storyOf(operation)).toBe('succeeded');
    const all = await product.call('operationList', { query: { limit: 200 } });
    expect(all.items.filter(({ status }) => status === 'running')).toEqual([]);
  }, 300_000);

  it('at each step of an uninstallation, the same', async () => {
    const { changes } = await operating.preview(REMOVE_ALL);
    // What the Operator made it may take away itself, at any moment after its resource went.
    const planned = titles(changes.filter(({ note }) => note !== 'made by the Operator'));
    const { api } = controlPlane;
    const definition = `${world.paths.definitions}/brokers.meshery.io`;
    const keeper = `${NAMESPACE}/configmaps/keeper`;
    await api.create(`${NAMESPACE}/configmaps`, { metadata: { name: 'keeper' } });
    const stops: readonly { readonly path: string; readonly step: number }[] = [
      { path: world.paths.meshsync, step: 1 },
      { path: world.paths.brokerStatefulSet, step: 4 },
      { path: world.paths.operatorDeployment, step: 5 },
      { path: definition, step: 6 },
      { path: keeper, step: 7 },
    ];
    for (const { path } of stops) await hold(path);
    const told: Operation[] = [];
    let { id } = await operating.start(REMOVE_ALL);
    for (const { path, step } of stops) {
      // The object held is on its way out, and the operation waits for it: nothing else moves.
      const { steps } = await operating.untilRunning(`step ${step} of ${path}`, id, (operation) =>
        operation.steps.some(
          ({ status, title }, at) => status === 'running' && (at === step || title.startsWith('Namespace')),
        ),
      );
      if (steps[step]?.status === 'running')
        await waitFor(`${path} is going`, async () => {
          const deletedAt = (await api.find(path))?.metadata.deletionTimestamp;
          return deletedAt !== undefined;
        });
      await crash();
      told.push(await interrupted(id));
      await expectRemovedAsTold(told, planned);
      await letGo(path);
      if (path === keeper) break;
      ({ id } = await resume(id));
    }
    await waitFor('the namespace is gone', async () => (await api.find(NAMESPACE)) === undefined, {
      timeoutMs: 60_000,
    });
    // All was done, only not told: resuming finds nothing to do, and says so.
    expect(await resumed(id)).toMatchObject({ summary: 'Nothing of it is left.', left: [] });
    expect(await present()).toEqual([]);
    await expect(operating.start(REMOVE_ALL)).rejects.toMatchObject({ code: 'unprocessable' });
  }, 300_000);
});
