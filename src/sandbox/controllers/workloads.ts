import type { KubeObject } from '../../services/ports.ts';
import type { SimulatedCluster } from '../cluster.ts';
import { listAt, numberAt, objectAt, stringAt } from '../kube/json.ts';
import { DEPLOYMENTS, PODS, STATEFUL_SETS } from '../kube/kinds.ts';
import { hashOf } from '../random.ts';
import { podFateOf } from './pod-fate.ts';
import { tell } from './recorder.ts';

const HASH = 'pod-template-hash';
/** So often it looks again at a workload whose pods it could not create. */
const RETRY_MS = 5000;
const QUOTA_WORDS =
  'is forbidden: exceeded quota: compute, requested: pods=1, used: pods=20, limited: pods=20';

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
        if (!reconcile(cluster, key, workload)) cluster.after(RETRY_MS, () => enqueue(key, namespace, name));
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

/** False when pods are wanted that could not be created. */
function reconcile(cluster: SimulatedCluster, key: string, workload: KubeObject): boolean {
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
  const fate = podFateOf(cluster, { spec: objectAt(workload, 'spec', 'template', 'spec') });
  const isBlocked = fate === 'refused' || fate === 'not-created';
  // `Recreate` starts the new pods only when the last of the old ones is gone.
  const isRecreating =
    stringAt(workload, 'spec', 'strategy', 'type') === 'Recreate' &&
    owned.some(({ metadata }) => metadata.labels?.[HASH] !== hash);
  let refused = 0;
  const create = (name: string) => {
    if (isBlocked) refused += 1;
    else createPod(cluster, workload, name, hash);
  };

  if (key === STATEFUL_SETS) {
    const ordinals = Array.from({ length: replicas }, (_, index) => `${workload.metadata.name}-${index}`);
    for (const pod of [...outdated, ...current]) {
      if (!ordinals.includes(pod.metadata.name) || outdated.includes(pod)) remove(pod);
    }
    for (const name of ordinals) {
      if (!owned.some(({ metadata }) => metadata.name === name)) create(name);
    }
  } else {
    for (const pod of current.slice(replicas)) remove(pod);
    const wanted = isRecreating ? 0 : replicas;
    for (let count = current.length; count < wanted; count += 1) {
      create(`${workload.metadata.name}-${hash}-${cluster.random.hex(5)}`);
    }
    // The old replica stays until the new one is ready: a rolling update.
    if (isRecreating || current.filter(isReady).length >= replicas) for (const pod of outdated) remove(pod);
  }
  const refusal =
    refused === 0 || fate !== 'refused' ? undefined : `pods "${workload.metadata.name}-" ${QUOTA_WORDS}`;
  writeStatus(cluster, key, workload, { replicas, owned, current, refusal });
  if (refusal !== undefined) {
    const replicaSet = `${workload.metadata.name}-${hash}`;
    const about =
      key === STATEFUL_SETS
        ? workload
        : { ...workload, kind: 'ReplicaSet', metadata: { ...workload.metadata, name: replicaSet } };
    tell(cluster, about, 'FailedCreate', `Error creating: ${refusal}`, 'controller-manager');
  }
  return refused === 0;
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
  pods: {
    replicas: number;
    owned: readonly KubeObject[];
    current: readonly KubeObject[];
    refusal: string | undefined;
  },
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
            // A StatefulSet has no such condition: its refusals are told by events alone.
            ...(pods.refusal === undefined
              ? []
              : [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: pods.refusal }]),
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
