/** Faults of the Broker and the Operator, on a real control plane and a real NATS: each is named by its root cause. */
import { writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProductClock, createVerdicts, type Verdicts } from './diagnosis-verdicts.ts';
import { asset } from './harness/assets.ts';
import { type OpenBrowser, startBrowser } from './harness/page.ts';
import { waitFor } from './harness/poll.ts';
import { type Child, startChild } from './harness/process.ts';
import { type Product, startProduct } from './harness/product.ts';
import { startWorld, type World } from './harness/world.ts';
import { definitions } from './stand-ins/manifests.ts';

let world: World;
let product: Product;
let browser: OpenBrowser;
let verdicts: Verdicts;
let token: string;

beforeAll(async () => {
  world = await startWorld({ family: 'meshery', generation: 'new' });
  await world.install();
  const { env } = createProductClock(world.controlPlane.folder);
  product = await startProduct({ kubeconfigPath: world.controlPlane.kubeconfigPath, env });
  browser = await startBrowser();
  verdicts = createVerdicts({ product, page: await browser.open(product.url) });
  await verdicts.well('the start');
  const secret = await world.controlPlane.api.get(world.paths.brokerSecret);
  token = Buffer.from(secret.data?.['token'] ?? '', 'base64').toString('utf8');
}, 240_000);

