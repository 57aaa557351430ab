/** Installations that others made or left behind: Helm, orphans, stuck finalizers, foreign field managers, a new token. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from './harness/control-plane.ts';
import {
  added,
  type Inventory,
  inventory,
  operate,
  type Operating,
  storyOf,
  untilNothingIsLeft,
} from './harness/operating.ts';
import { waitFor } from './harness/poll.ts';
import { type Product, startProduct, stateOf, statesOf } from './harness/product.ts';
import { startWorld, type World } from './harness/world.ts';
import { installRelease, OWNED, RELEASE, STAYS } from './stand-ins/helm-release.ts';

let controlPlane: ControlPlane;
let product: Product;
let operating: Operating;
let before: Inventory;
let world: World;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  product = await startProduct({ kubeconfigPath: controlPlane.kubeconfigPath });
  operating = await operate(product);
}, 180_000);

afterAll(async () => {
  await product.stop();
  await controlPlane.stop();
}, 60_000);

const present = async () => added(await inventory(controlPlane.api), before);

const EVERYTHING = { removeDefinitions: true, removeNamespace: true } as const;

async function expectNothingLeft(): Promise<void> {
  expect(await present()).toEqual([]);
  await untilNothingIsLeft(controlPlane.api, before);
}

describe('a Helm release', () => {
  beforeEach(async () => {
    world = await startWorld({ family: 'meshplay', generation: 'old', controlPlane });
    before = await inventory(controlPlane.api);
    await installRelease(world);
    await world.untilConnected();
    await product.waitForConnection(
      'the release is seen',
      (connection) => statesOf(connection).join() === 'DEPLOYED,CONNECTED,CONNECTED',
      { timeoutMs: 60_000 },
    );
  }, 120_000);
  afterEach(() => world.stop(), 60_000);

  it('is redeployed from its own manifest and stays Helm’s; uninstalling takes it and its record away', async () => {
    const { paths } = world;
    // Somebody changed an image and removed a Service; the manifest in the release says otherwise.
    await controlPlane.api.request(
      'PATCH',
      paths.operatorDeployment,
      { spec: { template: { spec: { containers: [{ name: 'manager', image: 'somebody/else:1' }] } } } },
      'application/strategic-merge-patch+json',
    );
    await controlPlane.api.remove(`${paths.core}/services/meshplay-operator`);
    const preview = await operating.preview({ kind: 'redeploy' });
    expect(preview.warnings.join(' ')).toContain('Helm release meshplay-operator (revision 3)');
    expect(preview.warnings.join(' ')).toContain('kube-rbac-proxy');
    const changed = preview.changes.filter(({ action }) => action !== 'keep');
    expect(changed.map(({ action, kind, name }) => `${action} ${kind} ${name}`).toSorted()).toEqual([
      'change Deployment meshplay-operator',
      'create Service meshplay-operator',
    ]);

    await operating.succeed({ kind: 'redeploy' });
    const now = await inventory(controlPlane.api);
    expect(OWNED.filter((title) => !now.has(title))).toEqual([]);
    for (const title of OWNED.filter((one) => !one.startsWith('v1 Secret'))) {
      const { labels, annotations } = now.get(title)?.metadata ?? {};
      expect({ title, by: labels?.['app.kubernetes.io/managed-by'] }).toEqual({ title, by: 'Helm' });
      expect({ title, of: annotations?.['meta.helm.sh/release-name'] }).toEqual({ title, of: RELEASE });
    }
    expect(JSON.stringify(now.get('apps/v1 Deployment meshplay/meshplay-operator')?.spec)).not.toContain(
      'somebody/else',
    );
    // Nothing of ours beside it: the role of our own installation, for instance.
    expect(now.has('rbac.authorization.k8s.io/v1 ClusterRole meshplay-operator-role')).toBe(false);

    const removal = await operating.preview({ kind: 'uninstall' });
    expect(removal.warnings.join(' ')).toContain('Helm release meshplay-operator owns this installation');
    const operation = await operating.succeed({ kind: 'uninstall' });
    expect(operation.left).toHaveLength(STAYS.length);
    expect(await present()).toEqual(STAYS);
    await operating.succeed({ kind: 'uninstall', ...EVERYTHING });
    await expectNothingLeft();
  }, 240_000);

  it('is adopted: Helm’s marks and the dead sidecar go, data keeps arriving; uninstalling still finds its record', async () => {
    const operation = await operating.succeed({ kind: 'adopt' });
    expect(operation.summary).toBe('Operator is DEPLOYED, MeshSync is CONNECTED, Broker is CONNECTED.');
    const now = await inventory(controlPlane.api);
    const deployment = now.get('apps/v1 Deployment meshplay/meshplay-operator');
    expect(deployment?.metadata.labels?.['app.kubernetes.io/managed-by']).toBe('meshplay-troubleshooter');
    expect(JSON.stringify(deployment?.spec)).not.toContain('kube-rbac-proxy');
    const marked = operation.steps
      .flatMap(({ details }) => details)
      .map((line) => line.slice(0, line.lastIndexOf(':')))
      .filter((adopted) =>
        [...now].some(
          ([title, { metadata }]) =>
            title.endsWith(` ${adopted}`) &&
            metadata.annotations?.['meta.helm.sh/release-name'] !== undefined,
        ),
      );
    expect(marked).toEqual([]);
    const preview = await operating.preview({ kind: 'redeploy' });
    expect(preview.warnings).toEqual([]);
    expect(preview.changes.filter(({ action }) => action !== 'keep')).toEqual([]);

    await operating.succeed({ kind: 'uninstall', ...EVERYTHING });
    await expectNothingLeft();
  }, 240_000);
});

describe('controllers without their Operator', () => {
  beforeAll(async () => {
    world = await startWorld({ family: 'meshery', generation: 'new', controlPlane });
    before = await inventory(controlPlane.api);
    await world.install();
  }, 120_000);
  afterAll(() => world.stop(), 60_000);

  /** What the test’s own installer put there, and no operation has reason to touch. */
  const INSTALLER = [
    'apiextensions.k8s.io/v1 CustomResourceDefinition brokers.meshery.io',
    'apiextensions.k8s.io/v1 CustomResourceDefinition meshsyncs.meshery.io',
    'rbac.authorization.k8s.io/v1 ClusterRole meshery-controller-role',
    'rbac.authorization.k8s.io/v1 ClusterRoleBinding meshery-controller-rolebinding',
    'v1 Namespace meshery',
    'v1 ServiceAccount meshery/meshery-operator',
  ];

  const untilOrphaned = async () => {
    await world.removeOperator();
    await product.waitForConnection(
      'orphans are seen',
      (connection) =>
        stateOf(connection, 'operator') === 'NOTDEPLOYED' && stateOf(connection, 'broker') === 'CONNECTED',
      { timeoutMs: 60_000 },
    );
  };

  it('are adopted: an Operator comes, and what ran goes on running', async () => {
    await expect(operating.start({ kind: 'cleanup-orphans' })).rejects.toMatchObject({
      code: 'unprocessable',
      message: expect.stringContaining('not orphans'),
    });
    await untilOrphaned();
    const { brokerStatefulSet, meshsyncDeployment } = world.paths;
    const uids = async () =>
      Promise.all(
        [brokerStatefulSet, meshsyncDeployment].map(
          async (path) => (await controlPlane.api.get(path)).metadata.uid,
        ),
      );
    const old = await uids();
    const operation = await operating.succeed({ kind: 'adopt' });
    expect(operation.summary).toBe('Operator is DEPLOYED, MeshSync is CONNECTED, Broker is CONNECTED.');
    expect(await uids()).toEqual(old);
  }, 240_000);

  it('are cleaned up: exactly what is listed', async () => {
    await untilOrphaned();
    const preview = await operating.preview({ kind: 'cleanup-orphans' });
    expect(preview.confirmName).toBe(operating.name);
    expect(
      preview.changes
        .map(({ action, kind, namespace, name }) => `${action} ${kind} ${namespace ?? ''}/${name}`)
        .toSorted(),
    ).toEqual([
      'remove Broker meshery/meshery-broker',
      'remove ConfigMap meshery/meshery-nats-config',
      'remove Deployment meshery/meshery-meshsync',
      'remove MeshSync meshery/meshery-meshsync',
      'remove Secret meshery/meshery-nats-auth',
      'remove Service meshery/meshery-nats',
      'remove Service meshery/meshery-nats-headless',
      'remove StatefulSet meshery/meshery-nats',
    ]);
    expect(preview.warnings.join(' ')).toContain('are released');
    await expect(operating.start({ kind: 'cleanup-orphans', confirm: 'another' })).rejects.toMatchObject({
      code: 'unprocessable',
      allowed: [operating.name],
    });
    const operation = await operating.succeed({ kind: 'cleanup-orphans' });
    expect(operation.summary).toContain('Nothing of it is left.');
    const ours = [
      'rbac.authorization.k8s.io/v1 ClusterRole meshery-operator-role',
      'rbac.authorization.k8s.io/v1 ClusterRoleBinding meshery-operator-rolebinding',
      'rbac.authorization.k8s.io/v1 Role meshery/meshery-leader-election-role',
      'rbac.authorization.k8s.io/v1 RoleBinding meshery/meshery-leader-election-rolebinding',
    ];
    expect(await present()).toEqual([...INSTALLER, ...ours].toSorted());
  }, 240_000);

  it('whose deletion is stuck are let go only with consent', async () => {
    await world.installOperator();
    await world.installResources();
    await world.untilConnected();
    await waitFor('both have finalizers', async () => {
      const found = await Promise.all(
        [world.paths.broker, world.paths.meshsync].map((path) => controlPlane.api.get(path)),
      );
      return found.every(({ metadata }) => (metadata.finalizers ?? []).length > 0);
    });
    await untilOrphaned();
    await controlPlane.api.remove(world.paths.meshsync);
    await product.waitForConnection(
      'the deletion is seen',
      ({ allFindings }) => allFindings.some(({ code }) => code === 'MT-O-02'),
      { timeoutMs: 60_000 },
    );
    await expect(operating.start({ kind: 'release-finalizers', confirm: 'another' })).rejects.toMatchObject({
      code: 'unprocessable',
    });
    expect(await controlPlane.api.find(world.paths.meshsync)).toBeDefined();
    await operating.succeed({ kind: 'release-finalizers' });
    expect(await controlPlane.api.find(world.paths.meshsync)).toBeUndefined();
    expect(await controlPlane.api.find(world.paths.broker)).toBeDefined();

    const refused = await operating.run({ kind: 'uninstall', ...EVERYTHING });
    expect(refused.status, storyOf(refused)).toBe('failed');
    expect(refused.summary).toContain('Broker meshery/meshery-broker is stuck');
    expect(refused.remedy).toContain('consent');
    expect(await controlPlane.api.find(world.paths.broker)).toMatchObject({
      metadata: { finalizers: [expect.any(String)] },
    });
    const operation = await operating.succeed({ kind: 'uninstall', ...EVERYTHING, releaseFinalizers: true });
    expect(operation.left).toEqual([]);
    await expectNothingLeft();
  }, 240_000);
});

