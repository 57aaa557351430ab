// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../../api/database.ts';
import { work } from '../../components/operation/work.ts';
import { polling } from '../../data/poll.ts';
import { createQueryClient } from '../../data/queries.ts';
import { corruptDatabase, soundDatabase } from '../../testing/data.ts';
import { DatabasePage } from './DatabasePage.tsx';

const SOON = { timeout: 10_000 };

function show(database: Database) {
  vi.stubGlobal('fetch', async (url: string) => {
    const { pathname } = new URL(url, 'http://page.example');
    if (pathname === '/api/database') return Response.json(database);
    return Response.json({ items: [], counts: {} });
  });
  render(
    <QueryClientProvider client={createQueryClient()}>
      <DatabasePage />
    </QueryClientProvider>,
  );
}

beforeEach(() => {
  polling.set({ intervalMs: 750, isPaused: true });
  work.set(undefined);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('DatabasePage', () => {
  it('tells where the database is, what it holds and what could not be stored', async () => {
    show(soundDatabase());
    expect(await screen.findByText('/var/lib/meshplay/cache.db', {}, SOON)).toBeDefined();
    expect(screen.getByText('1,200 rows')).toBeDefined();
    expect(screen.getByText('not JSON')).toBeDefined();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('shows a problem with the one button that mends it', async () => {
    show(soundDatabase({ problem: corruptDatabase }));
    const alert = await screen.findByRole('alert', {}, SOON);
    expect(alert.textContent).toContain(corruptDatabase.message);
    expect(alert.textContent).toContain(corruptDatabase.setAsideAs);
    fireEvent.click(screen.getByRole('button', { name: /Reset/ }));
    expect(work.get()).toMatchObject({ kind: 'operation', operation: 'reset-database' });
  });

  it('restores the copy that was chosen, and says why a damaged one cannot be', async () => {
    const copy = { sizeBytes: 10, setAsideAt: '2026-03-01T12:00:00.000Z', why: 'reset' } as const;
    show(
      soundDatabase({
        copies: [
          { ...copy, id: 'copy-1', path: 'cache.db.1', isRestorable: true },
          { ...copy, id: 'copy-2', path: 'cache.db.2', isRestorable: false },
        ],
      }),
    );
    const damaged = await screen.findByRole('button', { name: 'Restore cache.db.2' }, SOON);
    fireEvent.click(damaged);
    expect(work.get()).toBeUndefined();
    expect(damaged.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(screen.getByRole('button', { name: 'Restore cache.db.1' }));
    expect(work.get()).toMatchObject({ operation: 'restore-database', copyId: 'copy-1' });
  });
});
