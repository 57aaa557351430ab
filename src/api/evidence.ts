import { z } from 'zod';
import { Controller, Family, Time } from './shapes.ts';

/** A permission that was missing when something was tried. */
export const Permission = z
  .object({
    verb: z.string(),
    group: z.string(),
    resource: z.string(),
    namespace: z.string().optional(),
    name: z.string().optional(),
  })
  .meta({ id: 'Permission' });
export type Permission = z.infer<typeof Permission>;

export const FAILURE_KINDS = [
  'unreachable',
  'refused',
  'timeout',
  'dns',
  'tls',
  'proxy',
  'proxy-auth',
  'unauthorized',
  'forbidden',
  'not-found',
  'conflict',
  'expired',
  'silent',
  'exec-missing',
  'exec-failed',
  'invalid-config',
  'protocol',
  'auth',
  'wrong-cluster',
  'unavailable',
  'damaged',
  'other',
] as const;

/** Why something could not be observed or reached. Rules branch on `kind`, people read `message`. */
export const Failure = z
  .object({
    kind: z.enum(FAILURE_KINDS),
    message: z.string(),
    permission: Permission.optional(),
  })
  .meta({ id: 'Failure' });
export type Failure = z.infer<typeof Failure>;
export type FailureKind = Failure['kind'];

/**
 * One thing looked at. `seen` holds what was there (an empty list is *absent*, and is a fact); `failed` means
 * that nothing may be claimed, and keeps the last good value with its time; `pending` was not looked at yet.
 */
export function observation<T extends z.ZodType>(value: T) {
  return z.discriminatedUnion('status', [
    z.object({ status: z.literal('seen'), value, seenAt: Time }),
    z.object({
      status: z.literal('failed'),
      failure: Failure,
      failedAt: Time,
      lastValue: value.optional(),
      lastSeenAt: Time.optional(),
    }),
    z.object({ status: z.literal('pending') }),
  ]);
}
export type Observation<T> =
  | { status: 'seen'; value: T; seenAt: string }
  | {
      status: 'failed';
      failure: Failure;
      failedAt: string;
      lastValue?: T | undefined;
      lastSeenAt?: string | undefined;
    }
  | { status: 'pending' };

export const Definition = z
  .object({
    name: z.string().describe('plural.group'),
    group: z.string(),
    kind: z.string(),
    versions: z.array(z.object({ name: z.string(), served: z.boolean(), stored: z.boolean() })),
    conversion: z.enum(['None', 'Webhook']),
    deletedAt: Time.optional(),
  })
  .meta({ id: 'Definition' });
export type Definition = z.infer<typeof Definition>;

export const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
});

/** A Broker or MeshSync resource, projected to what the rules need. */
export const ControllerResource = z
  .object({
    kind: z.enum(['Broker', 'MeshSync']),
    family: Family,
    group: z.string(),
    version: z.string().describe('API version it was read at'),
    namespace: z.string(),
    name: z.string(),
    uid: z.string(),
    createdAt: Time,
    deletedAt: Time.optional().describe('deletionTimestamp: it is being deleted'),
    finalizers: z.array(z.string()),
    size: z.number().optional(),
    imageVersion: z.string().optional().describe('spec.version'),
    serviceType: z.string().optional(),
    endpoint: z.object({ internal: z.string().optional(), external: z.string().optional() }).optional(),
    brokerName: z.string().optional(),
    brokerNamespace: z.string().optional(),
    brokerUrl: z.string().optional(),
    publishingTo: z.string().optional(),
    whitelist: z.string().optional(),
    blacklist: z.string().optional(),
    conditions: z.array(Condition),
  })
  .meta({ id: 'ControllerResource' });
export type ControllerResource = z.infer<typeof ControllerResource>;

