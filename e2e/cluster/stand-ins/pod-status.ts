/** The words a kubelet writes into a pod’s status. */
import { z } from 'zod';
import type { KubeObject } from '../harness/kube-api.ts';

export type Verdict = 'creating' | 'running' | 'image-pull-back-off' | 'crash-loop' | 'unschedulable';

const Containers = z.looseObject({
  containers: z.array(z.looseObject({ name: z.string(), image: z.string() })),
});

/** Status of a pod all of whose containers fare as `verdict` says. The times come from the pod: the same again is the same. */
export function createPodStatus(pod: KubeObject, verdict: Verdict, restarts: number): object {
  const at = pod.metadata.creationTimestamp ?? '2026-01-01T00:00:00Z';
  const condition = (type: string, isTrue: boolean, reason?: string, message?: string) => ({
    type,
    status: isTrue ? 'True' : 'False',
    lastTransitionTime: at,
    ...(reason === undefined ? {} : { reason, message }),
  });
  if (verdict === 'unschedulable') {
    const message =
      "0/1 nodes are available: 1 node(s) had taint {dedicated: other}, that the pod didn't tolerate.";
    return { phase: 'Pending', conditions: [condition('PodScheduled', false, 'Unschedulable', message)] };
  }
  const isReady = verdict === 'running';
  const unready = ['ContainersNotReady', 'containers with unready status'] as const;
  return {
    phase: verdict === 'running' || verdict === 'crash-loop' ? 'Running' : 'Pending',
    hostIP: '127.0.0.1',
    podIP: '127.0.0.1',
    startTime: at,
    conditions: [
      condition('Initialized', true),
      isReady ? condition('Ready', true) : condition('Ready', false, ...unready),
      isReady ? condition('ContainersReady', true) : condition('ContainersReady', false, ...unready),
      condition('PodScheduled', true),
    ],
    containerStatuses: Containers.parse(pod.spec).containers.map(({ name, image }) => ({
      name,
      image,
      imageID: isReady || verdict === 'crash-loop' ? `sha256:${'0'.repeat(64)}` : '',
      ready: isReady,
      started: isReady,
      restartCount: restarts,
      state: containerState(verdict, name, image, at),
      lastState:
        verdict === 'crash-loop'
          ? {
              terminated: {
                exitCode: 1,
                reason: 'Error',
                startedAt: at,
                finishedAt: at,
                containerID: 'test://1',
              },
            }
          : {},
    })),
  };
}

function containerState(
  verdict: Exclude<Verdict, 'unschedulable'>,
  name: string,
  image: string,
  at: string,
): object {
  switch (verdict) {
    case 'creating':
      return { waiting: { reason: 'ContainerCreating' } };
    case 'running':
      return { running: { startedAt: at } };
    case 'image-pull-back-off':
      return { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` } };
    case 'crash-loop':
      return {
        waiting: { reason: 'CrashLoopBackOff', message: `back-off 10s restarting failed container=${name}` },
      };
  }
}
