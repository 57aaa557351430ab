import type { KubeObject } from '../../services/ports.ts';
import type { SimulatedCluster } from '../cluster.ts';
import { listAt, stringAt } from '../kube/json.ts';
import { PODS, SECRETS } from '../kube/kinds.ts';
import { timestamp } from '../kube/store.ts';
import { containersOf, podFateOf } from './pod-fate.ts';
import { tell } from './recorder.ts';
import { isReady } from './workloads.ts';

/** A program that runs in pods: told when a pod is ready and when it is gone. */
export interface Program {
  started(pod: KubeObject): void;
  stopped(pod: KubeObject): void;
}

export interface Kubelet {
  /** Tries again what could not start: after a fault was mended. */
  retry(): void;
}

type Fate =
  | { readonly kind: 'runs' }
  | { readonly kind: 'pulls' }
  | { readonly kind: 'waits'; readonly reason: string; readonly message: string }
  | { readonly kind: 'crashes'; readonly reason: 'Error' | 'OOMKilled' }
  | { readonly kind: 'idles' };

const PULL_MS = 1500;
const WARM_UP_MS = 600;
const GRACE_MS = 700;
const LOOK_AGAIN_MS = 5000;

/** Runs the pods of a cluster: pulls images, starts containers, ends them. */
export function startKubelet(cluster: SimulatedCluster, programs: readonly Program[]): Kubelet {
  const running = new Set<string>();
  const stop = (pod: KubeObject) => {
    if (!running.delete(pod.metadata.uid ?? '')) return;
    for (const program of programs) program.stopped(pod);
  };

  const run = (name: string, namespace: string | undefined) => {
    const pod = cluster.store.get(PODS, namespace, name);
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined || isReady(pod)) return;
    if (podFateOf(cluster, pod) === 'unschedulable') {
      writeUnschedulable(cluster, pod);
      return;
    }
    const fates = containersOf(pod).map((container) => ({
      ...container,
      fate: fateOf(cluster, pod, container),
    }));
    const isRunning = fates.every(({ fate }) => fate.kind === 'runs');
    writeStatus(cluster, pod, fates, false);
    for (const { name: container, image, fate } of fates) {
      if (fate.kind === 'waits' && fate.reason === 'ImagePullBackOff')
        tell(cluster, pod, 'Failed', `Failed to pull image "${image}": ${fate.message}`);
      if (fate.kind === 'waits' && fate.reason !== 'ImagePullBackOff')
        tell(cluster, pod, 'Failed', `Error: ${fate.message}`);
      if (fate.kind === 'crashes')
        tell(cluster, pod, 'BackOff', `Back-off restarting failed container ${container}`);
    }
    if (!isRunning) return;
    cluster.after(WARM_UP_MS, () => {
      const warm = cluster.store.get(PODS, namespace, name);
      if (warm === undefined || warm.metadata.deletionTimestamp !== undefined || isReady(warm)) return;
      writeStatus(cluster, warm, fates, true);
      running.add(warm.metadata.uid ?? '');
      for (const program of programs) program.started(warm);
    });
  };

  const end = (pod: KubeObject) => {
    if (podFateOf(cluster, pod) === 'never-ends') {
      cluster.after(LOOK_AGAIN_MS, () => end(pod));
      return;
    }
    stop(pod);
    cluster.store.drop(PODS, pod.metadata.namespace, pod.metadata.name);
  };

  cluster.onClose(
    cluster.store.listen(({ type, object, previous }) => {
      if (type === 'DELETED') {
        stop(object);
        return;
      }
      const { name, namespace, deletionTimestamp } = object.metadata;
      if (type === 'ADDED') {
        cluster.after(PULL_MS + cluster.random.below(500), () => run(name, namespace));
      } else if (deletionTimestamp !== undefined && previous?.metadata.deletionTimestamp === undefined) {
        cluster.after(GRACE_MS, () => end(object));
      }
    }, PODS),
  );

  return {
    retry: () => {
      for (const { metadata } of cluster.store.all(PODS)) {
        cluster.after(PULL_MS, () => run(metadata.name, metadata.namespace));
      }
    },
  };
}

