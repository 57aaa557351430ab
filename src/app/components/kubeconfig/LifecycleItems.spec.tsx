// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createQueryClient } from '../../data/queries.ts';
import { healthyConnection } from '../../testing/connections.ts';
import { LeaveDialog } from './LeaveDialog.tsx';
import { lifecycleActions } from './lifecycle-actions.ts';

const PATIENCE = { timeout: 10_000 };

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** Answers a preview that asks for the name, and keeps what was sent to move the connection. */
function serve() {
  const moves: unknown[] = [];
  vi.stubGlobal('fetch', async (url: string, init?: RequestInit) => {
    const { pathname } = new URL(url, 'http://page.example');
    if (pathname === '/api/operations/preview') {
      const change = {
        action: 'remove',
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: 'meshery-operator',
      };
      return Response.json({
        title: 'Uninstall',
        steps: [],
        warnings: [],
        changes: [change],
        confirmName: 'staging',
      });
    }
    moves.push(typeof init?.body === 'string' ? JSON.parse(init.body) : undefined);
    return Response.json({ lifecycle: 'deleted', allowed: [] });
  });
  return moves;
}

function show(onClose: () => void) {
  render(
    <QueryClientProvider client={createQueryClient()}>
      <LeaveDialog connection={healthyConnection()} to="deleted" onClose={onClose} />
    </QueryClientProvider>,
  );
}

describe('the life cycle in the menu of a card', () => {
  it('offers what the state allows, and says why not for the rest', () => {
    const usable = (lifecycle: 'connected' | 'ignored' | 'disconnected') =>
      lifecycleActions(healthyConnection({ lifecycle }))
        .filter(({ reason }) => reason === undefined)
        .map(({ id, to }) => `${id} ${to}`);
    expect(usable('connected')).toEqual([
      'disconnect disconnected',
      'ignore ignored',
      'maintain maintenance',
      'delete deleted',
    ]);
    expect(usable('ignored')).toEqual(['connect registered', 'delete deleted']);
    expect(usable('disconnected')).toEqual(['connect connected', 'delete deleted']);
  });

  it('deletes and leaves the Operator running, unless told otherwise', async () => {
    const moves = serve();
    const onClose = vi.fn();
    show(onClose);
    fireEvent.click(screen.getByRole('button', { name: 'Delete' }));
    await vi.waitFor(() => expect(onClose).toHaveBeenCalled(), PATIENCE);
    expect(moves).toEqual([{ to: 'deleted', operator: 'keep' }]);
  });

  it('uninstalls only after its objects were shown and the name was typed', async () => {
    const moves = serve();
    const onClose = vi.fn();
    show(onClose);
    fireEvent.click(screen.getByRole('radio', { name: /Uninstall it first/ }));
    expect(await screen.findByText(/meshery-operator/, {}, PATIENCE)).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Delete' }));
    expect(moves).toEqual([]);
    fireEvent.change(screen.getByRole('textbox'), { target: { value: 'staging' } });
    fireEvent.click(screen.getByRole('button', { name: 'Delete' }));
    await vi.waitFor(() => expect(onClose).toHaveBeenCalled(), PATIENCE);
    expect(moves).toEqual([{ to: 'deleted', operator: 'uninstall', confirm: 'staging' }]);
  });
});
