/** The main road, on real input: nothing deployed → deployed → running → connected, and back to nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from './harness/control-plane.ts';
import { ALL_WELL, createMeasure, type Measure } from './harness/measure.ts';
import { type OpenBrowser, startBrowser } from './harness/page.ts';
import { waitFor } from './harness/poll.ts';
import { type Product, startProduct } from './harness/product.ts';
import { startWorld, type World } from './harness/world.ts';

const NOTHING = { operator: 'NOTDEPLOYED', meshsync: 'UNDEPLOYED', broker: 'UNDEPLOYED' } as const;

let controlPlane: ControlPlane;
let product: Product;
let browser: OpenBrowser;
let measure: Measure;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  product = await startProduct({ kubeconfigPath: controlPlane.kubeconfigPath });
  browser = await startBrowser();
  measure = createMeasure({ product, page: await browser.open(product.url) });
}, 180_000);

afterAll(async () => {
  console.log(measure.report());
  await browser.close();
  await product.stop();
  await controlPlane.stop();
}, 30_000);

/** The pods of a Deployment or StatefulSet are there, whatever their state. */
async function untilPods(world: World, prefix: string): Promise<void> {
  await waitFor(`pods of ${prefix}`, async () => {
    const pods = await controlPlane.api.list(`${world.paths.core}/pods`);
    return pods.items.some(
      ({ metadata, status }) =>
        metadata.name.startsWith(prefix) && status?.['containerStatuses'] !== undefined,
    );
  });
}

// One after the other on one cluster, under one running server: nothing of the install before may be left behind in it.
describe.each([
  { family: 'meshplay', generation: 'old' },
  { family: 'meshery', generation: 'old' },
  { family: 'meshery', generation: 'new' },
] as const)('$family, $generation operator', ({ family, generation }) => {
  it('goes from nothing deployed to connected, and every step is told', async () => {
    const name = `${family} ${generation}`;
    const world = await startWorld({ family, generation, controlPlane });
    try {
      await measure.until(`${name}: nothing deployed`, NOTHING, 5_000);

      world.kubelet.failPulls(/operator/);
      await world.installDefinitions();
      await world.installOperator();
      await untilPods(world, world.names.operator);
      await measure.until(`${name}: operator’s image cannot be pulled`, {
        ...NOTHING,
        operator: 'DEPLOYING',
      });

      world.kubelet.failPulls(undefined);
      await waitFor('the operator is ready', async () => {
        const { status } = await controlPlane.api.get(world.paths.operatorDeployment);
        return status?.['readyReplicas'] === 1;
      });
      await measure.until(`${name}: operator rolled out`, { ...NOTHING, operator: 'DEPLOYED' });

      await world.createMeshSync();
      await measure.until(`${name}: MeshSync resource, no pod`, {
        ...NOTHING,
        operator: 'DEPLOYED',
        meshsync: 'ENABLED',
      });

      world.kubelet.failPulls(/nats|meshsync/);
      await world.createBroker();
      await untilPods(world, world.paths.brokerPod);
      await untilPods(world, world.names.meshsyncResource);
      await measure.until(`${name}: pods exist, none runs`, {
        operator: 'DEPLOYED',
        meshsync: 'DEPLOYED',
        broker: 'DEPLOYED',
      });

      world.kubelet.failPulls(/nats/);
      await waitFor('MeshSync runs', () => world.meshsync());
      await measure.until(`${name}: MeshSync runs, NATS does not`, {
        operator: 'DEPLOYED',
        meshsync: 'RUNNING',
        broker: 'DEPLOYED',
      });

      world.kubelet.failPulls(undefined);
      await world.untilConnected();
      const connected = await measure.until(`${name}: connected`, ALL_WELL);
      expect(connected.families).toEqual([family]);
      const evidence = await product.evidence(connected.id);
      expect(evidence.link).toMatchObject({
        state: 'connected',
        chosen: 'internal',
        address: `${world.clusterIp}:4222`,
        token: generation === 'new' ? 'used' : 'none',
      });
      const core = `${family}.meshsync.core`;
      await controlPlane.api.create(`${world.paths.core}/configmaps`, {
        metadata: { name: `a-change-${generation}` },
      });
      await waitFor(
        'the change travels to the server',
        async () =>
          ((await product.evidence(connected.id)).link.messagesBySubject[core] ?? 0) >
          (evidence.link.messagesBySubject[core] ?? 0),
      );

      await world.uninstall();
      await measure.until(`${name}: uninstalled`, NOTHING);
    } finally {
      // After a failure, so that the next one begins with nothing deployed; what failed is told already.
      world.kubelet.failPulls(undefined);
      await world.uninstall().catch(() => undefined);
      await world.stop();
    }
  });
});

it('never had to be started again, and kept no secret in its log', () => {
  expect(product.logs()).not.toContain(controlPlane.adminToken);
});