afterAll(async () => {
  console.log(verdicts.report());
  other?.close();
  await nobody?.kill();
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
  /** The row after this one goes on from where it left the cluster. */
  readonly isChained?: true;
}

function run(rows: readonly Row[]): void {
  it.each(rows)('$fault', async ({ inject, repair, isChained, ...wanted }) => {
    await inject();
    const { rootCause } = await verdicts.named(wanted);
    expect(wanted.codes).toContain(rootCause?.code);
    await repair();
    if (isChained !== true) await verdicts.well(wanted.fault);
  });
}

const nothing = () => undefined;
const api = () => world.controlPlane.api;
const isGone = (path: string) =>
  waitFor(`${path} is gone`, async () => (await api().find(path)) === undefined, { timeoutMs: 45_000 });
const restart = async () => {
  await world.broker.start();
  await world.untilConnected();
};

/** Something that is no NATS, at the Broker’s address. */
let other: Server | undefined;
const sockets = new Set<Socket>();
/** A NATS that lets everybody in and lets nobody read MeshSync’s data. */
let nobody: Child | undefined;

async function startDenying(): Promise<Child> {
  const { host, port, monitorPort } = world.broker.nats();
  const file = join(world.controlPlane.folder, 'denying.conf');
  const denied = ['meshery', 'meshplay', '*'].map((family) => `"${family}.meshsync.core"`).join(', ');
  await writeFile(
    file,
    `authorization { users: [{ user: anybody, password: none, permissions: { subscribe: { deny: [${denied}] } } }] }
no_auth_user: anybody
`,
  );
  return startChild({
    name: 'a NATS that denies',
    command: asset('nats-server'),
    args: ['-c', file, `--addr=${host}`, `--port=${port}`, `--http_port=${monitorPort}`],
    ready: async () => (await fetch(`http://${host}:${monitorPort}/healthz`)).ok,
  });
}

describe('NATS', () => {
  run([
    {
      fault: 'the Broker’s pod crash-loops',
      codes: ['MT-B-04'],
      inject: () => world.broker.kill(),
      repair: restart,
    },
    {
      fault: 'NATS is gone, and its pod still reads ready',
      codes: ['MT-B-22'],
      inject: () => world.broker.kill({ isNoticed: false }),
      repair: restart,
    },
    {
      fault: 'NATS is frozen',
      codes: ['MT-B-22'],
      inject: () => world.broker.nats().freeze(),
      async repair() {
        world.broker.nats().thaw();
        await world.untilConnected();
      },
    },
    {
      fault: 'wrong port: something else listens on 4222',
      codes: ['MT-B-18'],
      async inject() {
        await world.broker.kill({ isNoticed: false });
        const { host, port } = world.broker.nats();
        const server = createServer((socket) => {
          sockets.add(socket);
          socket.on('error', () => undefined).write('220 mail ready\r\n');
        });
        other = server;
        await new Promise<void>((resolve) => server.listen(port, host, resolve));
      },
      async repair() {
        other?.close();
        for (const socket of sockets) socket.destroy();
        await restart();
      },
    },
    {
      fault: 'wrong token',
      codes: ['MT-B-17'],
      inject: () => world.broker.nats().restart({ token: 'another' }),
      async repair() {
        await world.broker.nats().restart({ token });
        await world.untilConnected();
      },
    },
    {
      fault: 'the Broker’s Secret is gone',
      codes: ['MT-B-15'],
      async inject() {
        await api().remove(world.paths.brokerSecret);
        await world.broker.nats().restart();
      },
      repair: nothing,
      isChained: true,
    },
    {
      fault: 'no subscription: the Broker denies it',
      codes: ['MT-S-01'],
      async inject() {
        await world.broker.kill({ isNoticed: false });
        nobody = await startDenying();
      },
      async repair() {
        await nobody?.kill();
        await api().create(`${world.paths.core}/secrets`, {
          metadata: { name: 'meshery-nats-auth', namespace: world.names.namespace },
          type: 'Opaque',
          stringData: { token },
        });
        // The Operator may have been quicker, and takes a token of its own.
        await api().patch(world.paths.brokerSecret, { stringData: { token } });
        await restart();
      },
    },
  ]);
});

describe('resources and definitions', () => {
  run([
    {
      fault: 'the Broker resource is absent',
      codes: ['MT-B-01'],
      async inject() {
        await api().remove(world.paths.broker);
        await isGone(world.paths.brokerStatefulSet);
      },
      async repair() {
        await waitFor('NATS is gone', () => !world.broker.nats().isRunning());
        await world.createBroker();
        await waitFor('NATS is back', () => world.broker.nats().isRunning(), { timeoutMs: 45_000 });
        await world.untilConnected();
      },
    },
    {
      fault: 'MeshSync does not finish being deleted: a foreign finalizer',
      codes: ['MT-O-23'],
      says: 'MeshSync',
      async inject() {
        const { metadata } = await api().get(world.paths.meshsync);
        const finalizers = [...(metadata.finalizers ?? []), 'example.com/hold'];
        await api().patch(world.paths.meshsync, { metadata: { finalizers } });
        await api().remove(world.paths.meshsync);
        await isGone(world.paths.meshsyncDeployment);
      },
      async repair() {
        await api().patch(world.paths.meshsync, { metadata: { finalizers: [] } });
        await isGone(world.paths.meshsync);
        await world.createMeshSync();
        await world.untilConnected();
      },
    },
    {
      fault: 'there is neither a Broker nor a MeshSync resource',
      codes: ['MT-O-22'],
      async inject() {
        await api().remove(world.paths.meshsync);
        await api().remove(world.paths.broker);
        await isGone(world.paths.meshsyncDeployment);
        await isGone(world.paths.brokerStatefulSet);
        await isGone(world.paths.broker);
      },
      repair: nothing,
      isChained: true,
    },
    {
      fault: 'the definitions are missing',
      codes: ['MT-O-07'],
      async inject() {
        for (const plural of ['meshsyncs', 'brokers'])
          await api().remove(`${world.paths.definitions}/${plural}.${world.names.group}`);
      },
      repair: nothing,
      isChained: true,
    },
    {
      fault: 'the definitions are of another group',
      codes: ['MT-O-06'],
      says: 'meshery.layer5.io',
      async inject() {
        for (const definition of definitions({ ...world.names, group: 'meshery.layer5.io' }))
          await api().create(world.paths.definitions, definition);
      },
      async repair() {
        for (const plural of ['meshsyncs', 'brokers'])
          await api().remove(`${world.paths.definitions}/${plural}.meshery.layer5.io`);
        await world.installDefinitions();
        await world.installResources();
        await world.untilConnected();
      },
    },
  ]);
});

describe('the Operator', () => {
  run([
    {
      fault: 'the Operator is scaled to zero',
      codes: ['MT-O-17'],
      inject: () => api().patch(world.paths.operatorDeployment, { spec: { replicas: 0 } }),
      repair: () => api().patch(world.paths.operatorDeployment, { spec: { replicas: 1 } }),
    },
    {
      fault: 'the Operator crash-loops',
      codes: ['MT-O-13'],
      inject: () => world.kubelet.crash(/meshery-operator/),
      repair: () => world.kubelet.crash(undefined),
    },
    {
      fault: 'the Operator’s image cannot be pulled',
      codes: ['MT-O-11'],
      says: 'meshery/meshery-operator:1.0.5',
      inject: () => world.kubelet.failPulls(/meshery-operator/),
      repair: () => world.kubelet.failPulls(undefined),
    },
    {
      fault: 'orphans: the Operator is gone, and what it made runs on',
      codes: ['MT-O-04'],
      inject: () => world.removeOperator(),
      repair: nothing,
      isChained: true,
    },
    {
      fault: 'stuck terminating: nobody takes the finalizer off',
      codes: ['MT-O-02'],
      says: 'MeshSync',
      inject: () => api().remove(world.paths.meshsync),
      async repair() {
        await world.installOperator();
        await isGone(world.paths.meshsync);
        await world.createMeshSync();
        await world.untilConnected();
      },
    },
  ]);
});
