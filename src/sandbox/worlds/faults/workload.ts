import type { FindingCode } from '../../../core/judge/catalogue.ts';
import type { WorkloadFault } from '../../../core/judge/catalogue/workload.ts';
import type { KubeObject } from '../../../services/ports.ts';
import type { PodFate, SimulatedCluster } from '../../cluster.ts';
import { listAt, stringAt } from '../../kube/json.ts';
import { DEPLOYMENTS, PODS, STATEFUL_SETS } from '../../kube/kinds.ts';
import { patched } from '../../kube/store.ts';
import { podsWith } from './acts.ts';
import type { Fault, Place } from './fault.ts';

/** One controller by the container that makes it what it is. */
interface Subject {
  readonly controller: 'operator' | 'broker' | 'meshsync';
  readonly what: string;
  readonly container: string;
}

export const OPERATOR: Subject = { controller: 'operator', what: 'the Operator', container: 'manager' };
export const BROKER: Subject = { controller: 'broker', what: 'the Broker', container: 'nats' };
export const MESHSYNC: Subject = { controller: 'meshsync', what: 'MeshSync', container: 'meshsync' };

type Story = readonly [fate: PodFate, title: string, story: string];

const STORIES: Readonly<Record<Exclude<WorkloadFault, 'scaledToZero'>, Story>> = {
  imagePull: [
    'image-pull',
    'Lock the image of {}',
    'The registry asks for credentials to pull the image of {}.',
  ],
  outOfMemory: [
    'out-of-memory',
    'Take the memory of {} away',
    'The container of {} is ended for using too much memory.',
  ],
  crashLoop: ['crash', 'Crash {}', 'The program of {} ends with an error each time it is started.'],
  unschedulable: ['unschedulable', 'Fill the nodes before {} starts', 'No node has room for the pod of {}.'],
  configError: [
    'config-error',
    'Take the settings of {} away',
    'The pod of {} reads a ConfigMap that is not there.',
  ],
  quota: ['refused', 'Use up the quota of {}', 'The quota of the namespace leaves no pod for {}.'],
  terminating: ['never-ends', 'Hold the pod of {} back', 'The pod of {} is told to end and does not.'],
  noPod: [
    'not-created',
    'Stop the controller manager for {}',
    'The pod of {} is gone, and nobody makes it anew.',
  ],
  notReady: ['not-ready', 'Fail the readiness check of {}', 'The pod of {} runs and never becomes ready.'],
};

/** The faults that a workload of any controller can have, each with the code that this controller has for it. */
export function workloadFaults(
  subject: Subject,
  codes: Partial<Readonly<Record<WorkloadFault, FindingCode>>>,
): Fault[] {
  const faults: Fault[] = [];
  for (const [wanted, [fate, title, story]] of entries(STORIES)) {
    const code = codes[wanted];
    if (code === undefined) continue;
    faults.push({
      name: `${subject.controller}-${fate}`,
      title: title.replace('{}', subject.what),
      story: story.replace('{}', subject.what),
      shows: [code],
      inject: ({ cluster }) => {
        cluster.condition.podFates.set(subject.container, fate);
        if (fate === 'never-ends') recreate(cluster, subject.container);
        else endPods(cluster, subject.container);
      },
      repair: ({ cluster, kubelet }) => {
        cluster.condition.podFates.delete(subject.container);
        kubelet.retry();
      },
    });
  }
  if (codes.scaledToZero !== undefined) faults.push(scaledToZero(subject, codes.scaledToZero));
  return faults;
}

function scaledToZero({ controller, what, container }: Subject, code: FindingCode): Fault {
  const scale = (cluster: SimulatedCluster, replicas: number) => {
    for (const { key, workload } of workloadsWith(cluster, container))
      cluster.store.put(key, patched(workload, { spec: { replicas } }));
  };
  return {
    name: `scale-${controller}-to-zero`,
    title: `Scale ${what} to zero`,
    story: `The workload of ${what} has no pod any more.`,
    shows: [code],
    inject: ({ cluster }: Place) => scale(cluster, 0),
    repair: ({ cluster }: Place) => scale(cluster, 1),
  };
}

/** Ends the pods by their workload, which with this strategy waits for the last of them before it makes a new one. */
function recreate(cluster: SimulatedCluster, container: string): void {
  const restarted = { 'kubectl.kubernetes.io/restartedAt': new Date(cluster.now()).toISOString() };
  const template = { metadata: { annotations: restarted } };
  for (const { key, workload } of workloadsWith(cluster, container)) {
    const strategy = key === DEPLOYMENTS ? { strategy: { type: 'Recreate' } } : {};
    cluster.store.put(key, patched(workload, { spec: { ...strategy, template } }));
  }
}

function endPods(cluster: SimulatedCluster, container: string): void {
  for (const pod of podsWith(cluster, container)) cluster.deletion.request(PODS, pod, 'Background');
}

function workloadsWith(
  cluster: SimulatedCluster,
  container: string,
): { key: string; workload: KubeObject }[] {
  return [DEPLOYMENTS, STATEFUL_SETS].flatMap((key) =>
    cluster.store
      .all(key)
      .filter((workload) =>
        listAt(workload, 'spec', 'template', 'spec', 'containers').some(
          (entry) => stringAt(entry, 'name') === container,
        ),
      )
      .map((workload) => ({ key, workload })),
  );
}

/** Entries of a record whose keys are known. */
function entries<K extends string, V>(record: Readonly<Record<K, V>>): [K, V][] {
  return Object.entries(record) as [K, V][];
}
