import type { KubeObject } from '../../services/ports.ts';
import { numberAt, stringAt } from '../kube/json.ts';
import { DEPLOYMENTS } from '../kube/kinds.ts';
import type { Subject } from './operator-broker.ts';
import {
  annotationsOf,
  applyWhenChanged,
  deleteIfThere,
  ensureFinalizer,
  failedCondition,
  madeFor,
  readyCondition,
  releaseFinalizer,
  writeAsOperator,
  writeStatus,
} from './operator-broker.ts';

/** Brings the Deployment of a MeshSync resource to what it asks for, once its Broker has an address. */
export function reconcileMeshsync(subject: Subject, brokerKeys: readonly string[]): void {
  const { cluster, flavour, resource } = subject;
  if (resource.metadata.deletionTimestamp !== undefined) {
    cleanUpMeshsync(subject);
    releaseFinalizer(subject, 'meshsync');
    return;
  }
  if (flavour.isModern && ensureFinalizer(subject, 'meshsync')) return;
  const url = brokerUrlOf(subject, brokerKeys);
  if (url === undefined) {
    writeStatus(subject, { conditions: [readyCondition(subject, false)] });
    return;
  }
  const refusal = applyWhenChanged(subject, () => applyMeshsync(subject, url), url);
  const workload = cluster.store.get(DEPLOYMENTS, resource.metadata.namespace, resource.metadata.name);
  const isReady = (numberAt(workload, 'status', 'readyReplicas') ?? 0) > 0;
  writeStatus(subject, {
    'publishing-to': url,
    conditions: [refusal === undefined ? readyCondition(subject, isReady) : failedCondition(refusal)],
  });
}

/** Deletes what was made for a MeshSync resource, by name. */
export function cleanUpMeshsync({ cluster, resource, applied }: Subject): void {
  applied.delete(resource.metadata.uid ?? '');
  deleteIfThere(cluster, DEPLOYMENTS, resource.metadata.namespace, resource.metadata.name);
}

function brokerUrlOf({ cluster, resource }: Subject, brokerKeys: readonly string[]): string | undefined {
  const custom = stringAt(resource, 'spec', 'broker', 'custom', 'url');
  if (custom !== undefined && custom !== '') return custom.includes('://') ? custom : `nats://${custom}`;
  const name = stringAt(resource, 'spec', 'broker', 'native', 'name');
  const namespace =
    stringAt(resource, 'spec', 'broker', 'native', 'namespace') ?? resource.metadata.namespace;
  const brokers = brokerKeys.flatMap((key) => cluster.store.all(key, namespace));
  const isWanted = ({ metadata }: KubeObject) => name === undefined || metadata.name === name;
  const internal = stringAt(brokers.find(isWanted), 'status', 'endpoint', 'internal');
  return internal === undefined ? undefined : `nats://${internal}`;
}

function applyMeshsync(subject: Subject, url: string): void {
  const { cluster, flavour, resource } = subject;
  const { name, namespace } = resource.metadata;
  const labels = { app: flavour.family, component: 'meshsync' };
  const known = cluster.store.get(DEPLOYMENTS, namespace, name);
  const token =
    flavour.authSecret === undefined
      ? []
      : [{ name: 'NATS_TOKEN', valueFrom: { secretKeyRef: { name: flavour.authSecret, key: 'token' } } }];
  const container = {
    name: 'meshsync',
    image: cluster.condition.meshsync.image ?? flavour.meshsyncImage(stringAt(resource, 'spec', 'version')),
    ports: [{ name: 'client', containerPort: 11_000, protocol: 'TCP' }],
    env: [{ name: 'BROKER_URL', value: url }, ...token],
  };
  const spec = {
    replicas: numberAt(resource, 'spec', 'size') ?? 1,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels, annotations: annotationsOf(known) },
      spec: { serviceAccountName: `${flavour.family}-operator`, containers: [container] },
    },
  };
  const deployment = { metadata: madeFor(subject, name, labels), spec };
  writeAsOperator(subject, DEPLOYMENTS, deployment, 'meshsync');
}
