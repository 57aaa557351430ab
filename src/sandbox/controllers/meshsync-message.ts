import type { KubeObject } from '../../services/ports.ts';
import { isObject } from '../kube/json.ts';

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** The body MeshSync publishes for one change (domain: envelope and data object; PascalCase keys, rows for labels). */
export function changeMessage(type: EventType, object: KubeObject, clusterId: string): string {
  return JSON.stringify({
    ObjectType: 'meshsync-data',
    EventType: type,
    Request: null,
    Object: dataObject(object, clusterId),
  });
}

/** One message of the answer to `informer-store`: an array of at most five, types empty. */
export function storeMessage(objects: readonly KubeObject[], clusterId: string): string {
  return JSON.stringify({
    ObjectType: '',
    EventType: '',
    Request: null,
    Object: objects.map((object) => dataObject(object, clusterId)),
  });
}

function dataObject(object: KubeObject, clusterId: string): object {
  const { metadata } = object;
  const rows = (kind: string, map: Readonly<Record<string, string>> | undefined) =>
    map === undefined
      ? undefined
      : Object.entries(map).map(([key, value]) => ({ id: '', unique_id: '', kind, key, value }));
  const text = (value: unknown) => (value === undefined ? undefined : JSON.stringify(value));
  const attribute = (value: unknown) =>
    isObject(value) ? { id: '', attribute: JSON.stringify(value) } : undefined;
  return {
    id: '',
    apiVersion: object.apiVersion,
    kind: object.kind,
    model: '',
    metadata: {
      id: '',
      name: metadata.name,
      namespace: metadata.namespace,
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
      generation: metadata.generation,
      creationTimestamp: metadata.creationTimestamp,
      deletionTimestamp: metadata.deletionTimestamp,
      labels: rows('label', metadata.labels),
      annotations: rows('annotation', metadata.annotations),
      ownerReferences: text(metadata.ownerReferences),
      finalizers: text(metadata.finalizers),
      cluster_id: '',
    },
    spec: attribute(object['spec']),
    status: attribute(object['status']),
    data: text(object['data']),
    type: object['type'],
    cluster_id: clusterId,
    pattern_resource: null,
    component_metadata: object.kind === 'Service' ? { capabilities: { connection: true, urls: [] } } : null,
  };
}
