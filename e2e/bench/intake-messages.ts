/** What the intake bench sends: messages of MeshSync's of two kilobytes. */
export const DATA_SUBJECT = 'bench.meshsync.core';
export const PROGRESS_SUBJECT = 'bench.progress';
export const CLUSTER = '3f0e2a54-5d0c-4c1e-9f63-0f5f4f6c1a01';

const MESSAGE_BYTES = 2000;

/** A Pod as MeshSync sends it; `version` is its resource version. About two kilobytes. */
export function podMessage(index: number, version: number): string {
  const head =
    `{"ObjectType":"meshsync-data","EventType":"MODIFIED","Request":null,"Object":{"id":"","apiVersion":"v1","kind":"Pod",` +
    `"model":"","metadata":{"id":"","name":"app-${index}","namespace":"team-${index % 50}","uid":"uid-${index}",` +
    `"resourceVersion":"${version}","creationTimestamp":"2026-08-01T10:00:00Z",`;
  return head + TAIL;
}

const row = (kind: string, key: string, value: string) => ({ id: '', unique_id: '', kind, key, value });
const TAIL = (() => {
  const labels = [
    row('label', 'app', 'shop'),
    row('label', 'tier', 'backend'),
    row('label', 'version', 'v2'),
  ];
  const annotations = [row('annotation', 'prometheus.io/scrape', 'true')];
  const owners = JSON.stringify([
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'shop-5d', uid: 'uid-rs' },
  ]);
  const tail = (filling: string) => {
    const env = [{ name: 'SETTINGS', value: filling }];
    const spec = { containers: [{ name: 'app', image: 'shop:2', ports: [{ containerPort: 8080 }], env }] };
    const status = { phase: 'Running', podIP: '10.1.2.3', conditions: [{ type: 'Ready', status: 'True' }] };
    const metadata = JSON.stringify({ labels, annotations, ownerReferences: owners, cluster_id: '' });
    return (
      `${metadata.slice(1)},"spec":${JSON.stringify({ id: '', attribute: JSON.stringify(spec) })},` +
      `"status":${JSON.stringify({ id: '', attribute: JSON.stringify(status) })},` +
      `"cluster_id":"${CLUSTER}","pattern_resource":null,"component_metadata":null}}`
    );
  };
  const head = 300;
  return tail('x'.repeat(Math.max(0, MESSAGE_BYTES - head - tail('').length)));
})();
