/** MeshSync’s wire format: the envelope, and the flattened object inside it (the Go structs’ own field names). */
import type { KubeObject } from '../harness/kube-api.ts';

/** One envelope; PascalCase keys because the Go struct carries no JSON tags. */
export function envelope(objectType: string, eventType: string, object: unknown): string {
  return JSON.stringify({ ObjectType: objectType, EventType: eventType, Request: null, Object: object });
}

/** A Kubernetes object as MeshSync sends it: labels as rows, spec and status as JSON text, absent where empty. */
export function toWireObject(object: KubeObject, clusterId: string): object {
  const { metadata, spec, status, data } = object;
  const rows = (kind: string, map: Record<string, string> | undefined) =>
    map === undefined || Object.keys(map).length === 0
      ? {}
      : {
          [`${kind}s`]: Object.entries(map).map(([key, value]) => ({
            id: '',
            unique_id: '',
            kind,
            key,
            value,
          })),
        };
  const text = (key: string, value: unknown) => (value === undefined ? {} : { [key]: JSON.stringify(value) });
  return {
    id: '',
    apiVersion: object.apiVersion ?? '',
    kind: object.kind ?? '',
    model: '',
    metadata: {
      id: '',
      name: metadata.name,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      uid: metadata.uid ?? '',
      resourceVersion: metadata.resourceVersion ?? '',
      creationTimestamp: metadata.creationTimestamp ?? '',
      ...rows('label', metadata.labels),
      ...rows('annotation', metadata.annotations),
      ...text('ownerReferences', metadata.ownerReferences),
      ...text('finalizers', metadata.finalizers),
      cluster_id: '',
    },
    ...(spec === undefined ? {} : { spec: { id: '', attribute: JSON.stringify(spec) } }),
    ...(status === undefined ? {} : { status: { id: '', attribute: JSON.stringify(status) } }),
    ...text('data', data),
    cluster_id: clusterId,
    pattern_resource: null,
    component_metadata: null,
  };
}
