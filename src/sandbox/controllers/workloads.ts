import type { KubeObject } from '../../services/ports.ts';
import type { SimulatedCluster } from '../cluster.ts';
import { listAt, numberAt, objectAt, stringAt } from '../kube/json.ts';
import { DEPLOYMENTS, PODS, STATEFUL_SETS } from '../kube/kinds.ts';
import { hashOf } from '../random.ts';

const HASH = 'pod-template-hash';

/** Deployments and StatefulSets: keeps as many pods of the wanted template as asked for, and tells it in the status. */
export function startWorkloadController(cluster: SimulatedCluster): void {
  const queued = new Set<string>();
  const enqueue = (key: string, namespace: string | undefined, name: string) => {
    const id = `${key}|${namespace ?? ''}|${name}`;
    if (queued.has(id)) return;
    queued.add(id);
    cluster.after(40, () => {
      queued.delete(id);
      const workload = cluster.store.get(key, namespace, name);
      if (workload !== undefined && workload.metadata.deletionTimestamp === undefined) {
        reconcile(cluster, key, workload);
      }
    });
  };
  cluster.onClose(
    cluster.store.listen(({ key, object, type }) => {
      const { namespace, name } = object.metadata;
      if ((key === DEPLOYMENTS || key === STATEFUL_SETS) && type !== 'DELETED') enqueue(key, namespace, name);
      if (key !== PODS) return;
      for (const owner of object.metadata.ownerReferences ?? []) {
        if (owner.kind === 'Deployment') enqueue(DEPLOYMENTS, namespace, owner.name);
        if (owner.kind === 'StatefulSet') enqueue(STATEFUL_SETS, namespace, owner.name);
      }
    }),
  );
}

function reconcile(cluster: SimulatedCluster, key: string, workload: KubeObject): void {
  const replicas = numberAt(workload, 'spec', 'replicas') ?? 1;
  const hash = hashOf(JSON.stringify(objectAt(workload, 'spec', 'template'))).toString(36);
  const owned = cluster.store
    .all(PODS, workload.metadata.namespace)
    .filter(
      ({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === workload.metadata.uid) === true,
    );
  const live = owned.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const current = live.filter(({ metadata }) => metadata.labels?.[HASH] === hash);
  const outdated = live.filter(({ metadata }) => metadata.labels?.[HASH] !== hash);
  const remove = (pod: KubeObject) => cluster.deletion.request(PODS, pod, 'Background');

  if (key === STATEFUL_SETS) {
    const ordinals = Array.from({ length: replicas }, (_, index) => `${workload.metadata.name}-${index}`);
    for (const pod of [...outdated, ...current]) {
      if (!ordinals.includes(pod.metadata.name) || outdated.includes(pod)) remove(pod);
    }
    for (const name of ordinals) {
      if (!owned.some(({ metadata }) => metadata.name === name)) createPod(cluster, workload, name, hash);
    }
  } else {
    for (const pod of current.slice(replicas)) remove(pod);
    for (let count = current.length; count < replicas; count += 1) {
      createPod(cluster, workload, `${workload.metadata.name}-${hash}-${cluster.random.hex(5)}`, hash);
    }
    // The old replica stays until the new one is ready: a rolling update.
    if (current.filter(isReady).length >= replicas) for (const pod of outdated) remove(pod);
  }
  writeStatus(cluster, key, workload, { replicas, owned, current });
}

function createPod(cluster: SimulatedCluster, workload: KubeObject, name: string, hash: string): void {
  const { metadata } = workload;
  const isStateful = workload.kind === 'StatefulSet';
  cluster.write(PODS, {
    metadata: {
      name,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      labels: { ...objectAt(workload, 'spec', 'template', 'metadata', 'labels'), [HASH]: hash },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: isStateful ? 'StatefulSet' : 'Deployment',
          name: metadata.name,
          uid: metadata.uid ?? '',
        },
      ],
    },
    spec: objectAt(workload, 'spec', 'template', 'spec'),
    status: { phase: 'Pending' },
  });
}

function writeStatus(
  cluster: SimulatedCluster,
  key: string,
  workload: KubeObject,
  pods: { replicas: number; owned: readonly KubeObject[]; current: readonly KubeObject[] },
): void {
  const ready = pods.owned.filter(isReady).length;
  const updatedReady = pods.current.filter(isReady).length;
  const isDone = updatedReady >= pods.replicas && pods.owned.length === pods.current.length;
  const status = {
    observedGeneration: workload.metadata.generation ?? 1,
    replicas: pods.owned.length,
    updatedReplicas: pods.current.length,
    readyReplicas: ready,
    availableReplicas: ready,
    ...(key === STATEFUL_SETS
      ? { currentReplicas: pods.current.length, currentRevision: 'current', updateRevision: 'current' }
      : {
          unavailableReplicas: Math.max(0, pods.replicas - ready),
          conditions: [
            {
              type: 'Available',
              status: ready >= pods.replicas ? 'True' : 'False',
              reason: ready >= pods.replicas ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
            },
            {
              type: 'Progressing',
              status: 'True',
              reason: isDone ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated',
            },
          ],
        }),
  };
  cluster.store.put(key, { ...workload, status });
}

/** Whether a pod has its Ready condition. */
export function isReady(pod: KubeObject): boolean {
  return listAt(pod, 'status', 'conditions').some(
    (condition) => stringAt(condition, 'type') === 'Ready' && stringAt(condition, 'status') === 'True',
  );
}
