import { ago, failed, HOUR, link, linkDown, MINUTE, SECOND, seen } from '../fixtures.ts';

import { type Story, story } from './story.ts';

export const databaseStories: readonly Story[] = [
  story('MT-D-01', 'disk full', { database: failed('other', { message: 'the disk is full' }) }),
  story('MT-D-01', 'file damaged', { database: failed('damaged', { message: 'the file is damaged' }) }),
  story('MT-D-02', 'nothing stored', { database: seen({ rows: 0, isBehind: false, rejected: 0 }) }),
  story('MT-D-03', 'older than the link', {
    database: seen({ rows: 9, lastWriteAt: ago(10 * MINUTE), isBehind: false, rejected: 0 }),
  }),
  story('MT-D-04', 'storing falls behind', {
    database: seen({ rows: 9, lastWriteAt: ago(200), isBehind: true, rejected: 0 }),
  }),
  story('MT-D-05', 'messages rejected', {
    database: seen({ rows: 9, lastWriteAt: ago(200), isBehind: false, rejected: 3 }),
  }),
  story('MT-D-06', 'stale behind a lost link', {
    link: linkDown(),
    database: seen({ rows: 9, lastWriteAt: ago(HOUR), isBehind: false, rejected: 0 }),
  }),
  story('MT-D-07', 'first messages just came', {
    link: link({ sinceAt: ago(10 * SECOND) }),
    database: seen({ rows: 0, isBehind: false, rejected: 0 }),
  }),
];
