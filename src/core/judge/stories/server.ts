import {
  ago,
  HOUR,
  link,
  linkDown,
  meshsyncClient,
  MINUTE,
  monitor,
  ourClient,
  pod,
  podsWith,
  SECOND,
  seen,
} from '../fixtures.ts';

import { type Story, story } from './story.ts';

export const serverStories: readonly Story[] = [
  story('MT-S-01', 'subscription lost', {
    monitor: seen(monitor({ clients: [meshsyncClient, { ...ourClient, subscriptions: [] }] })),
  }),
  story('MT-S-02', 'listed nowhere', {
    monitor: seen(monitor({ clients: [meshsyncClient], connections: 1 })),
  }),
  story('MT-S-03', 'subjects of the other family', {
    link: link({
      messages: 0,
      messagesBySubject: {},
      subjects: ['meshplay.meshsync.core'],
      ratePerSecond: 0,
    }),
  }),
  story('MT-S-03', 'subjects of a fork', {
    link: link({ messages: 0, messagesBySubject: {}, ratePerSecond: 0, lastMessageAt: undefined }),
    monitor: seen(
      monitor({
        clients: [{ ...meshsyncClient, subscriptions: ['othermesh.meshsync.request'] }, ourClient],
      }),
    ),
  }),
  story('MT-S-04', 'never a message', {
    link: link({ messages: 0, messagesBySubject: {}, ratePerSecond: 0, lastMessageAt: undefined }),
  }),
  story('MT-S-05', 'silent for an hour', { link: link({ lastMessageAt: ago(HOUR), ratePerSecond: 0 }) }),
  story('MT-S-06', 'full copy never came', {
    link: link({ resyncAskedAt: ago(2 * MINUTE), lastMessageAt: ago(3 * MINUTE), ratePerSecond: 0 }),
  }),
  story('MT-S-07', 'slow consumer', { monitor: seen(monitor({ slowConsumers: 4 })) }),
  story('MT-S-08', 'slow round trip', { link: link({ roundTripMs: 2300 }) }),
  story('MT-S-09', 'resync storm', { link: link({ ratePerSecond: 5000 }) }),
  story('MT-S-10', 'no data for want of a link', { link: linkDown() }),
  story('MT-S-11', 'messages of the other family', {
    link: link({ messagesBySubject: { 'meshplay.meshsync.core': 12_408 } }),
  }),
  story('MT-S-11', 'image changed to the other family', {
    pods: podsWith('meshsync', pod('meshsync', { createdAt: ago(HOUR) })),
    link: link({
      messagesBySubject: { 'meshery.meshsync.core': 90_000, 'meshplay.meshsync.core': 12 },
      lastBySubject: {
        // The former pod went on for a moment beside the new one.
        'meshery.meshsync.core': ago(HOUR - 20 * SECOND),
        'meshplay.meshsync.core': ago(SECOND),
      },
    }),
  }),
  story('MT-S-12', 'second server of our name', {
    monitor: seen(
      monitor({
        clients: [meshsyncClient, ourClient, { ...ourClient, cid: 11, isOurs: false }],
        connections: 3,
      }),
    ),
  }),
  story('MT-S-13', 'link just came up', {
    link: link({
      messages: 0,
      messagesBySubject: {},
      ratePerSecond: 0,
      lastMessageAt: undefined,
      sinceAt: ago(10 * SECOND),
    }),
  }),
];
