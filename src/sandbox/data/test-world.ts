import { encodeText } from '../../core/meshsync/text.ts';
import { DataIntake } from '../../services/data/intake.ts';
import type { DataConnection, DataConnections } from '../../services/data/connections.ts';
import type { ClusterApi, KubeObject, Log } from '../../services/ports.ts';
import { createNetwork } from '../broker/network.ts';
import { createSimulatedCluster, type SimulatedCluster } from '../cluster.ts';
import { openSimulatedApi } from '../kube/api.ts';
import { createManualClock, type ManualClock } from '../manual-clock.ts';
import { createSeededRandom } from '../random.ts';
import { createScheduler } from '../scheduler.ts';
import { MemoryStore } from './memory-store.ts';

export const CONNECTION_ID = 'c1';

/** A simulated cluster with a MeshSync that tells the intake of every change, for tests of the data side. */
export interface TestWorld {
  readonly clock: ManualClock;
  readonly cluster: SimulatedCluster;
  readonly api: ClusterApi;
  readonly uid: string;
  readonly store: MemoryStore;
  readonly intake: DataIntake;
  readonly log: Log;
  readonly logged: string[];
  readonly connection: DataConnection;
  readonly connections: DataConnections;
  /** What MeshSync does with a change; replaced to break it. */
  relay(change: { type: string; object: KubeObject }): void;
  /** Sends every object there is, as a re-sync does. */
  sendAll(): Promise<void>;
  /** Lets time pass until the work is done. */
  drive<T>(work: Promise<T>): Promise<T>;
  write(key: string, namespace: string | undefined, name: string, more?: Record<string, unknown>): KubeObject;
  close(): void;
}

export function createTestWorld(): TestWorld {
  const clock = createManualClock(Date.parse('2026-08-01T10:00:00Z'));
  const cluster = createSimulatedCluster({
    traits: {
      name: 'staging',
      server: 'https://staging.example:6443',
      version: 'v1.33.4',
      latencyMs: 1,
      loadBalancer: 'assigns',
      changesPerSecond: 0,
    },
    network: createNetwork(),
    random: createSeededRandom(7),
    scheduler: createScheduler(clock, (error) => {
      throw error;
    }),
    now: () => clock.now(),
    onError: (error) => {
      throw error;
    },
    block: 1,
  });
  const kubeSystem = cluster.store.put('/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'kube-system' },
  });
  cluster.store.put('/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  const uid = kubeSystem.metadata.uid ?? '';
  const logged: string[] = [];
  const log: Log = {
    info: (_fields, message) => void logged.push(message),
    warn: (_fields, message) => void logged.push(message),
    error: (_fields, message) => void logged.push(message),
  };
  const store = new MemoryStore(clock);
  const intake = new DataIntake({ store, clock, log });
  const api = openSimulatedApi(cluster, clock, 'admin');
  const listeners = new Set<(id: string) => void>();
  const connection = {
    id: CONNECTION_ID,
    name: 'staging',
    api: () => api,
    clusterUid: () => uid,
    evidence: () => ({
      link: { state: 'connected' as const, sinceAt: '2026-08-01T10:00:00.000Z' },
      namespaces: [],
    }),
    link: { resync: () => undefined },
  };
  const send = (type: string, object: KubeObject) => {
    const body = encodeText(
      JSON.stringify({
        ObjectType: 'meshsync-data',
        EventType: type,
        Object: { ...object, cluster_id: uid },
      }),
    );
    intake.accept({
      connectionId: CONNECTION_ID,
      clusterUid: uid,
      subject: 'meshery.meshsync.core',
      body,
      receivedAtMs: clock.now(),
    });
  };
  const world: TestWorld = {
    clock,
    cluster,
    api,
    uid,
    store,
    intake,
    log,
    logged,
    connection,
    connections: {
      connections: () => [connection],
      get: (id) => (id === CONNECTION_ID ? connection : undefined),
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    relay: ({ type, object }) => send(type, object),
    sendAll: async () => {
      for (const key of cluster.store.keys())
        for (const object of cluster.store.all(key)) send('ADDED', object);
      await intake.drained();
    },
    drive: async (work) => {
      const ended = new AbortController();
      void Promise.allSettled([work]).then(() => ended.abort());
      for (let turn = 0; turn < 5000 && !ended.signal.aborted; turn += 1) await clock.advance(50);
      return work;
    },
    write: (key, namespace, name, more = {}) =>
      cluster.store.put(key, {
        ...KINDS[key],
        ...more,
        metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels: { app: name } },
      }),
    close: () => cluster.close(),
  };
  cluster.store.listen((change) => world.relay(change));
  return world;
}

const KINDS: Record<string, { apiVersion: string; kind: string }> = {
  '/configmaps': { apiVersion: 'v1', kind: 'ConfigMap' },
  '/secrets': { apiVersion: 'v1', kind: 'Secret' },
  '/nodes': { apiVersion: 'v1', kind: 'Node' },
};
