/**
 * Kubernetes objects to our nouns, once. Each function takes an object as the API server gave it and gives the
 * projection, `undefined` for an object that is none of ours, or throws a ZodError for one that is malformed.
 */
import { z } from 'zod';
import type {
  ControllerResource,
  Definition,
  KubernetesEvent,
  Pod,
  Service,
  Workload,
} from '../../api/evidence.ts';
import type { Family } from '../../api/shapes.ts';
import type { KubeObject } from '../ports.ts';
import { DEFINITION_NAMES, TOKEN_SECRET } from './kinds.ts';
import { familyOf, isOwnedByResource, roleOf, roleOfLabels, roleOfName } from './roles.ts';

const Count = z.number().catch(0);
const Text = z.string().optional().catch(undefined);
const Conditions = z
  .array(z.object({ type: z.string(), status: z.string(), reason: Text, message: Text }))
  .catch([])
  .transform((conditions) =>
    conditions.map(({ type, status, reason, message }) => ({
      type,
      status,
      ...present({ reason, message }),
    })),
  );

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what is undefined: optional fields of the contract are absent, never undefined. */
function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}

function time(text: unknown): string {
  return new Date(z.string().parse(text)).toISOString();
}

function identity(object: KubeObject) {
  const { metadata } = object;
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    createdAt: time(metadata.creationTimestamp),
    ...(metadata.deletionTimestamp === undefined ? {} : { deletedAt: time(metadata.deletionTimestamp) }),
  };
}

const DefinitionObject = z.object({
  spec: z.object({
    group: z.string(),
    names: z.object({ kind: z.string() }),
    versions: z.array(z.object({ name: z.string(), served: z.boolean(), storage: z.boolean() })),
    conversion: z.object({ strategy: z.string() }).optional(),
  }),
});

export function projectDefinition(object: KubeObject): Definition | undefined {
  if (!DEFINITION_NAMES.has(object.metadata.name)) return undefined;
  const { spec } = DefinitionObject.parse(object);
  const deletion = object.metadata.deletionTimestamp;
  return {
    name: object.metadata.name,
    group: spec.group,
    kind: spec.names.kind,
    versions: spec.versions.map(({ name, served, storage }) => ({ name, served, stored: storage })),
    conversion: spec.conversion?.strategy === 'Webhook' ? 'Webhook' : 'None',
    ...(deletion === undefined ? {} : { deletedAt: time(deletion) }),
  };
}

const ResourceObject = z.object({
  spec: z
    .object({
      size: z.number().optional().catch(undefined),
      version: Text,
      service: z.object({ type: Text }).optional().catch(undefined),
      broker: z
        .object({
          native: z.object({ name: Text, namespace: Text }).optional().catch(undefined),
          custom: z.object({ url: Text }).optional().catch(undefined),
        })
        .optional()
        .catch(undefined),
      'watch-list': z
        .object({ data: z.object({ whitelist: Text, blacklist: Text }) })
        .optional()
        .catch(undefined),
    })
    .catch({}),
  status: z
    .object({
      endpoint: z.object({ internal: Text, external: Text }).optional().catch(undefined),
      'publishing-to': Text,
      conditions: Conditions,
    })
    .catch({ conditions: [] }),
});

export function projectResource(
  object: KubeObject,
  api: { kind: 'Broker' | 'MeshSync'; family: Family; group: string; version: string },
): ControllerResource {
  const { spec, status } = ResourceObject.parse(object);
  return {
    ...api,
    ...identity(object),
    finalizers: [...(object.metadata.finalizers ?? [])],
    ...present({
      size: spec.size,
      imageVersion: spec.version,
      serviceType: spec.service?.type,
      endpoint: status.endpoint === undefined ? undefined : present(status.endpoint),
      brokerName: spec.broker?.native?.name,
      brokerNamespace: spec.broker?.native?.namespace,
      brokerUrl: spec.broker?.custom?.url,
      publishingTo: status['publishing-to'],
      whitelist: spec['watch-list']?.data.whitelist,
      blacklist: spec['watch-list']?.data.blacklist,
    }),
    conditions: status.conditions,
  };
}

const WorkloadObject = z.object({
  spec: z.object({
    replicas: z.number().default(1),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()).catch({}) }).catch({ labels: {} }),
      spec: z.object({ containers: z.array(z.object({ name: z.string(), image: z.string().catch('') })) }),
    }),
  }),
  status: z
    .object({
      observedGeneration: Count,
      replicas: Count,
      updatedReplicas: Count,
      readyReplicas: Count,
      availableReplicas: Count.optional(),
      conditions: Conditions,
    })
    .catch({ observedGeneration: 0, replicas: 0, updatedReplicas: 0, readyReplicas: 0, conditions: [] }),
});

export function projectWorkload(
  object: KubeObject,
  kind: 'Deployment' | 'StatefulSet',
): Workload | undefined {
  const parsed = WorkloadObject.parse(object);
  const { spec, status } = parsed;
  const role = roleOf(object.metadata) ?? roleOfLabels(spec.template.metadata.labels);
  if (role === undefined) return undefined;
  const helmRelease = object.metadata.annotations?.['meta.helm.sh/release-name'];
  return {
    role,
    family: familyOf(object.metadata),
    kind,
    ...identity(object),
    generation: object.metadata.generation ?? 0,
    observedGeneration: status.observedGeneration,
    replicas: spec.replicas,
    updated: status.updatedReplicas,
    ready: status.readyReplicas,
    // StatefulSets tell availability since 1.22 only; ready is the nearest before.
    available: status.availableReplicas ?? (kind === 'StatefulSet' ? status.readyReplicas : 0),
    total: status.replicas,
    containers: spec.template.spec.containers,
    ...present({ helmRelease }),
    ownedByResource: isOwnedByResource(object.metadata),
    conditions: status.conditions,
  };
}

