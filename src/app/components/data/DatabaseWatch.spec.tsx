// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Database } from '../../../api/database.ts';
import { polling } from '../../data/poll.ts';
import { createQueryClient } from '../../data/queries.ts';
import { notices } from '../../notify/notify.ts';
import { corruptDatabase, soundDatabase } from '../../testing/data.ts';
import { DATABASE_KEY } from './data-queries.ts';
import { DatabaseWatch } from './DatabaseWatch.tsx';

beforeEach(() => {
  // Nothing is polled: the test asks again itself, so that no timer decides its outcome.
  polling.set({ intervalMs: 750, isPaused: true });
  notices.set([]);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it('speaks of a problem once, however often it is seen, and again when it comes back', async () => {
  let answer: Database = soundDatabase();
  vi.stubGlobal('fetch', async () => Response.json(answer));
  const cache = createQueryClient();
  const askAgain = () =>
    act(async () => {
      await cache.refetchQueries({ queryKey: DATABASE_KEY });
      // The cache tells its observers in a timer of its own; this one comes after it.
      await new Promise((resolve) => setTimeout(resolve, 5));
    });
  render(
    <QueryClientProvider client={cache}>
      <DatabaseWatch />
    </QueryClientProvider>,
  );
  await waitFor(() => expect(cache.getQueryData(DATABASE_KEY)).toBeDefined(), { timeout: 10_000 });
  expect(notices.get()).toEqual([]);

  answer = soundDatabase({ problem: corruptDatabase });
  await askAgain();
  answer = soundDatabase({ problem: { ...corruptDatabase, at: '2026-03-01T12:00:05.000Z' } });
  await askAgain();
  expect(notices.get()).toEqual([
    {
      kind: 'problem',
      title: 'The database has a problem.',
      message: corruptDatabase.message,
      remedy: corruptDatabase.remedy,
      link: { label: 'Settings → Database', href: '/database' },
    },
  ]);

  answer = soundDatabase();
  await askAgain();
  answer = soundDatabase({ problem: corruptDatabase });
  await askAgain();
  expect(notices.get()).toHaveLength(2);
});
