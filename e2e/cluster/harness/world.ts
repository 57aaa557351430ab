import { z } from 'zod';
import { type Kubelet, startKubelet, type Workload } from '../stand-ins/kubelet.ts';
import * as manifests from '../stand-ins/manifests.ts';
import { type BrokerAddress, type MeshSync, startMeshSync } from '../stand-ins/meshsync.ts';
import { type Family, type Generation, type Names, namesOf, pathsOf } from '../stand-ins/names.ts';
import { startOperator } from '../stand-ins/operator.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import type { KubeObject } from './kube-api.ts';
import { type NatsServer, startNats } from './nats.ts';
import { waitFor } from './poll.ts';
import { isPortFree } from './ports.ts';
import { startTcpProxy, type TcpProxy } from './proxy.ts';

const NATS_PORT = 4222;
const MONITOR_PORT = 8222;

export interface WorldOptions {
  readonly family: Family;
  readonly generation: Generation;
  /** One to build on (left running by `stop`); otherwise the world starts its own. */
  readonly controlPlane?: ControlPlane;
  /** False: nothing answers on the Broker Service’s ClusterIP, only a port-forward to its pod leads there. */
  readonly isClusterIpReachable?: boolean;
  /** The ClusterIP of the Broker’s Service; a free one unless given. Another cluster’s makes the two overlap. */
  readonly clusterIp?: string;
}

export interface World {
  readonly controlPlane: ControlPlane;
  readonly kubelet: Kubelet;
  readonly names: Names;
  readonly paths: ReturnType<typeof pathsOf>;
  readonly clusterIp: string;
  readonly broker: BrokerControl;
  meshsync(): MeshSync | undefined;
  installDefinitions(): Promise<void>;
  /** Namespace, access and Deployment of the operator; the definitions must be there. */
  installOperator(): Promise<void>;
  /** Broker, then MeshSync. */
  installResources(): Promise<void>;
  createBroker(): Promise<void>;
  createMeshSync(): Promise<void>;
  /** All of it, and waits until MeshSync is connected to the Broker. */
  install(): Promise<void>;
  /** Takes the operator’s Deployment away and nothing else: what it made is orphaned. */
  removeOperator(): Promise<void>;
  untilConnected(): Promise<void>;
  /** Everything off the cluster again, in the safe order; waits until it is gone. */
  uninstall(): Promise<void>;
  stop(): Promise<void>;
}

export interface BrokerControl {
  /** The real server, once its pod has run. Throws before. */
  nats(): NatsServer;
  /** Ends NATS at once; its pod is told to crash-loop unless `isNoticed` is false. */
  kill(options?: { isNoticed: boolean }): Promise<void>;
  /** Undoes `kill`. */
  start(): Promise<void>;
  /** Writes a new token into the Secret and restarts NATS with it. */
  changeToken(token: string): Promise<void>;
  /** Gives the Service an external address on another loopback address, or takes it away. */
  expose(address: string | undefined): Promise<void>;
}

const SecretData = z.looseObject({ data: z.looseObject({ token: z.string().optional() }).optional() });