const Waiting = z.object({ reason: Text, message: Text });
const Ended = Waiting.extend({ exitCode: z.number().optional().catch(undefined) });
const ContainerState = z
  .object({ running: z.unknown().optional(), waiting: Waiting.optional(), terminated: Ended.optional() })
  .catch({});
const PodObject = z.object({
  spec: z.object({ nodeName: Text }).catch({}),
  status: z.object({
    phase: z.string().catch('Unknown'),
    conditions: Conditions,
    initContainerStatuses: z.array(z.unknown()).catch([]),
    containerStatuses: z.array(z.unknown()).catch([]),
  }),
});
const ContainerObject = z.object({
  name: z.string(),
  image: z.string().catch(''),
  ready: z.boolean().catch(false),
  restartCount: Count,
  state: ContainerState,
  lastState: ContainerState,
});

function projectContainer(raw: unknown): Pod['containers'][number] {
  const container = ContainerObject.parse(raw);
  const { running, waiting, terminated } = container.state;
  const told = waiting ?? terminated;
  const ended = terminated ?? container.lastState.terminated;
  return {
    name: container.name,
    image: container.image,
    ready: container.ready,
    restarts: container.restartCount,
    state: waiting ? 'waiting' : terminated ? 'terminated' : running === undefined ? 'unknown' : 'running',
    ...present({
      reason: told?.reason,
      message: told?.message,
      exitCode: ended?.exitCode,
      lastReason: container.lastState.terminated?.reason,
    }),
  };
}

export function projectPod(object: KubeObject): Pod | undefined {
  const role = roleOf(object.metadata);
  if (role === undefined) return undefined;
  const { spec, status } = PodObject.parse(object);
  const scheduled = status.conditions.find((condition) => condition.type === 'PodScheduled');
  const isUnschedulable = scheduled?.status === 'False';
  // An init container that ended well says nothing a rule needs; one that did not is why the pod does not start.
  const initial = status.initContainerStatuses
    .map(projectContainer)
    .filter((container) => container.state !== 'terminated' || container.exitCode !== 0);
  return {
    role,
    ...identity(object),
    phase: status.phase,
    ready: status.conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True'),
    ...present({
      node: spec.nodeName,
      unschedulable: isUnschedulable ? (scheduled.message ?? scheduled.reason ?? 'not scheduled') : undefined,
    }),
    containers: [...initial, ...status.containerStatuses.map(projectContainer)],
  };
}

const ServiceObject = z.object({
  spec: z.object({
    type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']).catch('ClusterIP'),
    clusterIP: Text,
    selector: z.record(z.string(), z.string()).catch({}),
    externalIPs: z.array(z.string()).catch([]),
    ports: z
      .array(z.object({ name: z.string().catch(''), port: z.number(), nodePort: z.number().optional() }))
      .catch([]),
  }),
  status: z
    .object({
      loadBalancer: z.object({ ingress: z.array(z.object({ ip: Text, hostname: Text })).catch([]) }),
    })
    .catch({ loadBalancer: { ingress: [] } }),
});

export function projectService(object: KubeObject): Service | undefined {
  const { spec, status } = ServiceObject.parse(object);
  const role = roleOf(object.metadata) ?? roleOfLabels(spec.selector);
  if (role === undefined) return undefined;
  const assigned = status.loadBalancer.ingress.flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
  const isHeadless = spec.clusterIP === undefined || spec.clusterIP === '' || spec.clusterIP === 'None';
  return {
    role,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    type: spec.type,
    ...present({ clusterIp: isHeadless ? undefined : spec.clusterIP }),
    externalAddresses: [...assigned, ...spec.externalIPs],
    ports: spec.ports.map(({ name, port, nodePort }) => ({ name, port, ...present({ nodePort }) })),
  };
}

const EventObject = z.object({
  type: z.string().catch('Normal'),
  reason: z.string().catch(''),
  message: z.string().catch(''),
  involvedObject: z.object({ kind: z.string().catch(''), name: z.string().catch('') }),
  count: z.number().catch(1),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
  series: z.object({ lastObservedTime: z.string().nullish(), count: Count }).nullish(),
});

export function projectEvent(object: KubeObject): KubernetesEvent | undefined {
  const event = EventObject.parse(object);
  const { kind, name } = event.involvedObject;
  const isOurs = kind === 'Broker' || kind === 'MeshSync' || roleOfName(name) !== undefined;
  if (event.type !== 'Warning' || !isOurs) return undefined;
  const last =
    event.series?.lastObservedTime ??
    event.lastTimestamp ??
    event.eventTime ??
    object.metadata.creationTimestamp;
  return {
    uid: object.metadata.uid ?? `${object.metadata.namespace ?? ''}/${object.metadata.name}`,
    type: event.type,
    reason: event.reason,
    message: event.message,
    objectKind: kind,
    objectName: name,
    namespace: object.metadata.namespace ?? '',
    count: Math.max(event.count, event.series?.count ?? 0),
    lastAt: time(last),
  };
}

/** The Broker's token, decoded; it stays inside the observer and the link. */
export interface BrokerSecret {
  readonly namespace: string;
  readonly token: string;
}

const SecretObject = z.object({ data: z.record(z.string(), z.string()).catch({}) });

export function projectSecret(object: KubeObject): BrokerSecret | undefined {
  if (object.metadata.name !== TOKEN_SECRET) return undefined;
  const encoded = SecretObject.parse(object).data['token'];
  if (encoded === undefined) return undefined;
  return { namespace: object.metadata.namespace ?? '', token: atob(encoded).trim() };
}
