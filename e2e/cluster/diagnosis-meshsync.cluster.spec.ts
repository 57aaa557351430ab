/** Faults of MeshSync and of the data it sends, on a real control plane and a real NATS: each is named by its root cause. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createProductClock,
  createVerdicts,
  type ProductClock,
  type Verdicts,
} from './diagnosis-verdicts.ts';
import { type OpenBrowser, startBrowser } from './harness/page.ts';
import { waitFor } from './harness/poll.ts';
import { type Product, startProduct } from './harness/product.ts';
import { startWorld, type World } from './harness/world.ts';
import { envelope, toWireObject } from './stand-ins/meshsync-wire.ts';

let world: World;
let clock: ProductClock;
let product: Product;
let browser: OpenBrowser;
let verdicts: Verdicts;

beforeAll(async () => {
  world = await startWorld({ family: 'meshery', generation: 'new' });
  await world.install();
  clock = createProductClock(world.controlPlane.folder);
  product = await startProduct({ kubeconfigPath: world.controlPlane.kubeconfigPath, env: clock.env });
  browser = await startBrowser();
  verdicts = createVerdicts({ product, page: await browser.open(product.url) });
  await verdicts.well('the start');
}, 240_000);

afterAll(async () => {
  console.log(verdicts.report());
  await browser.close();
  await product.stop();
  await world.stop();
}, 30_000);

interface Row {
  readonly fault: string;
  readonly codes: readonly string[];
  readonly says?: string | RegExp;
  inject(): Promise<unknown> | void;
  repair(): Promise<unknown> | void;
}

function run(rows: readonly Row[]): void {
  it.each(rows)('$fault', async ({ inject, repair, ...wanted }) => {
    await inject();
    const { rootCause } = await verdicts.named(wanted);
    expect(wanted.codes).toContain(rootCause?.code);
    await repair();
    await verdicts.well(wanted.fault);
  });
}

const LIST = JSON.stringify([{ Resource: 'pods.v1.', Events: ['ADDED', 'MODIFIED', 'DELETED'] }]);

function setLists(lists: { whitelist?: string | null; blacklist?: string | null }): Promise<unknown> {
  return world.controlPlane.api.patch(world.paths.meshsync, { spec: { 'watch-list': { data: lists } } });
}
const mendLists = () => setLists({ whitelist: LIST, blacklist: null });

async function removePods(selector: string): Promise<void> {
  const { api } = world.controlPlane;
  const { items } = await api.list(`${world.paths.core}/pods?labelSelector=${selector}`);
  for (const { metadata } of items) await api.remove(`${world.paths.core}/pods/${metadata.name}`);
}
/** A new MeshSync pod, whose client is connected. */
async function renewMeshSync(): Promise<void> {
  await removePods('component=meshsync');
  await world.untilConnected();
}

async function openClient(name: string): Promise<NatsConnection> {
  const token = await secretToken();
  const { host, port } = world.broker.nats();
  return connect({ servers: `${host}:${port}`, name, token, reconnect: false });
}
async function secretToken(): Promise<string> {
  const secret = await world.controlPlane.api.get(world.paths.brokerSecret);
  return Buffer.from(secret.data?.['token'] ?? '', 'base64').toString('utf8');
}

let stranger: NatsConnection | undefined;
/** A client that looks like MeshSync to the Broker, in place of the real one, and publishes nothing of its own. */
async function deafen(): Promise<NatsConnection> {
  await world.meshsync()?.stop();
  stranger = await openClient('meshsync');
  stranger.subscribe('meshery.meshsync.request');
  await stranger.flush();
  return stranger;
}
async function hear(): Promise<void> {
  await stranger?.close();
  await renewMeshSync();
}

describe('the watch-list', () => {
  run([
    {
      fault: 'MeshSync has both lists',
      codes: ['MT-M-03'],
      inject: () => setLists({ whitelist: LIST, blacklist: JSON.stringify(['events.v1.']) }),
      repair: mendLists,
    },
    {
      fault: 'the watch-list is not JSON',
      codes: ['MT-M-04'],
      inject: () => setLists({ whitelist: '[{"Resource": pods}' }),
      repair: mendLists,
    },
    {
      fault: 'the watch-list has an unknown shape',
      codes: ['MT-M-05'],
      inject: () => setLists({ whitelist: JSON.stringify({ pods: true }) }),
      repair: mendLists,
    },
    {
      fault: 'the watch-list names kinds in the singular',
      codes: ['MT-M-06'],
      says: 'pod',
      inject: () => setLists({ whitelist: LIST.replace('pods', 'pod') }),
      repair: mendLists,
    },
  ]);
});

