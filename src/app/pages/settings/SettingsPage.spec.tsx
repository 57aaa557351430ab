// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { Profiler } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionSummary } from '../../../api/connection.ts';
import { polling } from '../../data/poll.ts';
import { createQueryClient } from '../../data/queries.ts';
import { healthyConnection } from '../../testing/connections.ts';
import { SettingsPage } from './SettingsPage.tsx';

/** The part of the server this page asks, as one function of the path. */
function serve(answer: (path: string) => Response) {
  vi.stubGlobal('fetch', async (url: string) => answer(new URL(url, 'http://page.example').pathname));
}

function list(items: readonly ConnectionSummary[]): Response {
  const counts = { healthy: 0, 'needs-attention': 0, broken: 0, changing: 0, unknown: 0 };
  for (const { health } of items) counts[health] += 1;
  return Response.json({ items, counts });
}

function failure(code: string, status: number): Response {
  return Response.json(
    { code, message: 'The store cannot be read.', remedy: 'Look at the log.', requestId: 'req-42' },
    { status },
  );
}

function show() {
  render(
    <QueryClientProvider client={createQueryClient()}>
      <SettingsPage />
    </QueryClientProvider>,
  );
}

beforeEach(() => {
  window.history.replaceState(null, '', '/settings');
  // Nothing is polled: each test asks again itself, so that no timer decides its outcome.
  polling.set({ intervalMs: 750, isPaused: true });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('SettingsPage', () => {
  it('shows shapes while it loads, then a card a connection, the unwell first', async () => {
    const broken = healthyConnection({ id: 'prod', name: 'prod', health: 'broken' });
    serve((path) =>
      path === '/api/connections' ? list([healthyConnection(), broken]) : failure('not-found', 404),
    );
    show();
    expect(screen.getByRole('status', { name: 'Loading the connections' })).toBeDefined();
    const cards = await screen.findAllByRole('article', {}, { timeout: 10_000 });
    expect(cards.map((card) => card.querySelector('h2')?.textContent)).toEqual(['prod', 'staging']);
  });

  it('filters by a count, in the address', async () => {
    const broken = healthyConnection({ id: 'prod', name: 'prod', health: 'broken' });
    serve((path) =>
      path === '/api/connections' ? list([healthyConnection(), broken]) : failure('not-found', 404),
    );
    show();
    fireEvent.click(await screen.findByRole('button', { name: '1 broken' }, { timeout: 10_000 }));
    expect(screen.getAllByRole('article')).toHaveLength(1);
    expect(window.location.search).toBe('?health=broken');
    fireEvent.click(screen.getByRole('button', { name: '1 broken', pressed: true }));
    expect(screen.getAllByRole('article')).toHaveLength(2);
  });

  it('renders nothing when a poll changes nothing, and only what changed when one does', async () => {
    let staging = healthyConnection();
    const prod = healthyConnection({ id: 'prod', name: 'prod' });
    serve((path) => (path === '/api/connections' ? list([staging, prod]) : failure('not-found', 404)));
    const cache = createQueryClient();
    let renders = 0;
    render(
      <QueryClientProvider client={cache}>
        <Profiler id="page" onRender={() => (renders += 1)}>
          <SettingsPage />
        </Profiler>
      </QueryClientProvider>,
    );
    await screen.findAllByRole('article', {}, { timeout: 10_000 });
    // The cache tells its observers in a task of its own, so a task later everything has been told.
    const poll = async () => {
      await act(() => cache.refetchQueries({ queryKey: ['connectionList'] }));
      await act(() => new Promise((resolve) => setTimeout(resolve, 20)));
    };
    renders = 0;
    await poll();
    expect(renders).toBe(0);
    staging = { ...staging, changedAt: '2026-03-01T12:00:01.000Z', health: 'broken' };
    renders = 0;
    await poll();
    expect(await screen.findByText('Broken', {}, { timeout: 10_000 })).toBeDefined();
    expect(renders).toBeGreaterThan(0);
  });

  it('says what failed, why, what to do and which request, and tries again', async () => {
    let isWell = false;
    serve((path) =>
      path === '/api/connections' && isWell ? list([healthyConnection()]) : failure('internal', 500),
    );
    show();
    const alert = await screen.findByRole('alert', {}, { timeout: 10_000 });
    expect(alert.textContent).toContain('The connections could not be read. The store cannot be read.');
    expect(alert.textContent).toContain('Look at the log.');
    expect(alert.textContent).toContain('req-42');
    isWell = true;
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('article', { name: 'staging' }, { timeout: 10_000 })).toBeDefined();
  });

  it('leaves the error where it is while it tries again', async () => {
    let answer = async (): Promise<Response> => failure('internal', 500);
    let release: (reply: Response) => void = () => undefined;
    vi.stubGlobal('fetch', async (url: string) => {
      const isList = new URL(url, 'http://page.example').pathname === '/api/connections';
      return isList ? answer() : failure('not-found', 404);
    });
    show();
    const alert = await screen.findByRole('alert', {}, { timeout: 10_000 });
    const asked = new Promise<void>((resolve) => {
      answer = () => {
        resolve();
        return new Promise((give) => (release = give));
      };
    });
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await act(() => asked);
    // The cache tells its observers in a task of its own.
    await act(() => new Promise((resolve) => setTimeout(resolve, 20)));
    expect(screen.getByRole('alert')).toBe(alert);
    release(list([healthyConnection()]));
    expect(await screen.findByRole('article', { name: 'staging' }, { timeout: 10_000 })).toBeDefined();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('says where it looked when there is no connection', async () => {
    const place = {
      path: '/home/me/.kube/config',
      reason: 'the home folder',
      outcome: 'absent',
      contexts: 0,
    };
    serve((path) => {
      if (path === '/api/connections') return list([]);
      if (path === '/api/kubeconfigs')
        return Response.json({ discoveredAt: '2026-03-01T12:00:00.000Z', paths: [place], contexts: [] });
      return failure('not-found', 404);
    });
    show();
    expect(await screen.findByText('/home/me/.kube/config', {}, { timeout: 10_000 })).toBeDefined();
    expect(screen.getByRole('heading', { name: 'No cluster connected yet' })).toBeDefined();
    expect(screen.getByRole('button', { name: 'Rediscover' })).toBeDefined();
  });
});
