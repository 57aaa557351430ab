import { ago, failed, MINUTE, pod, seen } from '../fixtures.ts';

import { apiStory, type Story, story } from './story.ts';

export const kubernetesStories: readonly Story[] = [
  apiStory('MT-K-01', 'network down', 'unreachable'),
  apiStory('MT-K-02', 'black hole', 'timeout'),
  apiStory('MT-K-03', 'name gone', 'dns'),
  apiStory('MT-K-04', 'certificate expired', 'tls'),
  apiStory('MT-K-05', 'loopback from a container', 'refused', 'https://127.0.0.1:6443'),
  apiStory('MT-K-06', 'api server stopped', 'refused'),
  apiStory('MT-K-07', 'token expired', 'unauthorized'),
  apiStory('MT-K-08', 'aws program missing', 'exec-missing'),
  apiStory('MT-K-09', 'cloud login expired', 'exec-failed'),
  apiStory('MT-K-10', 'no server in the entry', 'invalid-config'),
  apiStory('MT-K-11', 'proxy off', 'proxy'),
  apiStory('MT-K-24', 'proxy wants a login', 'proxy-auth'),
  apiStory('MT-K-12', 'api server starting', 'unavailable'),
  apiStory('MT-K-13', 'a login page answers', 'protocol'),
  apiStory('MT-K-14', 'something unheard of', 'other'),
  story('MT-K-15', 'may not list deployments', {
    workloads: failed('forbidden', {
      permission: { verb: 'list', group: 'apps', resource: 'deployments', namespace: 'meshery' },
    }),
  }),
  story('MT-K-16', 'pods cannot be listed', { pods: failed('timeout') }),
  story('MT-K-17', 'silent watch', {
    pods: failed('silent', { lastValue: [pod('meshsync')], lastSeenAt: ago(MINUTE) }),
  }),
  story('MT-K-18', 'slow api server', {
    api: seen({ version: 'v1.33.4', latencyMs: 2400, isReady: true, notReady: [] }),
  }),
  story('MT-K-19', 'etcd check fails', {
    api: seen({ version: 'v1.33.4', latencyMs: 40, isReady: false, notReady: ['etcd'] }),
  }),
  story('MT-K-20', 'kube-system unreadable', { clusterUid: failed('forbidden') }),
  story('MT-K-21', 'certificate not checked', { isTlsVerified: false }),
  story('MT-K-22', 'events unreadable', { events: failed('forbidden') }),
  story('MT-K-23', 'may not list pods', {
    pods: failed('forbidden', {
      permission: { verb: 'list', group: '', resource: 'pods', namespace: 'meshery' },
    }),
  }),
];
