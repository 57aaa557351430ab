import type { KubeObject } from '../../services/ports.ts';
import type { SimulatedCluster } from '../cluster.ts';
import { isSame, listAt, numberAt, objectAt, stringAt } from '../kube/json.ts';
import { CONFIG_MAPS, SECRETS, SERVICES, STATEFUL_SETS } from '../kube/kinds.ts';
import { timestamp } from '../kube/store.ts';
import type { Flavour } from './flavour.ts';

/** One resource the Operator looks after, and what it knows of it. */
export interface Subject {
  readonly cluster: SimulatedCluster;
  readonly flavour: Flavour;
  readonly key: string;
  readonly resource: KubeObject;
  readonly applied: Map<string, string>;
  /** Tells its log why it failed, and looks at the resource again a while later. */
  retry(why: string): void;
}

const CLEAN_UP_MS = 400;

/** Brings the workload of a Broker resource to what it asks for; releases its finalizer when it is being deleted. */
export function reconcileBroker(subject: Subject): void {
  const { cluster, flavour, resource } = subject;
  if (resource.metadata.deletionTimestamp !== undefined) {
    cleanUpBroker(subject);
    releaseFinalizer(subject, 'broker');
    return;
  }
  if (flavour.isModern && ensureFinalizer(subject, 'broker')) return;
  const refusal = applyWhenChanged(subject, () => applyBroker(subject));
  const name = flavour.brokerWorkload(resource.metadata.name);
  const service = cluster.store.get(SERVICES, resource.metadata.namespace, name);
  const workload = cluster.store.get(STATEFUL_SETS, resource.metadata.namespace, name);
  const wanted = numberAt(resource, 'spec', 'size') ?? 1;
  const isReady = (numberAt(workload, 'status', 'readyReplicas') ?? 0) >= wanted;
  const external = externalOf(cluster, resource, service);
  const internal = stringAt(service, 'spec', 'clusterIP');
  writeStatus(subject, {
    endpoint: {
      ...(internal === undefined ? {} : { internal: `${internal}:4222` }),
      ...(external === undefined ? {} : { external }),
    },
    conditions: [refusal === undefined ? readyCondition(subject, isReady) : failedCondition(refusal)],
  });
}

/** Deletes what was made for a Broker resource, by name. */
export function cleanUpBroker({ cluster, flavour, resource, applied }: Subject): void {
  applied.delete(resource.metadata.uid ?? '');
  const name = flavour.brokerWorkload(resource.metadata.name);
  const doomed = [
    [STATEFUL_SETS, name],
    [SERVICES, name],
    [SERVICES, `${name}-headless`],
    [CONFIG_MAPS, `${flavour.family}-nats-config`],
    [CONFIG_MAPS, `${flavour.family}-nats-accounts`],
    [SECRETS, flavour.authSecret ?? ''],
  ] as const;
  for (const [key, doomedName] of doomed)
    deleteIfThere(cluster, key, resource.metadata.namespace, doomedName);
}

export function deleteIfThere(
  cluster: SimulatedCluster,
  key: string,
  namespace: string | undefined,
  name: string,
): void {
  const object = cluster.store.get(key, namespace, name);
  if (object !== undefined && object.metadata.deletionTimestamp === undefined) {
    cluster.deletion.request(key, object, 'Background');
  }
}

/**
 * Runs `apply` only where the resource asks for something else than last time, or its workload is gone. Gives the
 * words of the API server where it refused: then the Operator tries again later.
 */
export function applyWhenChanged(
  { resource, applied, retry }: Subject,
  apply: () => void,
  also?: string,
): string | undefined {
  const { annotations, labels, uid = '' } = resource.metadata;
  const asked = JSON.stringify([resource['spec'], annotations, labels, also]);
  if (applied.get(uid) === asked) return undefined;
  try {
    apply();
  } catch (error) {
    if (!(error instanceof RefusedByPolicy)) throw error;
    applied.delete(uid);
    retry(error.message);
    return error.message;
  }
  applied.set(uid, asked);
  return undefined;
}

class RefusedByPolicy extends Error {}

/** Writes an object as the Operator does: an admission policy of the cluster may refuse it. */
export function writeAsOperator(
  { cluster, flavour }: Subject,
  key: string,
  object: KubeObject,
  part: 'broker' | 'meshsync',
): void {
  if (cluster.condition.refusedKinds.has(key)) {
    const plural = key.split('/')[1] ?? key;
    throw new RefusedByPolicy(
      `admission webhook "policy.example" denied the request: ${plural} ${object.metadata.name} is not allowed`,
    );
  }
  cluster.write(key, object, `${flavour.family}-operator-${part}`);
}

/** What the Operators write of a failure: the type is `Failed`, the status `False`, and the reason counts. */
export function failedCondition(message: string): Readonly<Record<string, unknown>> {
  return { type: 'Failed', status: 'False', reason: 'ReconciliationFailed', message };
}

export function ensureFinalizer({ cluster, key, resource }: Subject, word: string): boolean {
  const finalizer = finalizerOf(key, word);
  const finalizers = resource.metadata.finalizers ?? [];
  if (finalizers.includes(finalizer)) return false;
  cluster.store.put(key, {
    ...resource,
    metadata: { ...resource.metadata, finalizers: [...finalizers, finalizer] },
  });
  return true;
}

export function releaseFinalizer({ cluster, key, resource }: Subject, word: string): void {
  const { namespace, name } = resource.metadata;
  cluster.after(CLEAN_UP_MS, () => {
    const current = cluster.store.get(key, namespace, name);
    if (current === undefined) return;
    const finalizers = (current.metadata.finalizers ?? []).filter((held) => held !== finalizerOf(key, word));
    cluster.store.put(key, { ...current, metadata: { ...current.metadata, finalizers } });
  });
}