function fateOf(
  cluster: SimulatedCluster,
  pod: KubeObject,
  container: { name: string; image: string },
): Fate {
  if ([...cluster.condition.slowImages].some((part) => container.image.includes(part))) {
    return { kind: 'pulls' };
  }
  const missing = [...cluster.condition.missingImages].some((part) => container.image.includes(part));
  if (missing || /does-not-exist|\.invalid\//.test(container.image)) {
    return {
      kind: 'waits',
      reason: 'ImagePullBackOff',
      message: `Back-off pulling image "${container.image}"`,
    };
  }
  const secret = missingSecret(cluster, pod, container.name);
  if (secret !== undefined) {
    return { kind: 'waits', reason: 'CreateContainerConfigError', message: `secret "${secret}" not found` };
  }
  const crash: Fate = { kind: 'crashes', reason: 'Error' };
  if (container.image.includes('crash')) return crash;
  if (container.name === 'nats' && cluster.condition.isBrokerDown) return crash;
  switch (cluster.condition.podFates.get(container.name)) {
    case 'image-pull': {
      const message = `Back-off pulling image "${container.image}": unauthorized: authentication required`;
      return { kind: 'waits', reason: 'ImagePullBackOff', message };
    }
    case 'config-error': {
      const message = 'configmap "settings-of-this-pod" not found';
      return { kind: 'waits', reason: 'CreateContainerConfigError', message };
    }
    case 'crash':
      return crash;
    case 'out-of-memory':
      return { kind: 'crashes', reason: 'OOMKilled' };
    case 'not-ready':
      return { kind: 'idles' };
    default:
      return { kind: 'runs' };
  }
}

/** What the scheduler writes on a pod that no node takes. */
function writeUnschedulable(cluster: SimulatedCluster, pod: KubeObject): void {
  const message = '0/3 nodes are available: 3 Insufficient memory. preemption: not eligible.';
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
  cluster.store.put(PODS, { ...pod, status: { phase: 'Pending', conditions: [condition] } });
  tell(cluster, pod, 'FailedScheduling', message, 'default-scheduler');
}

function missingSecret(
  cluster: SimulatedCluster,
  pod: KubeObject,
  containerName: string,
): string | undefined {
  const container = listAt(pod, 'spec', 'containers').find(
    (entry) => stringAt(entry, 'name') === containerName,
  );
  return listAt(container, 'env')
    .map((entry) => stringAt(entry, 'valueFrom', 'secretKeyRef', 'name'))
    .find(
      (name) => name !== undefined && cluster.store.get(SECRETS, pod.metadata.namespace, name) === undefined,
    );
}

function writeStatus(
  cluster: SimulatedCluster,
  pod: KubeObject,
  containers: readonly { name: string; image: string; fate: Fate }[],
  ready: boolean,
): void {
  const startedAt = timestamp(cluster.now());
  const isWaiting = containers.some(({ fate }) => fate.kind === 'waits' || fate.kind === 'pulls');
  const condition = (type: string, isTrue: boolean) => ({ type, status: isTrue ? 'True' : 'False' });
  cluster.store.put(PODS, {
    ...pod,
    spec: { ...Object(pod['spec']), nodeName: `${cluster.traits.name}-node-1` },
    status: {
      phase: isWaiting ? 'Pending' : 'Running',
      podIP: `198.19.255.${cluster.random.below(250) + 2}`,
      startTime: startedAt,
      conditions: [
        condition('PodScheduled', true),
        condition('Initialized', true),
        condition('ContainersReady', ready),
        condition('Ready', ready),
      ],
      containerStatuses: containers.map(({ name, image, fate }) => ({
        name,
        image,
        ready: ready && fate.kind === 'runs',
        started: fate.kind === 'runs' || fate.kind === 'idles',
        restartCount: fate.kind === 'crashes' ? 6 : 0,
        state: stateOf(fate, startedAt),
        lastState:
          fate.kind === 'crashes'
            ? {
                terminated: {
                  exitCode: fate.reason === 'OOMKilled' ? 137 : 1,
                  reason: fate.reason,
                  finishedAt: startedAt,
                },
              }
            : {},
      })),
    },
  });
}

function stateOf(fate: Fate, startedAt: string): object {
  switch (fate.kind) {
    case 'runs':
    case 'idles':
      return { running: { startedAt } };
    case 'pulls':
      return { waiting: { reason: 'ContainerCreating' } };
    case 'waits':
      return { waiting: { reason: fate.reason, message: fate.message } };
    case 'crashes':
      return {
        waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' },
      };
  }
}
