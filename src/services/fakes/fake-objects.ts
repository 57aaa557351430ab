import type { FakeCluster } from './fake-cluster.ts';

const NAMESPACE = 'meshery';

function definition(plural: string, kind: string, group: string) {
  return {
    metadata: { name: `${plural}.${group}` },
    spec: { group, names: { kind }, versions: [{ name: 'v1alpha2', served: true, storage: true }] },
  };
}

export function workload(name: string, ready = 1) {
  return {
    metadata: { name, namespace: NAMESPACE, generation: 1 },
    spec: {
      replicas: 1,
      template: { spec: { containers: [{ name: 'main', image: 'example/main:1.0.5' }] } },
    },
    status: {
      observedGeneration: 1,
      replicas: 1,
      updatedReplicas: 1,
      readyReplicas: ready,
      availableReplicas: ready,
    },
  };
}

function pod(name: string, labels: Record<string, string>) {
  return {
    metadata: { name, namespace: NAMESPACE, labels },
    spec: { nodeName: 'node-1' },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [
        { name: 'main', image: 'example/main:1.0.5', ready: true, restartCount: 0, state: { running: {} } },
      ],
    },
  };
}

/** Everything a healthy 1.x install leaves in a cluster, the Broker's token included. */
export function installMeshery(cluster: FakeCluster): void {
  cluster.put('customresourcedefinitions', definition('brokers', 'Broker', 'meshery.io'));
  cluster.put('customresourcedefinitions', definition('meshsyncs', 'MeshSync', 'meshery.io'));
  cluster.put('customresourcedefinitions', definition('certificates', 'Certificate', 'cert-manager.io'));
  cluster.put('brokers', {
    metadata: { name: 'meshery-broker', namespace: NAMESPACE },
    spec: { size: 1 },
    status: { endpoint: { internal: '10.96.0.9:4222' } },
  });
  cluster.put('meshsyncs', {
    metadata: { name: 'meshery-meshsync', namespace: NAMESPACE },
    spec: { size: 1, broker: { native: { name: 'meshery-broker', namespace: NAMESPACE } } },
    status: { 'publishing-to': '10.96.0.9:4222' },
  });
  cluster.put('deployments', workload('meshery-operator'));
  cluster.put('deployments', workload('meshery-meshsync'));
  cluster.put('statefulsets', workload('meshery-nats'));
  cluster.put('pods', pod('meshery-operator-5f', { 'app.kubernetes.io/name': 'meshery-operator' }));
  cluster.put('pods', pod('meshery-meshsync-7c', { component: 'meshsync' }));
  cluster.put(
    'pods',
    pod('meshery-nats-0', { 'app.kubernetes.io/name': 'nats', 'app.kubernetes.io/instance': 'meshery-nats' }),
  );
  cluster.put('services', {
    metadata: { name: 'meshery-nats', namespace: NAMESPACE },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.96.0.9',
      ports: [
        { name: 'nats', port: 4222 },
        { name: 'monitor', port: 8222 },
      ],
    },
  });
  cluster.put('secrets', {
    metadata: { name: 'meshery-nats-auth', namespace: NAMESPACE },
    data: { token: btoa('t0123abcd') },
  });
}
