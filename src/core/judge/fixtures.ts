/** Evidence for tests: a healthy cluster, and the small changes that make a story of it. */
import type {
  Candidate,
  ControllerResource,
  Definition,
  Evidence,
  Failure,
  FailureKind,
  Link,
  Monitor,
  Observation,
  Pod,
  Service,
  Workload,
} from '../../api/evidence.ts';
import type { Controller } from '../../api/shapes.ts';

export const NOW_MS = Date.parse('2026-03-01T12:00:00.000Z');
export const CONTEXT = { nowMs: NOW_MS, observedSinceMs: NOW_MS - 3_600_000 };
export const SECOND = 1000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

/** The time that was so many milliseconds before the tests' now. */
export function ago(ageMs: number): string {
  return new Date(NOW_MS - ageMs).toISOString();
}

export function seen<T>(value: T, ageMs = 100): { status: 'seen'; value: T; seenAt: string } {
  return { status: 'seen', value, seenAt: ago(ageMs) };
}

export function failure(kind: FailureKind, message = `it failed: ${kind}`): Failure {
  return { kind, message };
}

export function failed<T>(
  kind: FailureKind,
  more: {
    message?: string;
    permission?: NonNullable<Failure['permission']>;
    lastValue?: T;
    lastSeenAt?: string;
  } = {},
): Observation<T> {
  const { message, permission, ...last } = more;
  return {
    status: 'failed',
    failure: { ...failure(kind, message), ...(permission === undefined ? {} : { permission }) },
    failedAt: ago(SECOND),
    ...last,
  };
}

const NAMES: Record<Controller, string> = {
  operator: 'meshery-operator',
  meshsync: 'meshery-meshsync',
  broker: 'meshery-nats',
};
const IMAGES: Record<Controller, { name: string; image: string }[]> = {
  operator: [{ name: 'manager', image: 'meshery/meshery-operator:1.0.5' }],
  meshsync: [{ name: 'meshsync', image: 'meshery/meshsync:1.0.3' }],
  broker: [
    { name: 'nats', image: 'nats:2.14.2-alpine' },
    { name: 'reloader', image: 'natsio/nats-server-config-reloader:0.23.0' },
  ],
};

export function workload(role: Controller, more: Partial<Workload> = {}): Workload {
  return {
    role,
    family: 'meshery',
    kind: role === 'broker' ? 'StatefulSet' : 'Deployment',
    namespace: 'meshery',
    name: NAMES[role],
    uid: `uid-${role}`,
    createdAt: ago(48 * HOUR),
    generation: 1,
    observedGeneration: 1,
    replicas: 1,
    updated: 1,
    ready: 1,
    available: 1,
    total: 1,
    containers: IMAGES[role],
    ownedByResource: role !== 'operator',
    conditions: [],
    ...more,
  };
}

/** A workload none of whose pods is ready. */
export function unreadyWorkload(role: Controller, more: Partial<Workload> = {}): Workload {
  return workload(role, { ready: 0, available: 0, ...more });
}

export function pod(role: Controller, more: Partial<Pod> = {}): Pod {
  return {
    role,
    namespace: 'meshery',
    name: role === 'broker' ? `${NAMES[role]}-0` : `${NAMES[role]}-6d5f`,
    uid: `uid-pod-${role}`,
    createdAt: ago(role === 'broker' ? 47 * HOUR : 46 * HOUR),
    phase: 'Running',
    ready: true,
    node: 'node-1',
    containers: IMAGES[role].map((one) => ({ ...one, ready: true, restarts: 0, state: 'running' as const })),
    ...more,
  };
}

/** A pod whose first container waits or ended for a reason. */
export function badPod(
  role: Controller,
  container: Partial<Pod['containers'][number]>,
  more: Partial<Pod> = {},
): Pod {
  const [first, ...rest] = pod(role).containers;
  return pod(role, {
    ready: false,
    containers:
      first === undefined ? [] : [{ ...first, ready: false, state: 'waiting', ...container }, ...rest],
    ...more,
  });
}

export function service(role: Controller, more: Partial<Service> = {}): Service {
  return {
    role,
    namespace: 'meshery',
    name: NAMES[role],
    type: 'LoadBalancer',
    clusterIp: '10.96.0.20',
    externalAddresses: ['203.0.113.7'],
    ports: [
      { name: 'nats', port: 4222 },
      { name: 'monitor', port: 8222 },
    ],
    ...more,
  };
}

export function broker(more: Partial<ControllerResource> = {}): ControllerResource {
  return {
    kind: 'Broker',
    family: 'meshery',
    group: 'meshery.io',
    version: 'v1alpha2',
    namespace: 'meshery',
    name: 'meshery-broker',
    uid: 'uid-broker-resource',
    createdAt: ago(48 * HOUR),
    finalizers: [],
    size: 1,
    endpoint: { internal: '10.96.0.20:4222', external: '203.0.113.7:4222' },
    conditions: [],
    ...more,
  };
}

export function meshsync(more: Partial<ControllerResource> = {}): ControllerResource {
  return {
    kind: 'MeshSync',
    family: 'meshery',
    group: 'meshery.io',
    version: 'v1alpha2',
    namespace: 'meshery',
    name: 'meshery-meshsync',
    uid: 'uid-meshsync-resource',
    createdAt: ago(48 * HOUR),
    finalizers: [],
    size: 1,
    brokerName: 'meshery-broker',
    brokerNamespace: 'meshery',
    publishingTo: '10.96.0.20:4222',
    conditions: [],
    ...more,
  };
}

