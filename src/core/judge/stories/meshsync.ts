import {
  ago,
  broker,
  failed,
  HOUR,
  link,
  meshsync,
  meshsyncClient,
  MINUTE,
  monitor,
  ourClient,
  pod,
  podsWith,
  SECOND,
  seen,
  unreadyWorkload,
  workload,
  workloadsWith,
} from '../fixtures.ts';

import { type Story, story, workloadStories } from './story.ts';

export const meshsyncStories: readonly Story[] = [
  story('MT-M-01', 'meshsync resource deleted', {
    resources: seen([broker()]),
    workloads: workloadsWith('meshsync', undefined),
    pods: podsWith('meshsync', undefined),
  }),
  story('MT-M-02', 'broker of another name', {
    resources: seen([broker(), meshsync({ brokerName: 'nats' })]),
  }),
  story('MT-M-03', 'whitelist and blacklist', {
    resources: seen([
      broker(),
      meshsync({ whitelist: '[{"Resource":"pods.v1.","Events":["ADDED"]}]', blacklist: '["secrets.v1."]' }),
    ]),
  }),
  story('MT-M-04', 'watch-list broken', {
    resources: seen([broker(), meshsync({ whitelist: '[{"Resource":' })]),
  }),
  story('MT-M-05', 'watch-list of another shape', {
    resources: seen([broker(), meshsync({ whitelist: '["pods.v1."]' })]),
  }),
  story('MT-M-06', 'singular names', {
    resources: seen([broker(), meshsync({ blacklist: '["job.v1.batch"]' })]),
  }),
  ...workloadStories('meshsync', {
    imagePull: 'MT-M-07',
    outOfMemory: 'MT-M-08',
    crashLoop: 'MT-M-09',
    unschedulable: 'MT-M-10',
    configError: 'MT-M-11',
    quota: 'MT-M-12',
    scaledToZero: 'MT-M-13',
    terminating: 'MT-M-14',
    noPod: 'MT-M-16',
    notReady: 'MT-M-17',
  }),
  story('MT-M-15', 'meshsync deployment deleted', {
    workloads: workloadsWith('meshsync', undefined),
    pods: podsWith('meshsync', undefined),
  }),
  story('MT-M-18', 'gave up after a broker restart', {
    pods: podsWith('broker', pod('broker', { createdAt: ago(HOUR) })),
    monitor: seen(monitor({ clients: [ourClient] })),
    link: link({ lastMessageAt: ago(5 * MINUTE), ratePerSecond: 0 }),
  }),
  story('MT-M-19', 'not connected to the broker', {
    monitor: seen(monitor({ clients: [ourClient] })),
    link: link({ lastMessageAt: ago(5 * MINUTE), ratePerSecond: 0 }),
  }),
  story('MT-M-20', 'publishes to the old address', {
    resources: seen([broker(), meshsync({ publishingTo: 'nats://secret-token@10.96.0.99:4222' })]),
    monitor: failed('timeout'),
    link: link({ proof: 'unproven', sinceAt: ago(10 * SECOND) }),
  }),
  story('MT-M-21', 'broker elsewhere', {
    resources: seen([
      broker(),
      meshsync({
        brokerName: undefined,
        brokerUrl: 'nats://elsewhere.example:4222',
        publishingTo: undefined,
      }),
    ]),
    monitor: failed('timeout'),
    link: link({ proof: 'unproven', sinceAt: ago(10 * SECOND) }),
  }),
  story('MT-M-22', 'two meshsync clients', {
    monitor: seen(
      monitor({ clients: [meshsyncClient, { ...meshsyncClient, cid: 9 }, ourClient], connections: 3 }),
    ),
  }),
  story('MT-M-23', 'meshsync without resource', { resources: seen([broker()]) }),
  story('MT-M-24', 'old meshsync with a token', {
    workloads: workloadsWith(
      'meshsync',
      workload('meshsync', { containers: [{ name: 'meshsync', image: 'registry:5000/meshsync:1.0.0' }] }),
    ),
  }),
  story('MT-M-25', 'operator failed with meshsync', {
    resources: seen([
      broker(),
      meshsync({ conditions: [{ type: 'Failed', status: 'False', reason: 'ReconciliationFailed' }] }),
    ]),
  }),
  story('MT-M-26', 'meshsync coming up', {
    workloads: workloadsWith('meshsync', unreadyWorkload('meshsync', { createdAt: ago(20 * SECOND) })),
    pods: podsWith('meshsync', pod('meshsync', { ready: false, createdAt: ago(20 * SECOND) })),
    monitor: seen(monitor({ clients: [ourClient] })),
  }),
];
