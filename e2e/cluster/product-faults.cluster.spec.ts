/** What breaks, and mends again, under a running product: each is told in time, and nothing of ours is restarted. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionView } from '../../src/api/connection.ts';
import {
  ALL_WELL,
  createMeasure,
  type Measure,
  RECOVERY_LIMIT_MS,
  SILENCE_LIMIT_MS,
} from './harness/measure.ts';
import { type OpenBrowser, startBrowser } from './harness/page.ts';
import { observerRules, permit } from './harness/permissions.ts';
import { waitFor } from './harness/poll.ts';
import { type Product, startProduct } from './harness/product.ts';
import { startWorld, type World } from './harness/world.ts';
import { writeKubeconfig } from './harness/kubeconfig.ts';

let world: World;
let product: Product;
let browser: OpenBrowser;
let measure: Measure;

beforeAll(async () => {
  world = await startWorld({ family: 'meshery', generation: 'new' });
  const { controlPlane } = world;
  await world.install();
  // As a user of limited power: what observing needs, and no more, must be enough.
  await permit(controlPlane.api, 'viewer', observerRules(world.names.group));
  const kubeconfigPath = await writeKubeconfig({
    folder: controlPlane.folder,
    contexts: [
      {
        name: 'test',
        server: controlPlane.server,
        caData: controlPlane.caData,
        token: controlPlane.tokens.viewer,
      },
    ],
  });
  product = await startProduct({ kubeconfigPath });
  browser = await startBrowser();
  measure = createMeasure({ product, page: await browser.open(product.url) });
  await measure.until('start with everything well', ALL_WELL, 5_000);
}, 240_000);

afterAll(async () => {
  console.log(measure.report());
  await browser.close();
  await product.stop();
  await world.stop();
}, 30_000);

async function untilAllWell(after: string): Promise<ConnectionView> {
  await world.untilConnected();
  const also = ({ messages, rootCause }: ConnectionView) => messages > 0 && rootCause === undefined;
  return measure.until(`well again after ${after}`, { ...ALL_WELL, also }, RECOVERY_LIMIT_MS);
}

/** One of the findings, root cause or not, has this code. */
function hasFinding(code: string) {
  return ({ allFindings }: { allFindings: { code: string }[] }) =>
    allFindings.some((finding) => finding.code === code);
}

describe('NATS', () => {
  it('is killed, and its pod crash-loops', async () => {
    await world.broker.kill();
    await measure.until('NATS killed, pod crash-loops', {
      operator: 'DEPLOYED',
      broker: 'DEPLOYED',
      meshsync: 'RUNNING',
    });
    await world.broker.start();
    expect((await untilAllWell('a restart of NATS')).rootCause).toBeUndefined();
  });

  it('is killed, and nothing of Kubernetes notices', async () => {
    await world.broker.kill({ isNoticed: false });
    await measure.until('NATS killed, pod still reads ready', {
      broker: 'DEPLOYED',
      meshsync: 'RUNNING',
    });
    await world.broker.start();
    expect((await untilAllWell('NATS came back under the same pod')).rootCause).toBeUndefined();
  });

  it('gets a new token', async () => {
    const before = (await product.evidence((await onlyConnection()).id)).link;
    await world.broker.changeToken(`t${'5'.repeat(64)}`);
    await waitFor('a new link', async () => {
      const { link } = await product.evidence((await onlyConnection()).id);
      return link.state === 'connected' && link.sinceAt !== before.sinceAt;
    });
    expect((await untilAllWell('a new token')).rootCause).toBeUndefined();
  });

  it('freezes: the sockets stay open and say nothing', async () => {
    await world.broker.nats().freeze();
    await measure.until('NATS frozen', { broker: 'DEPLOYED' }, SILENCE_LIMIT_MS);
    world.broker.nats().thaw();
    expect((await untilAllWell('NATS thawed')).rootCause).toBeUndefined();
  });
});

describe('MeshSync', () => {
  it('is scaled to nothing', async () => {
    await world.controlPlane.api.patch(world.paths.meshsyncDeployment, { spec: { replicas: 0 } });
    await waitFor('its pod goes', () => world.meshsync() === undefined);
    await measure.until('MeshSync scaled to zero', { meshsync: 'ENABLED', operator: 'DEPLOYED' });
    await world.controlPlane.api.patch(world.paths.meshsyncDeployment, { spec: { replicas: 1 } });
    expect((await untilAllWell('MeshSync scaled up')).rootCause).toBeUndefined();
  });

  it('cannot be pulled', async () => {
    world.kubelet.failPulls(/meshsync/);
    await measure.until('MeshSync’s image cannot be pulled', {
      meshsync: 'DEPLOYED',
      also: ({ allFindings }) => JSON.stringify(allFindings).includes('ImagePullBackOff'),
    });
    world.kubelet.failPulls(undefined);
    expect((await untilAllWell('the image is there')).rootCause).toBeUndefined();
  });
});

