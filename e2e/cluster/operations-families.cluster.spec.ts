/** Install, redeploy and uninstall of each family, and what the cluster then holds: exactly what is listed here. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from './harness/control-plane.ts';
import {
  added,
  type Inventory,
  inventory,
  operate,
  type Operating,
  substanceOf,
  untilNothingIsLeft,
} from './harness/operating.ts';
import { type Product, startProduct, statesOf } from './harness/product.ts';
import { startWorld, type World } from './harness/world.ts';

interface Story {
  readonly family: 'meshplay' | 'meshery';
  readonly generation: 'old' | 'new';
  /** Ours, and what the Operator makes of the two resources. */
  readonly objects: readonly string[];
}

const RBAC = 'rbac.authorization.k8s.io/v1';

/** Namespace, definitions, permissions, Operator and the two resources: what an installation applies. */
function applied(family: string, group: string, version: string): string[] {
  return [
    `v1 Namespace ${family}`,
    `apiextensions.k8s.io/v1 CustomResourceDefinition brokers.${group}`,
    `apiextensions.k8s.io/v1 CustomResourceDefinition meshsyncs.${group}`,
    `v1 ServiceAccount ${family}/${family}-operator`,
    `${RBAC} ClusterRole ${family}-operator-role`,
    `${RBAC} ClusterRoleBinding ${family}-operator-rolebinding`,
    `${RBAC} ClusterRole ${family}-controller-role`,
    `${RBAC} ClusterRoleBinding ${family}-controller-rolebinding`,
    `${RBAC} Role ${family}/${family}-leader-election-role`,
    `${RBAC} RoleBinding ${family}/${family}-leader-election-rolebinding`,
    `apps/v1 Deployment ${family}/${family}-operator`,
    `${group}/${version} Broker ${family}/${family}-broker`,
    `${group}/${version} MeshSync ${family}/${family}-meshsync`,
  ];
}

/** What the operator before 1.0 makes. */
function madeByOldOperator(family: string): string[] {
  return [
    `v1 ConfigMap ${family}/meshery-nats-accounts`,
    `v1 ConfigMap ${family}/meshery-nats-config`,
    `v1 Service ${family}/${family}-broker`,
    `apps/v1 StatefulSet ${family}/${family}-broker`,
    `apps/v1 Deployment ${family}/${family}-meshsync`,
  ];
}

const STORIES: readonly Story[] = [
  {
    family: 'meshplay',
    generation: 'old',
    objects: [
      ...applied('meshplay', 'meshplay.khulnasoft.com', 'v1alpha1'),
      ...madeByOldOperator('meshplay'),
    ],
  },
  {
    family: 'meshery',
    generation: 'old',
    objects: [...applied('meshery', 'meshery.io', 'v1alpha1'), ...madeByOldOperator('meshery')],
  },
  {
    family: 'meshery',
    generation: 'new',
    objects: [
      ...applied('meshery', 'meshery.io', 'v1alpha2'),
      'v1 ConfigMap meshery/meshery-nats-config',
      'v1 Secret meshery/meshery-nats-auth',
      'v1 Service meshery/meshery-nats',
      'v1 Service meshery/meshery-nats-headless',
      'apps/v1 StatefulSet meshery/meshery-nats',
      'apps/v1 Deployment meshery/meshery-meshsync',
    ],
  },
];

let controlPlane: ControlPlane;
let product: Product;
let operating: Operating;
let before: Inventory;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  product = await startProduct({ kubeconfigPath: controlPlane.kubeconfigPath });
  operating = await operate(product);
}, 180_000);

afterAll(async () => {
  await product.stop();
  await controlPlane.stop();
}, 60_000);