export function definition(kind: 'Broker' | 'MeshSync', more: Partial<Definition> = {}): Definition {
  const group = more.group ?? 'meshery.io';
  return {
    name: `${kind.toLowerCase()}s.${group}`,
    group,
    kind,
    versions: [
      { name: 'v1alpha1', served: true, stored: false },
      { name: 'v1alpha2', served: true, stored: true },
    ],
    conversion: 'None',
    ...more,
  };
}

export function candidate(kind: Candidate['kind'], why?: FailureKind): Candidate {
  const address = kind === 'port-forward' ? '127.0.0.1:41222' : '203.0.113.7:4222';
  return why === undefined
    ? { kind, address, outcome: 'answered', latencyMs: 3 }
    : { kind, address, outcome: 'failed', failure: failure(why) };
}

export function link(more: Partial<Link> = {}): Link {
  return {
    state: 'connected',
    sinceAt: ago(HOUR),
    candidates: [candidate('external')],
    chosen: 'external',
    address: '203.0.113.7:4222',
    token: 'used',
    proof: 'proven',
    serverName: 'meshery-nats-0',
    serverVersion: '2.14.2',
    clientId: 7,
    roundTripMs: 1,
    attempts: 1,
    subjects: ['meshery.meshsync.core', 'meshplay.meshsync.core'],
    messages: 12_408,
    bytes: 9_000_000,
    messagesBySubject: { 'meshery.meshsync.core': 12_408 },
    lastMessageAt: ago(200),
    ratePerSecond: 48,
    ...more,
  };
}

/** A link that has never come about. */
export function linkDown(more: Partial<Link> = {}): Link {
  const { chosen: _chosen, lastMessageAt: _lastMessageAt, clientId: _clientId, ...rest } = link();
  return {
    ...rest,
    state: 'connecting',
    sinceAt: ago(4 * MINUTE),
    candidates: [],
    attempts: 12,
    messages: 0,
    bytes: 0,
    messagesBySubject: {},
    ratePerSecond: 0,
    ...more,
  };
}

export const meshsyncClient: Monitor['clients'][number] = {
  cid: 5,
  name: 'meshsync',
  address: '10.244.0.9:50311',
  subscriptions: ['meshery.meshsync.request'],
  inMessages: 12_408,
  outMessages: 3,
  isOurs: false,
};

export const ourClient: Monitor['clients'][number] = {
  cid: 7,
  name: 'meshplay-server',
  address: '203.0.113.99:40100',
  subscriptions: ['meshery.meshsync.core', 'meshplay.meshsync.core'],
  inMessages: 1,
  outMessages: 12_408,
  isOurs: true,
};

export function monitor(more: Partial<Monitor> = {}): Monitor {
  return {
    serverName: 'meshery-nats-0',
    version: '2.14.2',
    connections: 2,
    isComplete: true,
    clients: [meshsyncClient, ourClient],
    slowConsumers: 0,
    inMessages: 12_408,
    outMessages: 12_408,
    authRequired: true,
    ...more,
  };
}

/** A healthy Meshery cluster with this server outside of it; `overrides` replace whole observations. */
export function healthyEvidence(overrides: Partial<Evidence> = {}): Evidence {
  return {
    connectionId: 'connection-1',
    takenAt: ago(0),
    server: 'https://prod-eu-1.example:6443',
    isServerInCluster: false,
    isTlsVerified: true,
    api: seen({ version: 'v1.33.4', latencyMs: 38, isReady: true, notReady: [] }),
    clusterUid: seen('4f6d6a52-6b0e-4a53-9f5a-2f1f4b8d2c11'),
    definitions: seen([definition('Broker'), definition('MeshSync')]),
    resources: seen([broker(), meshsync()]),
    workloads: seen([workload('operator'), workload('meshsync'), workload('broker')]),
    pods: seen([pod('operator'), pod('meshsync'), pod('broker')]),
    services: seen([service('broker')]),
    events: seen([]),
    brokerToken: seen({ isPresent: true, namespace: 'meshery' }),
    namespaces: ['meshery'],
    streams: [
      { name: 'pods', state: 'live', sinceAt: ago(HOUR), provenAt: ago(SECOND), attempts: 0, objects: 3 },
    ],
    link: link(),
    monitor: seen(monitor()),
    database: seen({ rows: 512, lastWriteAt: ago(200), isBehind: false, rejected: 0 }),
    ...overrides,
  };
}

/** The three workloads with one of them replaced; `undefined` leaves it out. */
export function workloadsWith(role: Controller, replacement: Workload | undefined): Observation<Workload[]> {
  const others = (['operator', 'meshsync', 'broker'] as const)
    .filter((other) => other !== role)
    .map((other) => workload(other));
  return seen(replacement === undefined ? others : [...others, replacement]);
}

/** The three pods with one of them replaced; `undefined` leaves it out. */
export function podsWith(role: Controller, replacement: Pod | undefined): Observation<Pod[]> {
  const others = (['operator', 'meshsync', 'broker'] as const)
    .filter((other) => other !== role)
    .map((other) => pod(other));
  return seen(replacement === undefined ? others : [...others, replacement]);
}