describe('MeshSync’s pod', () => {
  it('crash-loops', async () => {
    world.kubelet.crash(/meshsync/);
    // No finding yet: the rollout is young, and early restarts count as starting up. The state says why all the same.
    await measure.until('MeshSync crash-loops', {
      meshsync: 'DEPLOYED',
      also: ({ controllers }) => JSON.stringify(controllers).includes('CrashLoopBackOff'),
    });
    world.kubelet.crash(undefined);
    expect((await untilAllWell('the crash loop')).rootCause).toBeUndefined();
  });

  it('fits on no node', async () => {
    world.kubelet.refuseToSchedule(/meshsync/);
    const { items } = await world.controlPlane.api.list(
      `${world.paths.core}/pods?labelSelector=component=meshsync`,
    );
    for (const { metadata } of items)
      await world.controlPlane.api.remove(`${world.paths.core}/pods/${metadata.name}`);
    await waitFor('its pod goes', () => world.meshsync() === undefined);
    await measure.until('MeshSync fits on no node', {
      meshsync: 'DEPLOYED',
      also: ({ controllers }) => JSON.stringify(controllers).includes('0/1 nodes are available'),
    });
    world.kubelet.refuseToSchedule(undefined);
    expect((await untilAllWell('a node took the pod')).rootCause).toBeUndefined();
  });
});

describe('resources', () => {
  it('loses MeshSync’s', async () => {
    await world.controlPlane.api.remove(world.paths.meshsync);
    await measure.until('MeshSync resource deleted', { meshsync: 'UNDEPLOYED', operator: 'DEPLOYED' });
    await untilGone(world.paths.meshsyncDeployment);
    await world.createMeshSync();
    expect((await untilAllWell('MeshSync resource created')).rootCause).toBeUndefined();
  });

  it('loses the Broker’s', async () => {
    await world.controlPlane.api.remove(world.paths.broker);
    await measure.until('Broker resource deleted', { broker: 'UNDEPLOYED', operator: 'DEPLOYED' });
    await untilGone(world.paths.brokerStatefulSet);
    await waitFor('NATS is gone', () => !world.broker.nats().isRunning());
    await world.createBroker();
    await waitFor('NATS is back', () => world.broker.nats().isRunning());
    expect((await untilAllWell('Broker resource created')).rootCause).toBeUndefined();
  });
});

describe('permissions', () => {
  it('loses one: unknown, never absent, and the missing permission is named', async () => {
    const rules = observerRules(world.names.group);
    const without = rules.filter(({ resources }) => !resources.includes('deployments'));
    await permit(world.controlPlane.api, 'viewer', without);
    await measure.until('may not see deployments any more', {
      operator: 'UNKNOWN',
      also: ({ allFindings }) =>
        allFindings.some((finding) => JSON.stringify(finding).includes('deployments')),
    });
    await permit(world.controlPlane.api, 'viewer', rules);
    expect((await untilAllWell('the permission came back')).rootCause).toBeUndefined();
  });
});

describe('the API server', () => {
  const nothingKnown = {
    operator: 'UNKNOWN',
    meshsync: 'UNKNOWN',
    broker: 'UNKNOWN',
    health: 'unknown',
  } as const;

  it('stops and starts', async () => {
    await world.controlPlane.stopApi();
    await measure.until('API server stopped', nothingKnown, SILENCE_LIMIT_MS);
    await world.controlPlane.startApi();
    expect((await untilAllWell('the API server started')).rootCause).toBeUndefined();
  });

  it('freezes: it accepts connections and answers nothing', async () => {
    await world.controlPlane.freeze();
    await measure.until('API server frozen', nothingKnown, SILENCE_LIMIT_MS);
    world.controlPlane.thaw();
    expect((await untilAllWell('the API server thawed')).rootCause).toBeUndefined();
  });
});

describe('the Operator', () => {
  it('goes, and leaves orphans and a deletion that is stuck; a new one mends both', async () => {
    await world.removeOperator();
    await measure.until('operator removed: orphans', {
      operator: 'NOTDEPLOYED',
      meshsync: 'CONNECTED',
      broker: 'CONNECTED',
      also: hasFinding('MT-O-04'),
    });
    await world.controlPlane.api.remove(world.paths.meshsync);
    await measure.until('deletion is stuck', { operator: 'NOTDEPLOYED', also: hasFinding('MT-O-02') });
    await world.installOperator();
    await untilGone(world.paths.meshsync);
    await untilGone(world.paths.meshsyncDeployment);
    await measure.until('a new operator finished the deletion', {
      operator: 'DEPLOYED',
      meshsync: 'UNDEPLOYED',
    });
    await world.createMeshSync();
    expect((await untilAllWell('a new operator adopted the Broker')).rootCause).toBeUndefined();
  });
});

it('kept no secret in its log or in what it answers', async () => {
  const { id } = await onlyConnection();
  const told = product.logs() + JSON.stringify([await product.connection(id), await product.evidence(id)]);
  const secret = await world.controlPlane.api.get(world.paths.brokerSecret);
  const natsToken = Buffer.from(secret.data?.['token'] ?? '', 'base64').toString('utf8');
  expect(natsToken).not.toBe('');
  for (const planted of [natsToken, world.controlPlane.tokens.viewer]) expect(told).not.toContain(planted);
});

async function onlyConnection() {
  const [connection, ...others] = await product.connections();
  if (connection === undefined || others.length > 0)
    throw new Error(`not one connection but ${others.length + 1}`);
  return connection;
}

async function untilGone(path: string): Promise<void> {
  await waitFor(`${path} is gone`, async () => (await world.controlPlane.api.find(path)) === undefined);
}