// One after the other on one cluster, under one running server: whatever one leaves behind, the next one trips over.
describe.each(STORIES)('$family, $generation operator', ({ family, generation, objects }) => {
  let world: World;
  const install = { family, generation } as const;

  beforeAll(async () => {
    world = await startWorld({ family, generation, controlPlane });
    before = await inventory(controlPlane.api);
  }, 60_000);
  afterAll(() => world.stop(), 60_000);

  /** What is on the cluster that was not there before this family. */
  const present = async (options?: { withDerived: boolean }) =>
    added(await inventory(controlPlane.api), before, options);
  /** Of what we apply: what is written in it, by title. */
  async function substance(): Promise<Map<string, unknown>> {
    const now = await inventory(controlPlane.api);
    return new Map(
      objects.map((title) => [title, now.has(title) ? substanceOf(now.get(title) ?? never()) : 'missing']),
    );
  }
  const podUids = async () =>
    (await controlPlane.api.list(`${world.paths.core}/pods`)).items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata }) => metadata.uid ?? '')
      .toSorted();

  it('installs everything until data arrives, and exactly the objects listed', async () => {
    const preview = await operating.preview({ kind: 'install', install });
    expect(preview.refusal).toBeUndefined();
    expect(preview.changes.map(({ action }) => action)).toEqual(preview.changes.map(() => 'create'));
    expect(await present()).toEqual([]);

    const operation = await operating.succeed({ kind: 'install', install });
    expect(operation.summary).toBe('Operator is DEPLOYED, MeshSync is CONNECTED, Broker is CONNECTED.');
    expect(statesOf(await product.connection(operating.connectionId))).toEqual([
      'DEPLOYED',
      'CONNECTED',
      'CONNECTED',
    ]);
    expect(await present()).toEqual(objects.toSorted());
    // Nothing was written that the preview had not shown.
    const shown = preview.changes.map(
      ({ apiVersion, kind, namespace, name }) =>
        `${apiVersion} ${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
    );
    expect(objects).toEqual(expect.arrayContaining(shown));
    expect(shown.toSorted()).toEqual(objects.slice(0, shown.length).toSorted());
  });

  it('changes nothing the second time', async () => {
    const preview = await operating.preview({ kind: 'install' });
    expect(preview.changes.filter(({ action }) => action !== 'keep')).toEqual([]);
    expect(preview.changes).toHaveLength(13);
    const versions = async () => {
      const now = await inventory(controlPlane.api);
      return new Map(objects.map((title) => [title, now.get(title)?.metadata.resourceVersion]));
    };
    const [oldVersions, oldPods] = [await versions(), await podUids()];
    const operation = await operating.succeed({ kind: 'install' });
    expect(
      operation.steps.flatMap(({ details }) => details).filter((line) => !line.endsWith(': unchanged')),
    ).toEqual([]);
    expect(await versions()).toEqual(oldVersions);
    expect(await podUids()).toEqual(oldPods);
  });

  it('redeploys: every pod is a new one, every object the same', async () => {
    const [oldObjects, oldPods] = [await substance(), await podUids()];
    expect(oldPods).toHaveLength(3);
    const operation = await operating.succeed({ kind: 'redeploy' });
    expect(operation.summary).toBe('Operator is DEPLOYED, MeshSync is CONNECTED, Broker is CONNECTED.');
    const newPods = await podUids();
    expect(newPods).toHaveLength(3);
    expect(newPods.filter((uid) => oldPods.includes(uid))).toEqual([]);
    expect(await substance()).toEqual(oldObjects);
    expect(await present()).toEqual(objects.toSorted());
  });

  it('uninstalls by default all but definitions and namespace, and says that these stay', async () => {
    const preview = await operating.preview({ kind: 'uninstall' });
    expect(preview.confirmName).toBe(operating.name);
    const stays = [objects[0], objects[1], objects[2]].map((title) => title ?? never());
    expect(
      preview.changes
        .map(
          ({ action, apiVersion, kind, namespace, name }) =>
            `${action} ${apiVersion} ${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
        )
        .toSorted(),
    ).toEqual(
      objects
        .filter((title) => !stays.includes(title))
        .map((title) => `remove ${title}`)
        .toSorted(),
    );
    const operation = await operating.succeed({ kind: 'uninstall' });
    for (const title of stays) {
      const [, kind, name] = title.split(' ');
      expect(operation.left).toContain(`${kind} ${name}`);
      expect(operation.summary).toContain(`${kind} ${name}`);
    }
    expect(operation.left).toHaveLength(3);
    expect(operation.summary).toMatch(/stay, as asked/);
    expect(await present()).toEqual(stays.toSorted());
    // Told only when the pods are gone too.
    expect((await controlPlane.api.list(`${world.paths.core}/pods`)).items).toEqual([]);
    await product.waitForConnection(
      'it is seen that nothing runs',
      (connection) => statesOf(connection).join() === 'NOTDEPLOYED,UNDEPLOYED,UNDEPLOYED',
    );
  });

  it('refuses a second uninstall in words', async () => {
    expect((await operating.preview({ kind: 'uninstall' })).refusal).toBe('Nothing of it is installed.');
    await expect(operating.start({ kind: 'uninstall' })).rejects.toMatchObject({
      code: 'unprocessable',
      message: 'Nothing of it is installed.',
    });
  });

  it('installs again over what stayed, and uninstalls with definitions and namespace: nothing is left', async () => {
    await operating.succeed({ kind: 'install', install });
    expect(await present()).toEqual(objects.toSorted());
    const operation = await operating.succeed({
      kind: 'uninstall',
      removeDefinitions: true,
      removeNamespace: true,
    });
    expect(operation).toMatchObject({ summary: 'Nothing of it is left.', left: [] });
    expect(await present()).toEqual([]);
    // What Kubernetes derived goes with it, a little later.
    await untilNothingIsLeft(controlPlane.api, before);
    await expect(
      operating.start({ kind: 'uninstall', removeDefinitions: true, removeNamespace: true }),
    ).rejects.toMatchObject({ code: 'unprocessable' });
  });
});

function never(): never {
  throw new Error('a list in this file is shorter than it should be');
}