export const Workload = z
  .object({
    role: Controller,
    family: Family,
    kind: z.enum(['Deployment', 'StatefulSet']),
    namespace: z.string(),
    name: z.string(),
    uid: z.string(),
    createdAt: Time,
    deletedAt: Time.optional(),
    generation: z.number(),
    observedGeneration: z.number(),
    replicas: z.number().describe('wanted'),
    updated: z.number(),
    ready: z.number(),
    available: z.number(),
    total: z.number().describe('pods of any revision'),
    containers: z.array(z.object({ name: z.string(), image: z.string() })),
    helmRelease: z.string().optional(),
    ownedByResource: z.boolean().describe('has an owner reference to a Broker or MeshSync resource'),
    conditions: z.array(Condition),
  })
  .meta({ id: 'Workload' });
export type Workload = z.infer<typeof Workload>;

export const ContainerStatus = z.object({
  name: z.string(),
  image: z.string(),
  ready: z.boolean(),
  restarts: z.number(),
  state: z.enum(['running', 'waiting', 'terminated', 'unknown']),
  reason: z.string().optional().describe('ImagePullBackOff, CrashLoopBackOff, OOMKilled…'),
  message: z.string().optional(),
  exitCode: z.number().optional(),
  lastReason: z.string().optional().describe('why it ended the time before'),
});

export const Pod = z
  .object({
    role: Controller,
    namespace: z.string(),
    name: z.string(),
    uid: z.string(),
    createdAt: Time,
    deletedAt: Time.optional(),
    phase: z.string(),
    ready: z.boolean(),
    node: z.string().optional(),
    unschedulable: z.string().optional().describe('the scheduler’s own words'),
    containers: z.array(ContainerStatus),
  })
  .meta({ id: 'Pod' });
export type Pod = z.infer<typeof Pod>;

export const Service = z
  .object({
    role: Controller,
    namespace: z.string(),
    name: z.string(),
    type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']),
    clusterIp: z.string().optional().describe('absent for a headless service'),
    externalAddresses: z.array(z.string()),
    ports: z.array(z.object({ name: z.string(), port: z.number(), nodePort: z.number().optional() })),
  })
  .meta({ id: 'Service' });
export type Service = z.infer<typeof Service>;

/** An event of the cluster’s own, about one of our objects. */
export const KubernetesEvent = z
  .object({
    uid: z.string(),
    type: z.string(),
    reason: z.string(),
    message: z.string(),
    objectKind: z.string(),
    objectName: z.string(),
    namespace: z.string(),
    count: z.number(),
    lastAt: Time,
  })
  .meta({ id: 'KubernetesEvent' });
export type KubernetesEvent = z.infer<typeof KubernetesEvent>;

export const STREAM_STATES = ['starting', 'live', 'silent', 'retrying', 'stopped'] as const;

/** How one watch fares: a watch that says nothing is the worst lie, so each is observed itself. */
export const Stream = z
  .object({
    name: z.string(),
    state: z.enum(STREAM_STATES),
    sinceAt: Time,
    provenAt: Time.optional().describe('when it was last known to tell the truth'),
    attempts: z.number(),
    objects: z.number(),
    failure: Failure.optional(),
  })
  .meta({ id: 'Stream' });
export type Stream = z.infer<typeof Stream>;

/** Ways to the Broker, in the order they are tried. */
export const CANDIDATE_KINDS = ['internal', 'external', 'docker-host', 'api-host', 'port-forward'] as const;
export const Candidate = z
  .object({
    kind: z.enum(CANDIDATE_KINDS),
    address: z.string(),
    outcome: z.enum(['untried', 'trying', 'answered', 'failed', 'skipped']),
    failure: Failure.optional(),
    latencyMs: z.number().optional(),
    triedAt: Time.optional(),
  })
  .meta({ id: 'Candidate' });
export type Candidate = z.infer<typeof Candidate>;

