import {
  ago,
  badPod,
  broker,
  definition,
  failed,
  HOUR,
  linkDown,
  meshsync,
  MINUTE,
  pod,
  podsWith,
  SECOND,
  seen,
  unreadyWorkload,
  workload,
  workloadsWith,
} from '../fixtures.ts';

import { type Story, story, workloadStories } from './story.ts';

const proxyImage = 'gcr.io/kubebuilder/kube-rbac-proxy:v0.5.0';
const finalizer = { finalizers: ['broker.meshery.io/finalizer'] };
const noOperator = workloadsWith('operator', undefined);
const noOperatorPod = podsWith('operator', undefined);

export const operatorStories: readonly Story[] = [
  story('MT-O-01', 'nothing deployed', {
    definitions: seen([]),
    resources: seen([]),
    workloads: seen([]),
    pods: seen([]),
    services: seen([]),
    link: linkDown({ state: 'idle' }),
    monitor: { status: 'pending' },
    database: seen({ rows: 0, isBehind: false, rejected: 0 }),
  }),
  story('MT-O-02', 'stuck terminating', {
    workloads: seen([]),
    pods: seen([]),
    resources: seen([broker({ deletedAt: ago(HOUR), ...finalizer })]),
    link: linkDown({ state: 'idle' }),
  }),
  story('MT-O-03', 'resources without anything behind them', {
    workloads: seen([]),
    pods: seen([]),
    link: linkDown({ state: 'idle' }),
    monitor: failed('refused'),
  }),
  story('MT-O-04', 'orphaned controllers', { workloads: noOperator, pods: noOperatorPod }),
  story('MT-O-05', 'definition going away', {
    definitions: seen([definition('Broker', { deletedAt: ago(MINUTE) }), definition('MeshSync')]),
  }),
  story('MT-O-06', 'definitions of another group', {
    definitions: seen([definition('Broker', { group: 'meshplay.khulnasoft.com' })]),
  }),
  story('MT-O-07', 'definitions removed', { definitions: seen([]) }),
  story('MT-O-08', 'no version served', {
    definitions: seen([
      definition('Broker', { versions: [{ name: 'v1alpha1', served: false, stored: true }] }),
      definition('MeshSync'),
    ]),
  }),
  story('MT-O-09', 'webhook without service', {
    definitions: seen([definition('Broker', { conversion: 'Webhook' }), definition('MeshSync')]),
  }),
  story('MT-O-10', 'kube-rbac-proxy image removed', {
    workloads: workloadsWith('operator', unreadyWorkload('operator')),
    pods: podsWith(
      'operator',
      badPod('operator', { name: 'kube-rbac-proxy', image: proxyImage, reason: 'ImagePullBackOff' }),
    ),
  }),
  ...workloadStories('operator', {
    imagePull: 'MT-O-11',
    outOfMemory: 'MT-O-12',
    crashLoop: 'MT-O-13',
    unschedulable: 'MT-O-14',
    configError: 'MT-O-15',
    quota: 'MT-O-16',
    scaledToZero: 'MT-O-17',
    terminating: 'MT-O-18',
    noPod: 'MT-O-19',
    notReady: 'MT-O-21',
  }),
  story('MT-O-20', 'update stuck, old pod serves', {
    workloads: workloadsWith('operator', workload('operator', { total: 2 })),
  }),
  story('MT-O-22', 'operator alone', {
    resources: seen([]),
    workloads: seen([workload('operator')]),
    pods: seen([pod('operator')]),
    services: seen([]),
    link: linkDown({ state: 'idle' }),
    monitor: { status: 'pending' },
  }),
  story('MT-O-23', 'resource does not go', {
    resources: seen([broker({ deletedAt: ago(5 * MINUTE), ...finalizer }), meshsync()]),
  }),
  story('MT-O-24', 'two operators', {
    workloads: seen([
      workload('operator'),
      workload('operator', { namespace: 'other', uid: 'uid-2' }),
      workload('meshsync'),
      workload('broker'),
    ]),
  }),
  story('MT-O-25', 'finalizers without operator', {
    workloads: noOperator,
    pods: noOperatorPod,
    resources: seen([broker(finalizer), meshsync()]),
  }),
  story('MT-O-26', 'two families side by side', {
    resources: seen([
      broker(),
      meshsync(),
      broker({
        family: 'meshplay',
        group: 'meshplay.khulnasoft.com',
        namespace: 'meshplay',
        name: 'meshplay-broker',
      }),
    ]),
  }),
  story('MT-O-27', 'old api group', {
    resources: seen([broker({ group: 'meshery.layer5.io' }), meshsync()]),
  }),
  story('MT-O-28', 'image not published any more', {
    workloads: workloadsWith(
      'operator',
      workload('operator', { containers: [{ name: 'kube-rbac-proxy', image: proxyImage }] }),
    ),
  }),
  story('MT-O-29', 'operator being removed', {
    workloads: workloadsWith('operator', workload('operator', { deletedAt: ago(5 * SECOND) })),
  }),
  story('MT-O-30', 'operator just installed', {
    workloads: workloadsWith('operator', unreadyWorkload('operator', { createdAt: ago(20 * SECOND) })),
    pods: podsWith('operator', pod('operator', { ready: false, createdAt: ago(20 * SECOND) })),
  }),
];