describe('MeshSync’s pod', () => {
  run([
    {
      fault: 'MeshSync crash-loops',
      codes: ['MT-M-09'],
      says: 'CrashLoopBackOff',
      inject: () => world.kubelet.crash(/meshsync/),
      async repair() {
        world.kubelet.crash(undefined);
        await world.untilConnected();
      },
    },
    {
      fault: 'MeshSync’s image cannot be pulled',
      codes: ['MT-M-07'],
      says: 'meshery/meshsync:1.0.3',
      inject: () => world.kubelet.failPulls(/meshsync/),
      async repair() {
        world.kubelet.failPulls(undefined);
        await world.untilConnected();
      },
    },
    {
      fault: 'no node takes MeshSync’s pod',
      codes: ['MT-M-10'],
      says: '0/1 nodes are available',
      async inject() {
        world.kubelet.refuseToSchedule(/meshsync/);
        await removePods('component=meshsync');
      },
      async repair() {
        world.kubelet.refuseToSchedule(undefined);
        await world.untilConnected();
      },
    },
    {
      fault: 'MeshSync is scaled to zero',
      codes: ['MT-M-13'],
      inject: () => world.controlPlane.api.patch(world.paths.meshsyncDeployment, { spec: { replicas: 0 } }),
      async repair() {
        await world.controlPlane.api.patch(world.paths.meshsyncDeployment, { spec: { replicas: 1 } });
        await world.untilConnected();
      },
    },
    {
      fault: 'the MeshSync resource is absent',
      codes: ['MT-M-01'],
      inject: () => world.controlPlane.api.remove(world.paths.meshsync),
      async repair() {
        await waitFor('its Deployment is gone', async () => {
          return (await world.controlPlane.api.find(world.paths.meshsyncDeployment)) === undefined;
        });
        await world.createMeshSync();
        await world.untilConnected();
      },
    },
  ]);
});

describe('who is connected to the Broker', () => {
  run([
    {
      fault: 'MeshSync runs, and is not connected',
      codes: ['MT-M-19'],
      inject: () => world.meshsync()?.stop(),
      repair: renewMeshSync,
    },
    {
      fault: 'MeshSync gave up while the Broker was away',
      codes: ['MT-M-18'],
      async inject() {
        await world.meshsync()?.stop();
        // Times of creation are whole seconds, and the Broker must be the younger.
        await sleep(1_100);
        const { uid } = (await world.controlPlane.api.get(brokerPod())).metadata;
        await world.controlPlane.api.remove(brokerPod());
        await waitFor('a new Broker runs', async () => {
          const pod = await world.controlPlane.api.find(brokerPod());
          return pod !== undefined && pod.metadata.uid !== uid && world.broker.nats().isRunning();
        });
      },
      repair: renewMeshSync,
    },
    {
      fault: 'two clients named meshsync',
      codes: ['MT-M-22'],
      async inject() {
        stranger = await openClient('meshsync');
      },
      repair: () => stranger?.close(),
    },
    {
      fault: 'a second server of our name',
      codes: ['MT-S-12'],
      says: 'meshplay-server',
      async inject() {
        stranger = await openClient('meshplay-server');
      },
      repair: () => stranger?.close(),
    },
  ]);
  const brokerPod = () => `${world.paths.core}/pods/${world.paths.brokerPod}`;
});

describe('the data', () => {
  run([
    {
      fault: 'MeshSync stays connected and sends nothing any more',
      codes: ['MT-S-05'],
      async inject() {
        await deafen();
        clock.forward(660_000);
      },
      repair: hear,
    },
  ]);

  it('a server that has never heard anything, and then the subjects of the other family', async () => {
    const other = await deafen();
    // The one that has heard something goes: two would be a finding of its own.
    await product.stop();
    product = await startProduct({ kubeconfigPath: world.controlPlane.kubeconfigPath, env: clock.env });
    const judged = createVerdicts({ product, page: await browser.open(product.url) });
    try {
      await waitFor('the link stands', async () => {
        const [first] = await product.connections();
        return first !== undefined && (await product.evidence(first.id)).link.state === 'connected';
      });
      clock.forward(70_000);
      await judged.named({ fault: 'MeshSync is connected and has never sent anything', codes: ['MT-S-04'] });
      const namespace = await world.controlPlane.api.get(`/api/v1/namespaces/${world.names.namespace}`);
      const body = toWireObject({ ...namespace, kind: 'Namespace', apiVersion: 'v1' }, '');
      other.publish('meshplay.meshsync.core', envelope('meshsync-data', 'ADDED', body));
      await judged.named({
        fault: 'MeshSync publishes in the subjects of the other family',
        codes: ['MT-S-11'],
        says: 'meshplay',
      });
      await hear();
      await judged.well('the subjects of its own family');
    } finally {
      console.log(judged.report());
    }
  });
});
