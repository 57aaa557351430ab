import { afterEach, describe, expect, it } from 'vitest';
import { type Operation, OperationRequest } from '../api/operation.ts';
import { createServices, type Services } from '../services/services.ts';
import { createWorkbench, type Workbench } from '../services/workbench.ts';
import { createMemoryState, createSandbox, createSystemClock } from './index.ts';
import { SPEC_ENVIRONMENT } from './spec-environment.ts';

const CONTEXT = { requestId: 'spec', actor: 'spec', signal: new AbortController().signal };
const LIMIT_MS = 60_000;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface World {
  readonly services: Services;
  readonly workbench: Workbench;
  readonly connectionId: string;
  readonly name: string;
  close(): Promise<void>;
}

const open: World[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

/** A simulated world with one connection that was looked at. */
async function enter(name: string, state = createMemoryState()): Promise<World> {
  const clock = createSystemClock();
  const sandbox = createSandbox({ clock, seed: 7, world: name });
  const services = createServices({
    clock,
    log: quiet,
    kubeconfigs: sandbox.kubeconfigs,
    brokers: sandbox.brokers,
    state,
    sandbox: sandbox.control,
    environment: SPEC_ENVIRONMENT,
  });
  const workbench = createWorkbench(services, undefined);
  await services.start();
  await workbench.start();
  const [handle] = services.registry.connections();
  if (handle === undefined) throw new Error(`world ${name} has no connection`);
  await handle.waitFor(
    (view, evidence) =>
      evidence.workloads.status === 'seen' &&
      evidence.resources.status === 'seen' &&
      view.seenAt !== undefined,
    LIMIT_MS,
    CONTEXT.signal,
  );
  const world: World = {
    services,
    workbench,
    connectionId: handle.id,
    name: handle.name,
    async close() {
      await workbench.close();
      await services.close();
      sandbox.close();
    },
  };
  open.push(world);
  return world;
}

type Ask = Partial<OperationRequest> & Pick<OperationRequest, 'kind'>;

function bodyOf(world: World, ask: Ask): OperationRequest {
  return OperationRequest.parse({ connectionId: world.connectionId, ...ask });
}

async function ended(world: World, id: string): Promise<Operation> {
  for (let waitedMs = 0; waitedMs < LIMIT_MS; waitedMs += 20) {
    const operation = await world.workbench.handlers.operationView(
      { params: { operationId: id }, query: undefined, body: undefined },
      CONTEXT,
    );
    if (operation.status !== 'running') return operation;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('the operation did not end');
}

async function run(world: World, ask: Ask): Promise<Operation> {
  const started = await world.workbench.handlers.operationStart(
    { params: undefined, query: undefined, body: bodyOf(world, ask) },
    CONTEXT,
  );
  return ended(world, started.id);
}

async function preview(world: World, ask: Ask) {
  return world.workbench.handlers.operationPreview(
    { params: undefined, query: undefined, body: bodyOf(world, ask) },
    CONTEXT,
  );
}

describe('operations in a simulated cluster', () => {
  it('install everything until data arrives, change nothing the second time, restart, and leave nothing behind', async () => {
    const world = await enter('nothing-deployed');
    const before = await preview(world, { kind: 'install' });
    expect(before.changes.map((one) => one.action)).not.toContain('keep');
    expect(before.confirmName).toBeUndefined();

    const installed = await run(world, { kind: 'install' });
    expect(installed, installed.summary).toMatchObject({
      status: 'succeeded',
      summary: 'Operator is DEPLOYED, MeshSync is CONNECTED, Broker is CONNECTED.',
    });

    const again = await preview(world, { kind: 'install' });
    expect(again.changes.filter((one) => one.action !== 'keep')).toEqual([]);
    expect(await run(world, { kind: 'install' })).toMatchObject({ status: 'succeeded' });

    const redeployed = await run(world, { kind: 'redeploy' });
    expect(redeployed, redeployed.summary).toMatchObject({ status: 'succeeded' });
    expect(
      redeployed.steps.flatMap((step) => step.details).filter((line) => line.endsWith('restarted')),
    ).toHaveLength(3);

    const removed = await run(world, {
      kind: 'uninstall',
      removeDefinitions: true,
      removeNamespace: true,
      confirm: world.name,
    });
    expect(removed, removed.summary).toMatchObject({
      status: 'succeeded',
      summary: 'Nothing of it is left.',
      left: [],
    });
  }, 90_000);

  it('refuse a destructive one without its name, and a second one while the first runs', async () => {
    const world = await enter('nothing-deployed');
    const body = bodyOf(world, { kind: 'install' });
    const first = await world.workbench.handlers.operationStart(
      { params: undefined, query: undefined, body },
      CONTEXT,
    );
    await expect(
      Promise.resolve(
        world.workbench.handlers.operationStart({ params: undefined, query: undefined, body }, CONTEXT),
      ),
    ).rejects.toMatchObject({ code: 'conflict', relatedId: first.id });
    await world.workbench.handlers.operationCancel(
      { params: { operationId: first.id }, query: undefined, body: undefined },
      CONTEXT,
    );
    expect(await ended(world, first.id)).toMatchObject({ status: 'cancelled', canResume: true });
    expect(await run(world, { kind: 'install' })).toMatchObject({ status: 'succeeded' });
    await expect(run(world, { kind: 'uninstall' })).rejects.toMatchObject({
      code: 'unprocessable',
      allowed: [world.name],
    });
  }, 90_000);

  it('clean up orphans, and adopt them', async () => {
    const orphaned = await enter('orphaned-controllers');
    expect((await preview(orphaned, { kind: 'cleanup-orphans' })).warnings.join()).toContain('are released');
    const cleaned = await run(orphaned, { kind: 'cleanup-orphans', confirm: orphaned.name });
    expect(cleaned, cleaned.summary).toMatchObject({ status: 'succeeded' });
    const other = await enter('orphaned-controllers');
    const adopted = await run(other, { kind: 'adopt' });
    expect(adopted, adopted.summary).toMatchObject({ status: 'succeeded' });
  }, 90_000);

  it('do without the right to see pods where they can, and say at once where they cannot', async () => {
    const world = await enter('forbidden');
    const redeployed = await run(world, { kind: 'redeploy' });
    expect(redeployed).toMatchObject({ status: 'failed', canResume: true });
    expect(redeployed.summary).toContain('This identity may not list pods in namespace meshplay');
    expect(redeployed.steps.map(({ status }) => status).slice(0, 2)).toEqual(['failed', 'skipped']);
    const installed = await run(world, { kind: 'install', controllers: ['operator'] });
    expect(installed, installed.summary).toMatchObject({ status: 'succeeded' });
  }, 90_000);

  it('make a binding anew that grants another role, only by adopting and only when confirmed', async () => {
    const world = await enter('nothing-deployed');
    const kind = {
      group: 'rbac.authorization.k8s.io',
      version: 'v1',
      plural: 'clusterrolebindings',
      isNamespaced: false,
    };
    const ref = { kind, name: 'meshplay-operator-rolebinding' };
    const api = world.services.registry.get(world.connectionId)?.api();
    if (api === undefined) throw new Error('there is no way in');
    const roleOf = async () => (await api.get(ref))['roleRef'];
    await api.create(kind, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: ref.name },
      roleRef: { apiGroup: kind.group, kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [],
    });
    const refused = await preview(world, { kind: 'install' });
    expect(refused.refusal).toContain('Choose Adopt');
    await expect(run(world, { kind: 'install' })).rejects.toMatchObject({ code: 'unprocessable' });

    const install = await preview(world, { kind: 'adopt' });
    expect(install.refusal).toBeUndefined();
    expect(install.changes.filter(({ action }) => action === 'replace')).toMatchObject([
      {
        kind: 'ClusterRoleBinding',
        name: ref.name,
        note: expect.stringContaining('ClusterRole cluster-admin') as string,
      },
    ]);
    expect(install).toMatchObject({ confirmName: world.name });
    await expect(run(world, { kind: 'adopt' })).rejects.toMatchObject({ allowed: [world.name] });
    expect(await roleOf()).toMatchObject({ name: 'cluster-admin' });

    const adopted = await run(world, { kind: 'adopt', confirm: world.name });
    expect(adopted, adopted.summary).toMatchObject({ status: 'succeeded' });
    expect(adopted.steps.flatMap(({ details }) => details)).toContain(
      `ClusterRoleBinding ${ref.name}: replaced`,
    );
    expect(await roleOf()).toMatchObject({ name: 'meshplay-operator-role' });
  }, 90_000);

  it('release finalizers only with consent', async () => {
    const world = await enter('stuck-terminating');
    const refused = await run(world, { kind: 'uninstall', confirm: world.name });
    expect(refused.status).toBe('failed');
    expect(refused.summary).toContain('stuck');
    const released = await run(world, { kind: 'release-finalizers', confirm: world.name });
    expect(released, released.summary).toMatchObject({ status: 'succeeded' });
  }, 90_000);

  it('say what keeps an installation from becoming ready', async () => {
    const world = await enter('image-pull-failing');
    const started = await world.workbench.handlers.operationStart(
      { params: undefined, query: undefined, body: bodyOf(world, { kind: 'install' }) },
      CONTEXT,
    );
    const operation = await told(world, started.id, /ImagePull/);
    expect(operation.status).toBe('running');
    await world.workbench.handlers.operationCancel(
      { params: { operationId: started.id }, query: undefined, body: undefined },
      CONTEXT,
    );
    expect(await ended(world, started.id)).toMatchObject({ status: 'cancelled' });
  }, 90_000);

  it('reconnect, and ask for everything again', async () => {
    const world = await enter('healthy');
    expect(await run(world, { kind: 'reconnect' })).toMatchObject({ status: 'succeeded' });
    expect(await run(world, { kind: 'resync' })).toMatchObject({ status: 'succeeded' });
  }, 90_000);

  it('become interrupted when the server stops, and are found and resumed after it starts again', async () => {
    const state = createMemoryState();
    const first = await enter('image-pull-failing', state);
    const started = await first.workbench.handlers.operationStart(
      { params: undefined, query: undefined, body: bodyOf(first, { kind: 'install' }) },
      CONTEXT,
    );
    await told(first, started.id, /Waiting/);
    await first.workbench.close();
    const second = await enter('nothing-deployed', state);
    const list = await second.workbench.handlers.operationList(
      { params: undefined, query: { limit: 200 }, body: undefined },
      CONTEXT,
    );
    expect(list.items[0]).toMatchObject({ id: started.id, status: 'interrupted', canResume: true });
  }, 90_000);
});

/** The operation once a step says what the pattern asks for. */
async function told(world: World, id: string, pattern: RegExp): Promise<Operation> {
  for (let waitedMs = 0; waitedMs < LIMIT_MS; waitedMs += 20) {
    const operation = await world.workbench.handlers.operationView(
      { params: { operationId: id }, query: undefined, body: undefined },
      CONTEXT,
    );
    if (operation.steps.some((step) => pattern.test(step.message ?? ''))) return operation;
    if (operation.status !== 'running') throw new Error(`ended early: ${operation.summary ?? ''}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`no step said ${String(pattern)}`);
}
