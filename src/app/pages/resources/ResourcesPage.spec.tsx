// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { polling } from '../../data/poll.ts';
import { createQueryClient } from '../../data/queries.ts';
import type { Resource } from '../../../api/resource.ts';
import { corruptDatabase, storedPod } from '../../testing/data.ts';
import { ResourcesPage } from './ResourcesPage.tsx';

const KINDS = {
  rows: 3,
  kinds: [
    { apiVersion: 'v1', kind: 'Pod', rows: 2, namespaces: [{ namespace: 'shop', rows: 2 }] },
    { apiVersion: 'v1', kind: 'Node', rows: 1, namespaces: [{ namespace: '', rows: 1 }] },
  ],
};
const NO_CONNECTIONS = {
  items: [],
  counts: { healthy: 0, 'needs-attention': 0, broken: 0, changing: 0, unknown: 0 },
};

/** The part of the server this page asks; gives the queries of the list as they came. */
function serve(list: (query: URLSearchParams) => object) {
  const asked: URLSearchParams[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    const { pathname, searchParams } = new URL(url, 'http://page.example');
    if (pathname === '/api/connections') return Response.json(NO_CONNECTIONS);
    if (pathname === '/api/resources/kinds') return Response.json(KINDS);
    if (pathname !== '/api/resources') return Response.json({}, { status: 404 });
    asked.push(searchParams);
    return Response.json(list(searchParams));
  });
  return asked;
}

function page(items: readonly Resource[], more: object = {}) {
  return { items, total: items.length, source: 'database', ...more };
}

function show(address: string) {
  window.history.replaceState(null, '', address);
  render(
    <QueryClientProvider client={createQueryClient()}>
      <ResourcesPage />
    </QueryClientProvider>,
  );
}

const SOON = { timeout: 10_000 };

beforeEach(() => polling.set({ intervalMs: 750, isPaused: true }));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('ResourcesPage', () => {
  it('asks for what the address says, and a choice becomes part of the address', async () => {
    const asked = serve(() => page([storedPod()]));
    show('/resources?connection=prod&kinds=Pod&q=web');
    expect(await screen.findByRole('button', { name: 'web-0' }, SOON)).toBeDefined();
    expect(asked[0]?.get('connectionId')).toBe('prod');
    expect(asked[0]?.get('kinds')).toBe('Pod');
    expect(asked[0]?.get('search')).toBe('web');
    fireEvent.click(await screen.findByLabelText(/^Node/, {}, SOON));
    expect(new URLSearchParams(window.location.search).get('kinds')).toBe('Pod,Node');
    await waitFor(() => expect(asked.at(-1)?.get('kinds')).toBe('Pod,Node'), SOON);
  });

  it('reads the next page by its cursor', async () => {
    const asked = serve((query) =>
      query.get('cursor') === 'after-1'
        ? page([storedPod({ name: 'web-1' })], { total: 2 })
        : page([storedPod()], { total: 2, nextCursor: 'after-1' }),
    );
    show('/resources');
    expect(await screen.findByRole('button', { name: 'web-1' }, SOON)).toBeDefined();
    expect(screen.getByRole('button', { name: 'web-0' })).toBeDefined();
    expect(asked.map((query) => query.get('cursor'))).toEqual([null, 'after-1']);
  });

  it('shows the live nodes of an empty database, what that means and where to mend it', async () => {
    const node = storedPod({ kind: 'Node', name: 'node-a', namespace: '' });
    serve(() => ({ items: [node], source: 'live', notice: 'Its nodes are read live from the API.' }));
    show('/resources');
    expect(
      await screen.findByText('The database is empty: MeshSync has sent nothing yet.', {}, SOON),
    ).toBeDefined();
    expect(screen.getByText('Its nodes are read live from the API.')).toBeDefined();
    expect(screen.getByRole('button', { name: 'node-a' })).toBeDefined();
    for (const name of ['Reconnect', 'Re-sync']) {
      expect(screen.getByRole('link', { name }).getAttribute('href')).toBe('/settings?open=prod');
    }
  });

  it('says that the database has a problem, and links to where it is mended', async () => {
    serve(() => ({ items: [], source: 'live', problem: corruptDatabase }));
    show('/resources');
    const alert = await screen.findByRole('alert', {}, SOON);
    expect(alert.textContent).toContain(corruptDatabase.message);
    expect(screen.getByRole('link', { name: 'Settings → Database' }).getAttribute('href')).toBe('/database');
  });

  it('offers the way back when filters leave nothing', async () => {
    serve((query) => page(query.has('search') ? [] : [storedPod()]));
    show('/resources?q=nothing-like-that');
    fireEvent.click(await screen.findByRole('button', { name: 'Show everything' }, SOON));
    expect(await screen.findByRole('button', { name: 'web-0' }, SOON)).toBeDefined();
    expect(window.location.search).toBe('');
  });
});