function finalizerOf(key: string, word: string): string {
  return `${word}.${key.split('/')[0] ?? ''}/finalizer`;
}

export function readyCondition(
  { cluster, resource }: Subject,
  isReady: boolean,
): Readonly<Record<string, unknown>> {
  const before = listAt(resource, 'status', 'conditions')[0];
  const status = isReady ? 'True' : 'False';
  const isSteady = stringAt(before, 'status') === status;
  return {
    type: 'Ready',
    status,
    reason: isReady ? 'ReconciliationSuccessful' : 'HealthCheckFailed',
    message: isReady ? 'Everything asked for is in place.' : 'The workload is not ready yet.',
    lastTransitionTime:
      (isSteady ? stringAt(before, 'lastTransitionTime') : undefined) ?? timestamp(cluster.now()),
  };
}

export function writeStatus({ cluster, key, resource }: Subject, status: object): void {
  if (!isSame(resource['status'], status)) cluster.store.put(key, { ...resource, status });
}

/** Metadata of an object made for a resource. */
export function madeFor(
  { flavour, key, resource }: Subject,
  name: string,
  labels: Readonly<Record<string, string>>,
) {
  const group = key.split('/')[0] ?? '';
  const owner = {
    apiVersion: resource.apiVersion ?? group,
    kind: resource.kind ?? '',
    name: resource.metadata.name,
    uid: resource.metadata.uid ?? '',
  };
  return {
    name,
    labels,
    ...(resource.metadata.namespace === undefined ? {} : { namespace: resource.metadata.namespace }),
    ...(flavour.isModern
      ? { ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }] }
      : {}),
  };
}

function applyBroker(subject: Subject): void {
  const { cluster, flavour, resource } = subject;
  const { family, authSecret, brokerLabels: labels } = flavour;
  const name = flavour.brokerWorkload(resource.metadata.name);
  const write = (key: string, object: KubeObject) => writeAsOperator(subject, key, object, 'broker');
  const namespace = resource.metadata.namespace;
  if (authSecret !== undefined && cluster.store.get(SECRETS, namespace, authSecret) === undefined) {
    const metadata = madeFor(subject, authSecret, labels);
    write(SECRETS, { metadata, data: { token: btoa(`t${cluster.random.hex(64)}`) } });
  }
  const configName = `${family}-nats-config`;
  const config = { 'nats.conf': 'port: 4222\nhttp_port: 8222\n' };
  write(CONFIG_MAPS, { metadata: madeFor(subject, configName, labels), data: config });
  if (!flavour.isModern) {
    const accounts = madeFor(subject, `${family}-nats-accounts`, labels);
    write(CONFIG_MAPS, { metadata: accounts, data: { 'resolver.conf': 'resolver: MEMORY\n' } });
  }
  const ports = [
    { name: flavour.isModern ? 'nats' : 'client', port: 4222, targetPort: 4222, protocol: 'TCP' },
    { name: 'monitor', port: 8222, targetPort: 8222, protocol: 'TCP' },
  ];
  if (flavour.isModern) {
    const metadata = madeFor(subject, `${name}-headless`, labels);
    write(SERVICES, { metadata, spec: { clusterIP: 'None', selector: labels, ports } });
  }
  const type =
    stringAt(resource, 'spec', 'service', 'type') ?? (flavour.isModern ? 'ClusterIP' : 'LoadBalancer');
  write(SERVICES, { metadata: madeFor(subject, name, labels), spec: { type, selector: labels, ports } });
  const tokenEnv =
    authSecret === undefined
      ? []
      : [{ name: 'NATS_TOKEN', valueFrom: { secretKeyRef: { name: authSecret, key: 'token' } } }];
  const containers = [
    {
      name: 'nats',
      image: flavour.brokerImages.nats,
      env: [{ name: 'SERVER_NAME', value: name }, ...tokenEnv],
    },
    { name: 'reloader', image: flavour.brokerImages.reloader },
  ];
  const known = cluster.store.get(STATEFUL_SETS, namespace, name);
  const spec = {
    replicas: numberAt(resource, 'spec', 'size') ?? 1,
    serviceName: flavour.isModern ? `${name}-headless` : name,
    selector: { matchLabels: labels },
    template: { metadata: { labels, annotations: annotationsOf(known) }, spec: { containers } },
  };
  write(STATEFUL_SETS, { metadata: madeFor(subject, name, labels), spec });
}

/** What others wrote on the pods’ template (a restart, for instance) stays. */
export function annotationsOf(workload: KubeObject | undefined): Readonly<Record<string, unknown>> {
  return objectAt(workload, 'spec', 'template', 'metadata', 'annotations');
}

function externalOf(
  cluster: SimulatedCluster,
  resource: KubeObject,
  service: KubeObject | undefined,
): string | undefined {
  const override = stringAt(resource, 'spec', 'service', 'externalEndpointOverride');
  if (override !== undefined) return override;
  const ingress = listAt(service, 'status', 'loadBalancer', 'ingress')[0];
  const host = stringAt(ingress, 'hostname') ?? stringAt(ingress, 'ip');
  if (host !== undefined) return `${host}:4222`;
  if (stringAt(service, 'spec', 'type') !== 'NodePort') return undefined;
  const port = listAt(service, 'spec', 'ports').find((entry) => numberAt(entry, 'port') === 4222);
  return `${new URL(cluster.traits.server).hostname}:${numberAt(port, 'nodePort') ?? 4222}`;
}