/** The server’s own NATS connection into a cluster. */
export const Link = z
  .object({
    state: z.enum(['idle', 'connecting', 'connected', 'lost']),
    sinceAt: Time,
    candidates: z.array(Candidate),
    chosen: z.enum(CANDIDATE_KINDS).optional(),
    address: z.string().optional(),
    token: z.enum(['none', 'used', 'unreadable']),
    proof: z
      .enum(['proven', 'unproven', 'mismatch'])
      .describe('whether the Broker that answered is known to be this cluster’s'),
    serverName: z.string().optional(),
    serverVersion: z.string().optional(),
    clientId: z.number().optional(),
    roundTripMs: z.number().optional(),
    attempts: z.number(),
    nextTryAt: Time.optional(),
    failure: Failure.optional().describe('why the last attempt or the last session ended'),
    subjects: z.array(z.string()),
    messages: z.number(),
    bytes: z.number(),
    messagesBySubject: z.record(z.string(), z.number()),
    lastBySubject: z
      .record(z.string(), Time)
      .optional()
      .describe('when the last message of each subject came'),
    lastMessageAt: Time.optional(),
    ratePerSecond: z.number(),
    heardForSeconds: z.number().optional().describe('from the first message to the last'),
    longestGapSeconds: z
      .number()
      .optional()
      .describe('the longest usual pause between two messages, of the last hour'),
    quietForSeconds: z
      .number()
      .optional()
      .describe(
        'listened to since MeshSync last told of a change by itself; time without a link is not counted',
      ),
    resyncAskedAt: Time.optional(),
  })
  .meta({ id: 'Link' });
export type Link = z.infer<typeof Link>;

export const BrokerClient = z.object({
  cid: z.number(),
  name: z.string(),
  address: z.string().optional(),
  subscriptions: z.array(z.string()),
  inMessages: z.number(),
  outMessages: z.number(),
  isOurs: z.boolean(),
});

/** What the Broker’s monitoring port tells of it. */
export const Monitor = z
  .object({
    serverName: z.string(),
    version: z.string(),
    connections: z.number(),
    isComplete: z.boolean().describe('false when there were more clients than we read'),
    clients: z.array(BrokerClient).describe('MeshSync’s and servers’ only'),
    slowConsumers: z.number(),
    inMessages: z.number(),
    outMessages: z.number(),
    authRequired: z.boolean(),
  })
  .meta({ id: 'Monitor' });
export type Monitor = z.infer<typeof Monitor>;

/** What the database holds of this cluster. */
export const DatabaseEvidence = z
  .object({
    rows: z.number(),
    lastWriteAt: Time.optional(),
    isBehind: z.boolean().describe('writing is slower than what arrives'),
    rejected: z
      .number()
      .describe('messages that could not be stored, by any reason, since a full copy was asked for'),
  })
  .meta({ id: 'DatabaseEvidence' });
export type DatabaseEvidence = z.infer<typeof DatabaseEvidence>;

export const ApiServer = z.object({
  version: z.string(),
  latencyMs: z.number(),
  isReady: z.boolean().describe('/readyz'),
  notReady: z.array(z.string()).describe('the checks of /readyz that fail'),
});

/** Everything observed of one connection. Plain data: the same rules judge it live, in the sandbox, or from a bundle. */
export const Evidence = z
  .object({
    connectionId: z.string(),
    takenAt: Time,
    server: z.string().describe('URL of the API server'),
    isServerInCluster: z.boolean().describe('this server runs inside this very cluster'),
    isTlsVerified: z.boolean(),
    proxy: z
      .string()
      .optional()
      .describe('host and port of the proxy that the kubeconfig asks for; never its credentials'),
    api: observation(ApiServer),
    clusterUid: observation(z.string()),
    definitions: observation(z.array(Definition)),
    resources: observation(z.array(ControllerResource)),
    workloads: observation(z.array(Workload)),
    pods: observation(z.array(Pod)),
    services: observation(z.array(Service)),
    events: observation(z.array(KubernetesEvent)),
    brokerToken: observation(z.object({ isPresent: z.boolean(), namespace: z.string().optional() })),
    namespaces: z.array(z.string()).describe('where Operator, MeshSync and Broker were found'),
    streams: z.array(Stream),
    link: Link,
    monitor: observation(Monitor),
    database: observation(DatabaseEvidence),
  })
  .meta({ id: 'Evidence' });
export type Evidence = z.infer<typeof Evidence>;
