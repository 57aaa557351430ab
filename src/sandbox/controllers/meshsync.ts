import type { KubeObject } from '../../services/ports.ts';
import type { NatsClient } from '../broker/nats-server.ts';
import type { SimulatedCluster } from '../cluster.ts';
import { stringAt } from '../kube/json.ts';
import { NAMESPACES } from '../kube/kinds.ts';
import type { Change } from '../kube/store.ts';
import { containerOf, envOf } from './broker-program.ts';
import type { Program } from './kubelet.ts';
import { changeMessage, storeMessage } from './meshsync-message.ts';
import { dialInside } from './service-network.ts';

/** What the default watch-list covers of the kinds a simulated cluster has. */
const WATCHED = [
  '/namespaces',
  '/configmaps',
  '/nodes',
  '/secrets',
  '/persistentvolumes',
  '/persistentvolumeclaims',
  '/pods',
  '/services',
  '/endpoints',
  '/replicationcontrollers',
  'apps/replicasets',
  'apps/deployments',
  'apps/statefulsets',
  'apps/daemonsets',
  'networking.k8s.io/ingresses',
  'discovery.k8s.io/endpointslices',
  'batch/cronjobs',
  'storage.k8s.io/storageclasses',
  'rbac.authorization.k8s.io/clusterroles',
] as const;
const WATCHED_KEYS: ReadonlySet<string> = new Set(WATCHED);

const RETRY_MS = 2000;
const RESYNC_MS = 5000;
const BATCH = 5;

/** Runs MeshSync in every ready pod with a container `meshsync`. */
export function createMeshsyncProgram(cluster: SimulatedCluster): Program {
  const running = new Map<string, MeshsyncProcess>();
  cluster.onClose(
    cluster.store.listen((change) => {
      if (running.size === 0 || !WATCHED_KEYS.has(change.key)) return;
      for (const process of running.values()) process.publish(change);
    }),
  );
  return {
    started: (pod) => {
      if (containerOf(pod, 'meshsync') === undefined) return;
      const process = createMeshsyncProcess(cluster, pod);
      running.set(pod.metadata.uid ?? '', process);
      process.connect();
    },
    stopped: (pod) => {
      running.get(pod.metadata.uid ?? '')?.stop();
      running.delete(pod.metadata.uid ?? '');
    },
  };
}

interface MeshsyncProcess {
  connect(): void;
  publish(change: Change): void;
  stop(): void;
}

function createMeshsyncProcess(cluster: SimulatedCluster, pod: KubeObject): MeshsyncProcess {
  const image = stringAt(containerOf(pod, 'meshsync'), 'image') ?? '';
  // An upstream image publishes on the subjects of its own family, wherever it runs.
  const family = image.startsWith('khulnasoft/') ? 'meshplay' : 'meshery';
  const version = /:(.+)$/.exec(image)?.[1] ?? 'edge';
  const url = envOf(cluster, pod, 'meshsync', 'BROKER_URL') ?? '';
  const address = /^(?:nats:\/\/)?(?:[^@/]*@)?([^:/]+)(?::(\d+))?/.exec(url);
  const token = envOf(cluster, pod, 'meshsync', 'NATS_TOKEN');
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  let client: NatsClient | undefined;
  let isStopped = false;
  let isResyncing = false;

  const clusterId = () => cluster.store.get(NAMESPACES, undefined, 'kube-system')?.metadata.uid ?? '';
  const send = (subject: string, text: string) => client?.publish(subject, encoder.encode(text));
  const everything = () => WATCHED.flatMap((key) => cluster.store.all(key));
  const publishAll = () => {
    const id = clusterId();
    for (const object of everything()) send(`${family}.meshsync.core`, changeMessage('ADDED', object, id));
  };

  const answer = (body: Uint8Array) => {
    let request: unknown;
    try {
      request = JSON.parse(decoder.decode(body));
    } catch {
      // MeshSync drops what it cannot read, and so does its stand-in.
      return;
    }
    switch (stringAt(request, 'Request', 'Entity')) {
      case 'informer-store': {
        const reply = stringAt(request, 'Request', 'Payload', 'Reply');
        if (reply === undefined) return;
        const objects = everything();
        for (let start = 0; start < objects.length; start += BATCH) {
          send(reply, storeMessage(objects.slice(start, start + BATCH), clusterId()));
        }
        return;
      }
      case 'resync-discovery':
        if (isResyncing || cluster.condition.isMeshsyncDeaf) return;
        isResyncing = true;
        cluster.after(RESYNC_MS, () => {
          isResyncing = false;
          if (!isStopped) publishAll();
        });
        return;
      case 'meshsync-meta':
        send(
          'meshsync-meta',
          JSON.stringify({ ObjectType: '', EventType: '', Request: null, Object: version }),
        );
        return;
      default:
    }
  };

  const connect = () => {
    if (isStopped) return;
    const dialled = dialInside(cluster, address?.[1] ?? '', Number(address?.[2] ?? 4222));
    const server = dialled.outcome === 'answered' ? dialled.endpoint.server : undefined;
    const connected =
      server?.isFrozen === true
        ? undefined
        : server?.connect({ name: 'meshsync', token, ip: '198.19.255.9' });
    if (connected === undefined) {
      cluster.after(RETRY_MS, connect);
      return;
    }
    client = connected;
    connected.subscribe(
      `${family}.meshsync.request`,
      (_subject, body) => answer(body),
      'meshsync-request-stream',
    );
    publishAll();
    comeBackAfter(connected).catch(cluster.onError);
  };

  const comeBackAfter = async (connected: NatsClient) => {
    await connected.closed;
    if (client === connected) client = undefined;
    cluster.after(RETRY_MS, connect);
  };

  return {
    connect,
    publish: ({ type, object }) => {
      if (client === undefined || cluster.condition.isMeshsyncDeaf) return;
      send(`${family}.meshsync.core`, changeMessage(type, object, clusterId()));
    },
    stop: () => {
      isStopped = true;
      client?.close();
    },
  };
}
