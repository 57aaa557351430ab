import type { KubeObject } from '../services/ports.ts';
import type { Network } from './broker/network.ts';
import type { Journal } from './controllers/journal.ts';
import type { NatsClient, NatsServer } from './broker/nats-server.ts';
import type { Denial } from './kube/access.ts';
import type { AddressPlan } from './kube/admission.ts';
import { admit } from './kube/admission.ts';
import type { Deletion } from './kube/deletion.ts';
import { createDeletion } from './kube/deletion.ts';
import type { JsonObject } from './kube/json.ts';
import type { LinkFailure } from './kube/refusals.ts';
import { apiVersionOf, builtInKind, customKind, NAMESPACES } from './kube/kinds.ts';
import type { ObjectStore } from './kube/store.ts';
import { createObjectStore } from './kube/store.ts';
import type { Watches } from './kube/watching.ts';
import { createWatches } from './kube/watching.ts';
import type { SeededRandom } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** Clients of a Broker that are neither its MeshSync nor this server. */
export type Guest = 'second-server' | 'slow-reader';

/** What can be wrong with the simulated database. */
export type DatabaseProblemKind = 'corrupt' | 'full' | 'read-only' | 'locked';

/** How the API server of a simulated cluster answers. */
export type ApiLink = 'answers' | 'black-hole' | 'slow' | LinkFailure;

/** What becomes of pods that hold a certain container, when it is not that they simply run. */
export type PodFate =
  | 'image-pull'
  | 'out-of-memory'
  | 'crash'
  | 'unschedulable'
  | 'config-error'
  | 'refused'
  | 'not-created'
  | 'never-ends'
  | 'not-ready';

export interface ClusterTraits {
  readonly name: string;
  /** URL of the API server. */
  readonly server: string;
  readonly version: string;
  readonly latencyMs: number;
  /** What comes of Services of type LoadBalancer. */
  readonly loadBalancer: 'assigns' | 'pending' | 'firewalled';
  /** Objects changed a second by whoever uses the cluster. */
  readonly changesPerSecond: number;
}

/** One simulated cluster: its state, and what is wrong with it at the moment. */
export interface SimulatedCluster {
  readonly traits: ClusterTraits;
  readonly store: ObjectStore;
  readonly deletion: Deletion;
  readonly watches: Watches;
  readonly network: Network;
  readonly random: SeededRandom;
  readonly plan: AddressPlan;
  /** What programs wrote to their logs, by uid of their pod. */
  readonly journal: Journal;
  /** NATS servers that run, by uid of their pod. */
  readonly brokers: Map<string, NatsServer>;
  /** Written by the faults, read by API server and controllers. */
  readonly condition: {
    link: ApiLink;
    areWatchesSilent: boolean;
    /** Checks of `/readyz` that fail. */
    notReady: Set<string>;
    /** Kinds (`group/plural`) that its storage gives no more: every request for them fails inside the API server. */
    unreadableKinds: Set<string>;
    denials: Denial[];
    /** Parts of image names that cannot be pulled. */
    missingImages: Set<string>;
    /** Parts of image names that take long to pull. */
    slowImages: Set<string>;
    /** By the name of the container that decides it. */
    podFates: Map<string, PodFate>;
    /** The Operator runs and does nothing: a lock that it waits for, for instance. */
    isOperatorHung: boolean;
    /** The Operator may not write the Lease by which one of it leads: whoever is started anew waits for it for ever. */
    isLockForbidden: boolean;
    /** MeshSync keeps its link and answers from its memory, but its informers see no change any more. */
    isMeshsyncDeaf: boolean;
    /** Pods that no broker may run in: the fault keeps it down. */
    isBrokerDown: boolean;
    isBrokerFrozen: boolean;
    /** How the Brokers are set up, and what the way to them is like. */
    broker: {
      isTlsRequired: boolean;
      refusesReaders: boolean;
      hasMonitor: boolean;
      roundTripMs: number;
    };
    /** Who else is connected to the Broker, by name; undefined while it is away. */
    guests: Map<Guest, NatsClient | undefined>;
    /** What comes of Services of type LoadBalancer; begins as the trait says. */
    loadBalancer: ClusterTraits['loadBalancer'];
    /** Ports of the load balancer that lead into another cluster. */
    detours: Map<number, SimulatedCluster>;
    /** Kinds (`group/plural`) of which an admission policy refuses every object that the Operator writes. */
    refusedKinds: Set<string>;
    /** What MeshSync does otherwise than it should. */
    meshsync: {
      /** It keeps its link and publishes nothing at all. */
      isMute: boolean;
      /** It publishes what nobody can read. */
      isGarbled: boolean;
      /** It may not read `kube-system`, so it cannot tell which cluster it is in. */
      hidesClusterId: boolean;
      /** It lists and publishes everything again and again. */
      isStorming: boolean;
      /** A Broker that ends the connection is not dialled again. */
      givesUp: boolean;
      /** The image that a policy of the cluster puts in the place of the Operator’s. */
      image: string | undefined;
    };
    /** What is wrong with the database of the product itself; of its clusters this one is to blame. */
    databaseProblem: DatabaseProblemKind | undefined;
    /** How long the disk of the database takes for one batch. */
    databaseDelayMs: number;
    /** Server-side token of the Broker when it is not the one in the Secret. */
    brokerToken: string | undefined;
  };
  now(): number;
  after(delayMs: number, task: () => void): () => void;
  /** Creates or replaces an object as a controller inside the cluster, with everything admission fills in. */
  write(key: string, object: KubeObject, manager?: string): KubeObject;
  /** Runs `build` as if it had happened `ageMs` ago, and lets everything that follows from it happen at once. */
  inThePast(ageMs: number, build: () => void): void;
  onError(error: unknown): void;
  onClose(close: () => void): void;
  close(): void;
}

