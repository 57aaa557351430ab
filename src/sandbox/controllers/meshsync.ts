import type { KubeObject } from '../../services/ports.ts';
import type { NatsClient, NatsServer } from '../broker/nats-server.ts';
import type { SimulatedCluster } from '../cluster.ts';
import { stringAt } from '../kube/json.ts';
import { NAMESPACES } from '../kube/kinds.ts';
import type { Change } from '../kube/store.ts';
import { containerOf, envOf } from './broker-program.ts';
import { forgetJournal, note } from './journal.ts';
import type { Program } from './kubelet.ts';
import { changeMessage, storeMessage } from './meshsync-message.ts';
import { pipelinesOf } from './meshsync-pipelines.ts';
import { dialInside } from './service-network.ts';

const RETRY_MS = 2000;
/** More than the rules call a storm, and no more than a laptop can show. */
const STORM_PER_SECOND = 2800;
const STORM_PAUSE_MS = 240;
const PATIENT_DIALS = 5;
const RESYNC_MS = 5000;
const BATCH = 5;

/** Runs MeshSync in every ready pod with a container `meshsync`. */
export function createMeshsyncProgram(cluster: SimulatedCluster): Program {
  const running = new Map<string, MeshsyncProcess>();
  cluster.onClose(
    cluster.store.listen((change) => {
      if (running.size === 0) return;
      const isOfOwn = change.key.endsWith('/meshsyncs');
      for (const process of running.values()) {
        if (isOfOwn) process.configure();
        else process.publish(change);
      }
    }),
  );
  return {
    started: (pod) => {
      if (containerOf(pod, 'meshsync') === undefined) return;
      const process = createMeshsyncProcess(cluster, pod);
      running.set(pod.metadata.uid ?? '', process);
      process.configure();
      process.connect();
    },
    stopped: (pod) => {
      running.get(pod.metadata.uid ?? '')?.stop();
      running.delete(pod.metadata.uid ?? '');
      forgetJournal(cluster, pod);
    },
  };
}

/** The first word of its subjects: an upstream image keeps its own, and a fork has a third. */
function familyOf(image: string): string {
  const maker = /(?:^|\/)([a-z0-9]+)\/[^/]+$/.exec(image)?.[1];
  if (maker === 'khulnasoft') return 'meshplay';
  return maker === undefined || maker === 'layer5' ? 'meshery' : maker;
}

/** What its NATS client says of an attempt that failed; the token that an address may hold is left out. */
function dialWords(server: NatsServer | undefined, url: string): string {
  const host = url.replace(/^nats:\/\//, '').replace(/^.*@/, '');
  if (server === undefined || server.isFrozen)
    return `level=error msg="error connecting to broker" error="dial tcp ${host}: i/o timeout"`;
  const why = server.isTlsRequired
    ? 'x509: certificate signed by unknown authority'
    : 'nats: authorization violation';
  return `level=error msg="error connecting to broker" error="${why}"`;
}

interface MeshsyncProcess {
  connect(): void;
  /** Reads the watch-list of its resource. */
  configure(): void;
  publish(change: Change): void;
  stop(): void;
}

function createMeshsyncProcess(cluster: SimulatedCluster, pod: KubeObject): MeshsyncProcess {
  const image = stringAt(containerOf(pod, 'meshsync'), 'image') ?? '';
  const family = familyOf(image);
  const version = /:(.+)$/.exec(image)?.[1] ?? 'edge';
  const url = envOf(cluster, pod, 'meshsync', 'BROKER_URL') ?? '';
  const address = /^(?:nats:\/\/)?(?:[^@/]*@)?([^:/]+)(?::(\d+))?/.exec(url);
  const token = envOf(cluster, pod, 'meshsync', 'NATS_TOKEN');
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  let client: NatsClient | undefined;
  let isStopped = false;
  let isResyncing = false;
  let stormedAtMs = Number.NEGATIVE_INFINITY;
  let failedDials = 0;
  let { kinds } = pipelinesOf(cluster, pod.metadata.namespace);

  const { meshsync: faults } = cluster.condition;
  const clusterId = () =>
    faults.hidesClusterId
      ? ''
      : (cluster.store.get(NAMESPACES, undefined, 'kube-system')?.metadata.uid ?? '');
  const send = (subject: string, text: string) => {
    if (faults.isMute) return;
    // Half a message: what is left of one when a proxy of the wrong protocol stands in between.
    client?.publish(subject, encoder.encode(faults.isGarbled ? text.slice(0, text.length / 2) : text));
  };
  const everything = () => [...kinds.keys()].flatMap((key) => cluster.store.all(key));
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
    const server =
      dialled.outcome === 'answered' && dialled.endpoint.port === 'client'
        ? dialled.endpoint.server
        : undefined;
    const connected =
      server === undefined || server.isFrozen || server.isTlsRequired
        ? undefined
        : server.connect({ name: 'meshsync', token, ip: stringAt(pod, 'status', 'podIP') ?? '198.19.255.9' });
    if (connected === undefined) {
      failedDials += 1;
      // A Broker that is only starting is not worth a line.
      if (failedDials >= PATIENT_DIALS) note(cluster, pod, dialWords(server, url));
      cluster.after(RETRY_MS, connect);
      return;
    }
    failedDials = 0;
    client = connected;
    connected.subscribe(
      `${family}.meshsync.request`,
      (_subject, body) => answer(body),
      'meshsync-request-stream',
    );
    publishAll();
    storm();
    comeBackAfter(connected).catch(cluster.onError);
  };

  /** Publishes everything for as long as it storms; a new link or any change begins it. */
  const storm = () => {
    if (isStopped || client === undefined || !faults.isStorming) return;
    const elapsedMs = cluster.now() - stormedAtMs;
    if (elapsedMs < STORM_PAUSE_MS) return;
    stormedAtMs = cluster.now();
    // A machine with much to do wakes late. Some of what was due comes now; all of it would leave no time for the page.
    const wanted = (STORM_PER_SECOND * Math.min(elapsedMs, 2 * STORM_PAUSE_MS)) / 1000;
    const rounds = Math.ceil(wanted / Math.max(1, everything().length));
    for (let round = 0; round < rounds; round += 1) publishAll();
    cluster.after(STORM_PAUSE_MS, storm);
  };

  const comeBackAfter = async (connected: NatsClient) => {
    await connected.closed;
    if (client === connected) client = undefined;
    if (!faults.givesUp) cluster.after(RETRY_MS, connect);
    else if (!isStopped) note(cluster, pod, 'level=error msg="nats: maximum reconnect attempts exceeded"');
  };

  return {
    connect,
    configure: () => {
      const pipelines = pipelinesOf(cluster, pod.metadata.namespace);
      kinds = pipelines.kinds;
      for (const line of pipelines.complaints) note(cluster, pod, line);
    },
    publish: ({ type, key, object }) => {
      if (client === undefined || cluster.condition.isMeshsyncDeaf) return;
      if (kinds.get(key)?.has(type) !== true) return;
      storm();
      send(`${family}.meshsync.core`, changeMessage(type, object, clusterId()));
    },
    stop: () => {
      isStopped = true;
      client?.close();
    },
  };
}