describe('an installation of ours', () => {
  beforeAll(async () => {
    world = await startWorld({ family: 'meshery', generation: 'new', controlPlane });
    before = await inventory(controlPlane.api);
    await operating.succeed({ kind: 'install', install: { family: 'meshery', generation: 'new' } });
  }, 180_000);
  afterAll(() => world.stop(), 60_000);

  it('is reconnected after NATS came back with a new token', async () => {
    const token = `t${'7'.repeat(64)}`;
    await world.broker.changeToken(token);
    const operation = await operating.succeed({ kind: 'reconnect' });
    expect(operation.summary).toMatch(/^Connected to \S+ by way of \S+; data arrives\.$/);
    expect(operation.steps.flatMap(({ details }) => details).join()).toContain('answered');
    expect(storyOf(operation)).not.toContain(token);
    await product.waitForConnection(
      'connected with the new token',
      (connection) => statesOf(connection).join() === 'DEPLOYED,CONNECTED,CONNECTED',
      { timeoutMs: 60_000 },
    );
    await operating.succeed({ kind: 'resync' });
  }, 180_000);

  it('is not taken from another field manager unless it is to be adopted', async () => {
    const { operatorDeployment } = world.paths;
    const image = async () => JSON.stringify((await controlPlane.api.get(operatorDeployment)).spec);
    await controlPlane.api.request(
      'PATCH',
      `${operatorDeployment}?fieldManager=gitops&force=true`,
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: world.names.operator, namespace: world.names.namespace },
        spec: { template: { spec: { containers: [{ name: 'manager', image: 'gitops/operator:9' }] } } },
      },
      'application/apply-patch+yaml',
    );
    const preview = await operating.preview({ kind: 'install' });
    expect(preview.changes.find(({ kind }) => kind === 'Deployment')?.note).toContain('gitops');
    expect(preview.warnings.join(' ')).toContain('choose Adopt');
    const refused = await operating.run({ kind: 'install' });
    expect(refused.status, storyOf(refused)).toBe('failed');
    expect(refused.summary).toContain('another tool manages a field');
    expect(refused.summary).toContain('gitops');
    expect(refused.remedy).toContain('Adopt');
    expect(await image()).toContain('gitops/operator:9');

    await operating.succeed({ kind: 'adopt' });
    expect(await image()).not.toContain('gitops/operator:9');
  }, 240_000);

  it('whose binding grants another role is told so beforehand; adopting makes it anew, confirmed by name', async () => {
    const path = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/meshery-operator-rolebinding';
    const { roleRef, subjects } = await controlPlane.api.get(path);
    await controlPlane.api.remove(path);
    await controlPlane.api.create(path.slice(0, path.lastIndexOf('/')), {
      metadata: { name: 'meshery-operator-rolebinding' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects,
    });
    const { uid } = (await controlPlane.api.get(path)).metadata;
    const refused = await operating.preview({ kind: 'redeploy' });
    expect(refused.refusal).toContain('ClusterRoleBinding meshery-operator-rolebinding grants another role');
    expect(refused.refusal).toContain('Adopt');
    const preview = await operating.preview({ kind: 'adopt' });
    expect(preview.confirmName).toBe(operating.name);
    expect(preview.changes.filter(({ action }) => action === 'replace')).toMatchObject([
      { name: 'meshery-operator-rolebinding', note: expect.stringContaining('ClusterRole view') as string },
    ]);
    await expect(operating.start({ kind: 'adopt' })).rejects.toMatchObject({ allowed: [operating.name] });
    expect((await controlPlane.api.get(path)).metadata.uid).toBe(uid);

    const operation = await operating.succeed({ kind: 'adopt', confirm: operating.name });
    expect(operation.steps.flatMap(({ details }) => details)).toContain(
      'ClusterRoleBinding meshery-operator-rolebinding: replaced',
    );
    expect((await controlPlane.api.get(path))['roleRef']).toEqual(roleRef);
    await operating.succeed({ kind: 'uninstall', ...EVERYTHING });
    await expectNothingLeft();
  }, 240_000);
});