/** So much of the past is played before a cluster is taken to have settled. */
const SETTLING_MS = 30_000;
/** 198.18.0.0/15 holds two thousand clusters of so many addresses. */
const ADDRESSES_A_CLUSTER = 64;

export function createSimulatedCluster(options: {
  traits: ClusterTraits;
  network: Network;
  random: SeededRandom;
  scheduler: Scheduler;
  now(): number;
  onError(error: unknown): void;
  /** Which block of addresses it hands out; one cluster, one block. */
  block: number;
}): SimulatedCluster {
  const { traits, random, scheduler } = options;
  const closers: (() => void)[] = [];
  let isClosed = false;
  /** While the past is built: how long ago it is, and what is still to happen in it. */
  let past: { ageMs: number; elapsedMs: number; queue: { dueMs: number; task: () => void }[] } | undefined;
  let lastAddress = 1;
  let lastNodePort = 30_000 + random.below(1000);

  const now = () => options.now() - (past === undefined ? 0 : past.ageMs - past.elapsedMs);
  const after = (delayMs: number, task: () => void) => {
    const guarded = () => {
      if (!isClosed) task();
    };
    if (past === undefined) return scheduler.after(delayMs, guarded);
    past.queue.push({ dueMs: past.elapsedMs + delayMs, task: guarded });
    return () => undefined;
  };

  const store = createObjectStore({ now, uuid: random.uuid, firstRevision: 1000 + random.below(900_000) });
  const deletion = createDeletion(store, { now, after });
  const condition: SimulatedCluster['condition'] = {
    link: 'answers',
    areWatchesSilent: false,
    notReady: new Set(),
    unreadableKinds: new Set(),
    denials: [],
    missingImages: new Set(['gcr.io/kubebuilder/']),
    slowImages: new Set(),
    podFates: new Map(),
    isOperatorHung: false,
    isLockForbidden: false,
    isMeshsyncDeaf: false,
    isBrokerDown: false,
    isBrokerFrozen: false,
    broker: { isTlsRequired: false, refusesReaders: false, hasMonitor: true, roundTripMs: 1 },
    guests: new Map(),
    loadBalancer: traits.loadBalancer,
    detours: new Map(),
    refusedKinds: new Set(),
    meshsync: {
      isMute: false,
      isGarbled: false,
      hidesClusterId: false,
      isStorming: false,
      givesUp: false,
      image: undefined,
    },
    databaseProblem: undefined,
    databaseDelayMs: 0,
    brokerToken: undefined,
  };
  const watches = createWatches(store, {
    after,
    isSilent: () => condition.areWatchesSilent || condition.link === 'black-hole',
  });
  // 198.18.0.0/15 and 203.0.113.0/24 are reserved for tests and examples, so no real address is ever meant.
  const plan: AddressPlan = {
    clusterIp: () => {
      lastAddress = (lastAddress + 1) % ADDRESSES_A_CLUSTER;
      const place = options.block * ADDRESSES_A_CLUSTER + lastAddress;
      return `198.${18 + ((place >> 16) & 1)}.${(place >> 8) & 255}.${place & 255}`;
    },
    nodePort: () => (lastNodePort += 1),
  };

  const cluster: SimulatedCluster = {
    traits,
    store,
    deletion,
    watches,
    network: options.network,
    random,
    plan,
    journal: new Map(),
    brokers: new Map(),
    condition,
    now,
    after,
    write: (key, object, manager) => {
      const { namespace, name } = object.metadata;
      const previous = store.get(key, namespace, name);
      const kind =
        builtInKind(key) ??
        store
          .definitions()
          .map(customKind)
          .find((custom) => custom.key === key);
      const typed =
        kind === undefined ? object : { apiVersion: apiVersionOf(kind), kind: kind.kind, ...object };
      const config: JsonObject = object;
      const within = namespace === undefined ? undefined : store.get(NAMESPACES, undefined, namespace);
      // An API server takes nothing new into a namespace that is going.
      if (previous === undefined && within?.metadata.deletionTimestamp !== undefined) return typed;
      // As with server-side apply, what others wrote beside it stays: status, finalizers, a deletion under way.
      const merged: KubeObject = {
        ...(previous?.['status'] === undefined ? {} : { status: previous['status'] }),
        ...typed,
        metadata: { ...previous?.metadata, ...object.metadata },
      };
      return store.put(
        key,
        admit(key, merged, previous, plan),
        manager === undefined ? undefined : { manager, config },
      );
    },
    inThePast: (ageMs, build) => {
      const told: NonNullable<typeof past> = { ageMs, elapsedMs: 0, queue: [] };
      past = told;
      try {
        build();
        while (told.queue.length > 0) {
          told.queue.sort((a, b) => a.dueMs - b.dueMs);
          const next = told.queue[0];
          if (next === undefined || next.dueMs > SETTLING_MS) break;
          told.queue.shift();
          told.elapsedMs = next.dueMs;
          next.task();
        }
      } finally {
        past = undefined;
      }
      // What still repeats after that, a client that dials again and again for instance, goes on in the present.
      for (const { task } of told.queue) scheduler.after(0, task);
    },
    onError: options.onError,
    onClose: (close) => closers.push(close),
    close: () => {
      isClosed = true;
      for (const close of closers) close();
      for (const server of cluster.brokers.values()) server.stop();
    },
  };
  return cluster;
}

/** Makes sure of a namespace. */
export function ensureNamespace(cluster: SimulatedCluster, name: string): void {
  if (cluster.store.get(NAMESPACES, undefined, name) === undefined) {
    cluster.write(NAMESPACES, { metadata: { name, labels: { 'kubernetes.io/metadata.name': name } } });
  }
}
