/** Plays the operator of either generation: turns Broker and MeshSync resources into workloads, over the real API. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { KubeApi, KubeObject } from '../harness/kube-api.ts';
import { type Names, pathsOf } from './names.ts';
import { brokerObjects, meshsyncDeployment } from './workloads.ts';

const RETRY_MS = 300;

const Sized = z.looseObject({ size: z.number().default(1) });
const Replicas = z.looseObject({ replicas: z.number().optional(), readyReplicas: z.number().default(0) });
const ServiceStatus = z.looseObject({
  loadBalancer: z
    .looseObject({
      ingress: z
        .array(z.looseObject({ ip: z.string().optional(), hostname: z.string().optional() }))
        .default([]),
    })
    .default({ ingress: [] }),
});

export interface Operator {
  stop(): Promise<void>;
}

/** Starts it; it works until it is stopped. `clusterIp` is the address the Broker’s Service gets. */
export function startOperator(options: { api: KubeApi; names: Names; clusterIp: string }): Operator {
  const { api, names } = options;
  const paths = pathsOf(names);
  const finalizer = (kind: string) => `${kind}.${names.group}/finalizer`;
  const isNew = names.generation === 'new';
  const stopping = new AbortController();
  // The old operator has no finalizers: it learns of a deletion from the watch, and only while it runs.
  const deleted = new Set<'broker' | 'meshsync'>();
  let isDirty = false;
  let working: Promise<void> | undefined;

  const look = () => {
    isDirty = true;
    working ??= work().finally(() => {
      working = undefined;
    });
  };
  async function work(): Promise<void> {
    while (isDirty && !stopping.signal.aborted) {
      isDirty = false;
      try {
        await reconcile();
      } catch {
        // The API server is away, or an object changed under us: an operator requeues.
        isDirty = true;
        await sleep(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  async function reconcile(): Promise<void> {
    await reconcileOne('broker', paths.broker, reconcileBroker, removeBrokerObjects);
    await reconcileOne('meshsync', paths.meshsync, reconcileMeshSync, removeMeshSyncObjects);
  }

  async function reconcileOne(
    kind: 'broker' | 'meshsync',
    path: string,
    reconcilePresent: (resource: KubeObject) => Promise<void>,
    removeObjects: () => Promise<void>,
  ): Promise<void> {
    const resource = await api.find(path);
    if (resource !== undefined) {
      deleted.delete(kind);
      await reconcilePresent(resource);
    } else if (deleted.has(kind)) {
      await removeObjects();
      deleted.delete(kind);
    }
  }

  async function reconcileBroker(broker: KubeObject): Promise<void> {
    if (await handleDeletion(broker, paths.broker, finalizer('broker'), removeBrokerObjects)) return;
    for (const [collection, object] of brokerObjects(names, {
      owner: isNew ? broker : undefined,
      clusterIp: options.clusterIp,
      replicas: Sized.parse(broker.spec ?? {}).size,
      token: `t${randomBytes(32).toString('hex')}`,
    })) {
      const existing = await api.find(`${collection}/${object.metadata.name}`);
      if (existing === undefined) await api.create(collection, object);
    }
    const wanted = Sized.parse(broker.spec ?? {}).size;
    const statefulSet = await api.get(paths.brokerStatefulSet);
    if (Replicas.parse(statefulSet.spec ?? {}).replicas !== wanted) {
      await api.patch(paths.brokerStatefulSet, { spec: { replicas: wanted } });
    }
    const isReady = Replicas.parse(statefulSet.status ?? {}).readyReplicas >= wanted;
    const service = await api.get(paths.brokerService);
    const [ingress] = ServiceStatus.parse(service.status ?? {}).loadBalancer.ingress;
    const external = ingress?.ip ?? ingress?.hostname;
    const endpoint = {
      internal: `${options.clusterIp}:4222`,
      ...(external === undefined ? {} : { external: `${external}:4222` }),
    };
    // The new operator derives an endpoint only when every replica is ready; one it has published stays.
    const publishes = isReady || !isNew ? { endpoint } : {};
    await setStatus(paths.broker, broker, { ...publishes, conditions: [readyCondition(broker, isReady)] });
  }

  async function reconcileMeshSync(meshsync: KubeObject): Promise<void> {
    if (await handleDeletion(meshsync, paths.meshsync, finalizer('meshsync'), removeMeshSyncObjects)) return;
    const service = await api.find(paths.brokerService);
    if (service === undefined) return;
    const url = `${options.clusterIp}:4222`;
    if ((await api.find(paths.meshsyncDeployment)) === undefined) {
      await api.create(
        `${paths.apps}/deployments`,
        meshsyncDeployment(names, { owner: isNew ? meshsync : undefined, brokerAddress: url }),
      );
    }
    await setStatus(paths.meshsync, meshsync, {
      'publishing-to': url,
      conditions: [readyCondition(meshsync, true)],
    });
  }

  /** True when the resource is on its way out, or was only just given its finalizer (the watch brings it again). */
  async function handleDeletion(
    resource: KubeObject,
    path: string,
    mark: string,
    removeObjects: () => Promise<void>,
  ): Promise<boolean> {
    const finalizers = resource.metadata.finalizers ?? [];
    if (resource.metadata.deletionTimestamp !== undefined) {
      if (!finalizers.includes(mark)) return true;
      await removeObjects();
      await api.patch(path, { metadata: { finalizers: finalizers.filter((name) => name !== mark) } });
      return true;
    }
    if (!isNew || finalizers.includes(mark)) return false;
    await api.patch(path, { metadata: { finalizers: [...finalizers, mark] } });
    return false;
  }

  async function removeBrokerObjects(): Promise<void> {
    const background = { propagationPolicy: 'Background' };
    await api.remove(paths.brokerStatefulSet, background);
    await api.remove(paths.brokerService);
    await api.remove(`${paths.core}/configmaps/meshery-nats-config`);
    if (isNew) {
      await api.remove(`${paths.brokerService}-headless`);
      await api.remove(paths.brokerSecret);
    } else {
      await api.remove(`${paths.core}/configmaps/meshery-nats-accounts`);
    }
  }

  async function removeMeshSyncObjects(): Promise<void> {
    await api.remove(paths.meshsyncDeployment, { propagationPolicy: 'Background' });
  }

  async function setStatus(path: string, resource: KubeObject, status: object): Promise<void> {
    const merged = { ...resource.status, ...status };
    if (isDeepStrictEqual(merged, resource.status)) return;
    await api.patch(`${path}/status`, { status });
  }

  const followResource = (collection: string, kind: 'broker' | 'meshsync') =>
    api.follow(collection, (type) => {
      if (type === 'DELETED' && !isNew) deleted.add(kind);
      look();
    });
  const followings = [
    followResource(paths.brokers, 'broker'),
    followResource(paths.meshsyncs, 'meshsync'),
    api.follow(`${paths.apps}/statefulsets`, look),
    api.follow(`${paths.apps}/deployments`, look),
    api.follow(`${paths.core}/services`, look),
  ];
  return {
    async stop() {
      stopping.abort();
      for (const following of followings) following.stop();
      await working;
    },
  };
}

function readyCondition(resource: KubeObject, isReady: boolean): object {
  return {
    type: 'Ready',
    status: isReady ? 'True' : 'False',
    reason: isReady ? 'ReconciliationSuccessful' : 'HealthCheckFailed',
    message: isReady ? 'all replicas are ready' : 'replicas are not ready',
    lastTransitionTime: resource.metadata.creationTimestamp ?? '2026-01-01T00:00:00Z',
  };
}
