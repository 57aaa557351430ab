// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ControllerLog } from '../../../api/log.ts';
import { polling } from '../../data/poll.ts';
import { createQueryClient } from '../../data/queries.ts';
import { LogPanel } from './LogPanel.tsx';

const WAIT = { timeout: 10_000 };
const asked: URL[] = [];

function answer(url: URL): ControllerLog {
  const controller = url.searchParams.get('controller') === 'broker' ? 'broker' : 'operator';
  const base: ControllerLog = {
    controller,
    readAt: '2026-03-01T12:00:00.000Z',
    isPrevious: false,
    lines: [],
    pods: [],
  };
  if (controller === 'broker') {
    return {
      ...base,
      problem: { message: 'This identity may not read logs in meshplay.', remedy: 'Grant get on pods/log.' },
    };
  }
  return {
    ...base,
    pods: [
      {
        namespace: 'meshplay',
        name: 'operator-1',
        phase: 'Running',
        ready: true,
        restarts: 0,
        containers: ['manager'],
      },
    ],
    pod: 'operator-1',
    container: 'manager',
    lines: [
      { text: 'INFO starting manager' },
      {
        text: 'leader election lost',
        meaning: 'it lost the election of the leader',
        remedy: 'See whether a second Operator runs.',
      },
    ],
    command: 'kubectl logs -n meshplay operator-1 -c manager --tail=200',
  };
}

beforeEach(() => {
  asked.length = 0;
  // Nothing is polled: no timer decides the outcome.
  polling.set({ intervalMs: 750, isPaused: true });
  vi.stubGlobal('fetch', async (path: string) => {
    const url = new URL(path, 'http://page.example');
    asked.push(url);
    return Response.json(answer(url));
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show() {
  render(
    <QueryClientProvider client={createQueryClient()}>
      <LogPanel connectionId="staging" />
    </QueryClientProvider>,
  );
}

describe('LogPanel', () => {
  it('explains the lines that are known, and filters', async () => {
    show();
    expect(await screen.findByText(/Known: it lost the election/, {}, WAIT)).toBeDefined();
    expect(screen.getByText(/2 of 2 lines, 1 of them known/)).toBeDefined();
    fireEvent.change(screen.getByRole('searchbox', { name: 'Filter' }), { target: { value: 'STARTING' } });
    expect(screen.getByText(/1 of 2 lines/)).toBeDefined();
    expect(screen.queryByText(/Known:/)).toBeNull();
    fireEvent.change(screen.getByRole('searchbox', { name: 'Filter' }), {
      target: { value: 'nothing like it' },
    });
    expect(screen.getByText('No line holds the words of the filter.')).toBeDefined();
  });

  it('asks for another controller, and says in words why there is no log', async () => {
    show();
    await screen.findByText('INFO starting manager', {}, WAIT);
    fireEvent.change(screen.getByRole('combobox', { name: 'Controller' }), { target: { value: 'broker' } });
    expect(await screen.findByText('This identity may not read logs in meshplay.', {}, WAIT)).toBeDefined();
    expect(screen.getByText('Grant get on pods/log.')).toBeDefined();
    expect(asked.at(-1)?.pathname).toBe('/api/connections/staging/logs');
    expect(asked.at(-1)?.searchParams.get('controller')).toBe('broker');
  });
});
