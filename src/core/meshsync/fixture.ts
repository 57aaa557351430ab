import { encodeText } from './text.ts';

/** Uid of `kube-system` in the cluster of the fixtures. */
export const CLUSTER_UID = '0d6c4d1e-6f2b-4c39-9a55-1f0a7c6f3b10';

/** A Pod as MeshSync puts it on the wire: rows for labels, JSON text for spec and status. */
export function wirePod(
  overrides: Record<string, unknown> = {},
  metadata: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    id: '',
    apiVersion: 'v1',
    kind: 'Pod',
    model: '',
    metadata: {
      id: '',
      name: 'catalogue-7d9f8c6b5-x2x4q',
      namespace: 'shop',
      uid: '5b0f0c52-7a0f-4b67-9d1c-3d9d7a1f9c11',
      resourceVersion: '41',
      creationTimestamp: '2026-08-01T10:00:00Z',
      labels: [{ id: '', unique_id: '', kind: 'label', key: 'app', value: 'catalogue' }],
      annotations: [{ id: '', unique_id: '', kind: 'annotation', key: 'owner', value: 'shop-team' }],
      ownerReferences: JSON.stringify([
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'catalogue-7d9f8c6b5', uid: 'c3a1' },
      ]),
      cluster_id: '',
      ...metadata,
    },
    spec: {
      id: '',
      attribute: JSON.stringify({
        nodeName: 'worker-1',
        containers: [{ name: 'web', image: 'shop/web:1.4' }],
      }),
    },
    status: { id: '', attribute: JSON.stringify({ phase: 'Running' }) },
    cluster_id: CLUSTER_UID,
    pattern_resource: null,
    component_metadata: null,
    ...overrides,
  };
}

/** A whole message, as bytes. */
export function wireMessage(eventType: string, object: unknown, objectType = 'meshsync-data'): Uint8Array {
  return encodeText(
    JSON.stringify({ ObjectType: objectType, EventType: eventType, Request: null, Object: object }),
  );
}
