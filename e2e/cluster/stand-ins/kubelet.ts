/** Plays the kubelet and the scheduler of a cluster with one node: binds pods, “runs” them, tells their status. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ControlPlane } from '../harness/control-plane.ts';
import { KubeApiError, type KubeObject } from '../harness/kube-api.ts';
import { type KubeletServer, startKubeletServer } from './kubelet-server.ts';
import { createPodStatus, type Verdict } from './pod-status.ts';

const NODE = 'test-node';
const RETRY_MS = 250;

const PodSpec = z.looseObject({
  nodeName: z.string().optional(),
  containers: z.array(z.looseObject({ name: z.string(), image: z.string() })),
});

/** What runs in a pod: a real process or client of ours in place of the containers. */
export interface Workload {
  stop(): Promise<void>;
  /** Where a port of the pod is really served. */
  resolve?(port: number): { host: string; port: number } | undefined;
}

export interface Kubelet {
  readonly server: KubeletServer;
  /** Images that cannot be pulled: their containers wait in ImagePullBackOff. Undefined mends it. */
  failPulls(pattern: RegExp | undefined): void;
  /** Images whose containers end at once, again and again. Undefined mends it. */
  crash(pattern: RegExp | undefined): void;
  /** Pods (by name) that no node can take. Undefined mends it. */
  refuseToSchedule(pattern: RegExp | undefined): void;
  /** Tells that the containers of a pod ended (crash loop), or run again. */
  setDead(podName: string, isDead: boolean): void;
  /** The lines of a container; every running container has a few of its own. */
  setLogs(podName: string, container: string, lines: string[]): void;
  stop(): Promise<void>;
}

/**
 * Starts it. `run` is called when a pod’s containers start, before they are told to be ready, and gives what runs in
 * it (or undefined when nothing of the pod needs to be real); it is stopped when the pod goes.
 */
export async function startKubelet(options: {
  controlPlane: ControlPlane;
  run: (pod: KubeObject) => Promise<Workload | undefined>;
  /** How long a container is in ContainerCreating. */
  startMs?: number;
}): Promise<Kubelet> {
  const { api, tls } = options.controlPlane;
  const stopping = new AbortController();
  const pods = new Map<string, Runner>();
  const logs = new Map<string, string[]>();
  const dead = new Set<string>();
  let unpullable: RegExp | undefined;
  let crashing: RegExp | undefined;
  let unschedulable: RegExp | undefined;

  function judge(pod: KubeObject): Verdict {
    const images = PodSpec.parse(pod.spec).containers.map(({ image }) => image);
    if (images.some((image) => unpullable?.test(image) === true)) return 'image-pull-back-off';
    if (dead.has(pod.metadata.name) || images.some((image) => crashing?.test(image) === true))
      return 'crash-loop';
    return 'running';
  }

  const server = await startKubeletServer({
    tls,
    answers: {
      logs({ namespace, name, container, isPrevious }) {
        const runner = pods.get(`${namespace}/${name}`);
        if (runner === undefined) return undefined;
        const own = logs.get(`${name}/${container}`);
        return own ?? [`${container} of ${name}${isPrevious ? ' (before)' : ''} started`, 'ready'];
      },
      resolve: ({ namespace, name, port }) => pods.get(`${namespace}/${name}`)?.workload()?.resolve?.(port),
    },
  });
  await api.create('/api/v1/nodes', { metadata: { name: NODE } });
  await api.patch(`/api/v1/nodes/${NODE}/status`, {
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: server.port } },
      capacity: { cpu: '4', memory: '8Gi', pods: '110' },
      conditions: [
        { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
      ],
    },
  });

  /** One pod’s life: each step looks at the newest object, and is tried again when the API server fails it. */
  interface Runner {
    update(pod: KubeObject): void;
    look(): void;
    workload(): Workload | undefined;
    gone(): Promise<void>;
  }
  function createRunner(first: KubeObject): Runner {
    let pod = first;
    let workload: Workload | undefined;
    let isStarted = false;
    let restarts = 0;
    let told = '';
    let isDirty = false;
    let isBusy = false;
    let isGone = false;
    const path = `/api/v1/namespaces/${pod.metadata.namespace ?? ''}/pods/${pod.metadata.name}`;

    async function tell(status: object): Promise<void> {
      const text = JSON.stringify(status);
      if (text === told) return;
      await api.patch(`${path}/status`, { metadata: { uid: pod.metadata.uid }, status });
      told = text;
    }
    async function halt(): Promise<void> {
      const running = workload;
      workload = undefined;
      isStarted = false;
      await running?.stop();
    }
    async function step(): Promise<void> {
      if (pod.metadata.deletionTimestamp !== undefined) {
        await halt();
        await api.remove(path, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } });
        return;
      }
      if (PodSpec.parse(pod.spec).nodeName === undefined) {
        if (unschedulable?.test(pod.metadata.name) === true) {
          await tell(createPodStatus(pod, 'unschedulable', restarts));
          return;
        }
        const target = { apiVersion: 'v1', kind: 'Node', name: NODE };
        await api.create(`${path}/binding`, { metadata: { name: pod.metadata.name }, target });
      }
      const verdict = judge(pod);
      if (verdict !== 'running') {
        if (verdict === 'crash-loop' && told.includes('"running"')) restarts += 1;
        await halt();
        await tell(createPodStatus(pod, verdict, restarts));
        return;
      }
      if (!isStarted) {
        await tell(createPodStatus(pod, 'creating', restarts));
        await sleep(options.startMs ?? 150, undefined, { signal: stopping.signal });
        if (isGone) return;
        workload = await options.run(pod);
        isStarted = true;
      }
      await tell(createPodStatus(pod, 'running', restarts));
    }
    async function work(): Promise<void> {
      if (isBusy) return;
      isBusy = true;
      const mustWork = () => isDirty && !isGone && !stopping.signal.aborted;
      while (mustWork()) {
        isDirty = false;
        try {
          await step();
        } catch (error) {
          // 404: it went meanwhile, and the watch will say so. Anything else is tried again, as a kubelet would.
          if (!(error instanceof KubeApiError && error.status === 404)) {
            isDirty = true;
            await sleep(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
          }
        }
      }
      if (isGone) await halt();
      isBusy = false;
    }
    const look = () => {
      isDirty = true;
      void work();
    };
    return {
      update(newer) {
        pod = newer;
        look();
      },
      look,
      workload: () => workload,
      async gone() {
        isGone = true;
        await halt();
      },
    };
  }

  const following = api.follow('/api/v1/pods', (type, pod) => {
    const key = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
    if (type === 'DELETED') {
      void pods.get(key)?.gone();
      pods.delete(key);
      return;
    }
    const runner = pods.get(key) ?? createRunner(pod);
    pods.set(key, runner);
    runner.update(pod);
  });
  const lookAgain = () => {
    for (const runner of pods.values()) runner.look();
  };

  return {
    server,
    failPulls(pattern) {
      unpullable = pattern;
      lookAgain();
    },
    crash(pattern) {
      crashing = pattern;
      lookAgain();
    },
    refuseToSchedule(pattern) {
      unschedulable = pattern;
      lookAgain();
    },
    setDead(podName, isDead) {
      if (isDead) dead.add(podName);
      else dead.delete(podName);
      lookAgain();
    },
    setLogs: (podName, container, lines) => void logs.set(`${podName}/${container}`, lines),
    async stop() {
      stopping.abort();
      following.stop();
      await Promise.all([...pods.values()].map((runner) => runner.gone()));
      await server.close();
    },
  };
}