/** Starts a cluster in which kubelet, operator and MeshSync are played; nothing is installed yet. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const names = namesOf(options.family, options.generation);
  const paths = pathsOf(names);
  const controlPlane = options.controlPlane ?? (await startControlPlane());
  const { api } = controlPlane;
  const clusterIp = options.clusterIp ?? (await freeLoopbackAddress('127.96'));
  const natsHost = options.isClusterIpReachable === false ? await freeLoopbackAddress('127.97') : clusterIp;
  let nats: NatsServer | undefined;
  let meshsync: MeshSync | undefined;
  const exposed: TcpProxy[] = [];
  let isDeathNoticed = false;

  async function readToken(): Promise<string | undefined> {
    if (names.generation === 'old') return undefined;
    const secret = SecretData.parse((await api.find(paths.brokerSecret)) ?? {});
    return secret.data?.token === undefined
      ? undefined
      : Buffer.from(secret.data.token, 'base64').toString('utf8');
  }

  async function runBroker(pod: KubeObject): Promise<Workload> {
    const started = await startNats({
      host: natsHost,
      port: NATS_PORT,
      monitorPort: MONITOR_PORT,
      token: await readToken(),
      ...(names.generation === 'new' ? { serverName: pod.metadata.name } : {}),
    });
    nats = started;
    return {
      stop: () => started.stop(),
      resolve: (port) => (port === NATS_PORT || port === MONITOR_PORT ? { host: natsHost, port } : undefined),
    };
  }
  async function runMeshSync(): Promise<Workload> {
    const started = await startMeshSync({
      api,
      family: names.family,
      broker: async (): Promise<BrokerAddress> => ({
        host: natsHost,
        port: NATS_PORT,
        monitorPort: MONITOR_PORT,
        token: await readToken(),
      }),
    });
    meshsync = started;
    return {
      async stop() {
        if (meshsync === started) meshsync = undefined;
        await started.stop();
      },
    };
  }
  const kubelet = await startKubelet({
    controlPlane,
    async run(pod) {
      if (pod.metadata.namespace !== names.namespace) return undefined;
      const labels = pod.metadata.labels ?? {};
      if (labels['component'] === 'meshsync') return runMeshSync();
      if (pod.metadata.name.startsWith(`${names.brokerWorkload}-`)) return runBroker(pod);
      if (pod.metadata.name.startsWith(`${names.operator}-`)) return startOperator({ api, names, clusterIp });
      return undefined;
    },
  });

  const broker: BrokerControl = {
    nats() {
      if (nats === undefined) throw new Error('the Broker’s pod has not run yet');
      return nats;
    },
    async kill({ isNoticed } = { isNoticed: true }) {
      isDeathNoticed = isNoticed;
      await broker.nats().stop();
      if (isNoticed) kubelet.setDead(paths.brokerPod, true);
    },
    async start() {
      if (!isDeathNoticed) return broker.nats().restart();
      kubelet.setDead(paths.brokerPod, false);
      await waitFor('the pod brings NATS back', () => broker.nats().isRunning());
    },
    async changeToken(token) {
      await api.patch(paths.brokerSecret, { stringData: { token } });
      await broker.nats().restart({ token });
    },
    async expose(address) {
      await Promise.all(exposed.splice(0).map((proxy) => proxy.stop()));
      if (address !== undefined) {
        for (const port of [NATS_PORT, MONITOR_PORT]) {
          exposed.push(await startTcpProxy({ host: address, port, target: { host: natsHost, port } }));
        }
      }
      const ingress = address === undefined ? [] : [{ ip: address }];
      await api.patch(`${paths.brokerService}/status`, { status: { loadBalancer: { ingress } } });
    },
  };

  const world: World = {
    controlPlane,
    kubelet,
    names,
    paths,
    clusterIp,
    broker,
    meshsync: () => meshsync,
    async installDefinitions() {
      for (const definition of manifests.definitions(names)) await api.create(paths.definitions, definition);
      await waitFor('the definitions are served', async () => {
        await api.list(paths.brokers);
        await api.list(paths.meshsyncs);
        return true;
      });
    },
    async installOperator() {
      await api.create('/api/v1/namespaces', { metadata: { name: names.namespace } });
      for (const [collection, object] of manifests.operatorAccess(names))
        await api.create(collection, object);
      await api.create(`${paths.apps}/deployments`, manifests.operatorDeployment(names));
    },
    createBroker: () => api.create(paths.brokers, manifests.brokerResource(names)),
    createMeshSync: () => api.create(paths.meshsyncs, manifests.meshsyncResource(names)),
    async installResources() {
      await world.createBroker();
      await world.createMeshSync();
    },
    async install() {
      await world.installDefinitions();
      await world.installOperator();
      await world.installResources();
      await world.untilConnected();
    },
    async removeOperator() {
      await api.remove(paths.operatorDeployment, { propagationPolicy: 'Background' });
      await waitFor('the operator’s pods are gone', async () => {
        const pods = await api.list(`${paths.core}/pods`);
        return !pods.items.some(({ metadata }) => metadata.name.startsWith(`${names.operator}-`));
      });
    },
    async untilConnected() {
      await waitFor('MeshSync is connected to the Broker', () => meshsync?.isConnected(), {
        timeoutMs: 60_000,
      });
    },
    async uninstall() {
      await api.remove(paths.meshsync);
      await api.remove(paths.broker);
      await waitFor('the workloads are gone', async () => {
        const left = [
          paths.meshsync,
          paths.broker,
          paths.meshsyncDeployment,
          paths.brokerStatefulSet,
          paths.brokerService,
        ];
        return (await Promise.all(left.map((path) => api.find(path)))).every(
          (object) => object === undefined,
        );
      });
      await world.removeOperator();
      for (const plural of ['meshsyncs', 'brokers'])
        await api.remove(`${paths.definitions}/${plural}.${names.group}`);
      await waitFor(
        'every pod is gone',
        async () => (await api.list(`${paths.core}/pods`)).items.length === 0,
      );
      await waitFor('the definitions are gone', async () => {
        const { items } = await api.list(paths.definitions);
        return !items.some(({ metadata }) => metadata.name.endsWith(names.group));
      });
    },
    async stop() {
      await kubelet.stop();
      await Promise.all(exposed.map((proxy) => proxy.stop()));
      if (options.controlPlane === undefined) await controlPlane.stop();
    },
  };
  return world;
}

/** An address of the loopback network, the same for nobody else now, on which both NATS ports are free. */
export async function freeLoopbackAddress(prefix: `127.${number}`): Promise<string> {
  const part = () => 2 + Math.floor(Math.random() * 250);
  const { value } = await waitFor('a free loopback address', async () => {
    const address = `${prefix}.${part()}.${part()}`;
    const isFree = (await isPortFree(address, NATS_PORT)) && (await isPortFree(address, MONITOR_PORT));
    return isFree && address;
  });
  return value;
}
