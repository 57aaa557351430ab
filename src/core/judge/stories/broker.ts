import type { FailureKind } from '../../../api/evidence.ts';
import {
  ago,
  broker,
  candidate,
  failed,
  failure,
  link,
  linkDown,
  meshsync,
  MINUTE,
  pod,
  podsWith,
  SECOND,
  seen,
  service,
  unreadyWorkload,
  workload,
  workloadsWith,
} from '../fixtures.ts';

import { type Story, story, workloadStories } from './story.ts';

const clusterIp = service('broker', { type: 'ClusterIP', externalAddresses: [] });
const internalOnly = seen([broker({ endpoint: { internal: '10.96.0.20:4222' } }), meshsync()]);
const dials = (kind: FailureKind) =>
  linkDown({ candidates: [candidate('external', kind)], failure: failure(kind) });

export const brokerStories: readonly Story[] = [
  story('MT-B-01', 'broker resource deleted', {
    resources: seen([meshsync()]),
    workloads: workloadsWith('broker', undefined),
    pods: podsWith('broker', undefined),
    services: seen([]),
    link: linkDown(),
    monitor: failed('refused'),
  }),
  ...workloadStories('broker', {
    imagePull: 'MT-B-02',
    outOfMemory: 'MT-B-03',
    crashLoop: 'MT-B-04',
    unschedulable: 'MT-B-05',
    configError: 'MT-B-06',
    quota: 'MT-B-07',
    scaledToZero: 'MT-B-08',
    terminating: 'MT-B-09',
    noPod: 'MT-B-11',
    notReady: 'MT-B-12',
  }),
  story('MT-B-10', 'statefulset deleted', {
    workloads: workloadsWith('broker', undefined),
    pods: podsWith('broker', undefined),
    link: link({ state: 'lost', sinceAt: ago(MINUTE) }),
    monitor: failed('refused'),
  }),
  story('MT-B-13', 'service deleted', { services: seen([]) }),
  story('MT-B-14', 'localhost answered by another cluster', {
    link: link({ proof: 'mismatch', address: 'localhost:4222', messages: 0 }),
  }),
  story('MT-B-15', 'token secret deleted', { link: dials('auth'), brokerToken: seen({ isPresent: false }) }),
  story('MT-B-16', 'token secret forbidden', {
    link: { ...dials('auth'), token: 'unreadable' },
    brokerToken: failed('forbidden'),
  }),
  story('MT-B-17', 'token rotated', { link: dials('auth') }),
  story('MT-B-18', 'something else listens', { link: dials('protocol') }),
  story('MT-B-19', 'tls asked for', { link: dials('tls') }),
  story('MT-B-20', 'load balancer pending', {
    services: seen([service('broker', { externalAddresses: [] })]),
    resources: internalOnly,
    link: dials('timeout'),
  }),
  story('MT-B-21', 'broker without external address', {
    services: seen([clusterIp]),
    resources: internalOnly,
    link: dials('timeout'),
  }),
  story('MT-B-22', 'link lost', {
    link: link({ state: 'lost', sinceAt: ago(3 * SECOND), failure: failure('unavailable') }),
  }),
  story('MT-B-23', 'firewall closed', { link: dials('timeout') }),
  story('MT-B-24', 'old and new statefulset', {
    workloads: seen([
      workload('operator'),
      workload('meshsync'),
      workload('broker'),
      workload('broker', { name: 'meshery-broker', uid: 'uid-old' }),
    ]),
  }),
  story('MT-B-25', 'broker without resource', { resources: seen([meshsync({ brokerName: undefined })]) }),
  story('MT-B-26', 'no endpoint published', {
    resources: seen([broker({ endpoint: undefined }), meshsync()]),
    link: linkDown({ state: 'idle' }),
  }),
  story('MT-B-27', 'operator failed with the broker', {
    resources: seen([
      broker({
        conditions: [{ type: 'Failed', status: 'False', reason: 'EndpointFailed', message: 'no address' }],
      }),
      meshsync(),
    ]),
  }),
  story('MT-B-28', 'one of three brokers down', {
    workloads: workloadsWith('broker', workload('broker', { replicas: 3, ready: 2 })),
  }),
  story('MT-B-29', 'only port-forward works', {
    link: link({ chosen: 'port-forward', address: '127.0.0.1:41222' }),
  }),
  story('MT-B-30', 'monitoring port closed', { monitor: failed('timeout') }),
  story('MT-B-31', 'broker does not prove itself', { link: link({ proof: 'unproven' }) }),
  story('MT-B-32', 'not connected, no reason told', { link: linkDown() }),
  story('MT-B-33', 'broker coming up', {
    workloads: workloadsWith('broker', unreadyWorkload('broker', { createdAt: ago(20 * SECOND) })),
    pods: podsWith('broker', pod('broker', { ready: false, createdAt: ago(20 * SECOND) })),
    link: linkDown({ sinceAt: ago(20 * SECOND) }),
  }),
];
