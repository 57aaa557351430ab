// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { SyntheticSchedule } from '../../../api/synthetic.ts';
import { polling } from '../../data/poll.ts';
import { createQueryClient } from '../../data/queries.ts';
import { SyntheticSection } from './SyntheticSection.tsx';

const AT = '2026-03-01T12:00:00.000Z';
const SOON = { timeout: 10_000 };
const kept: SyntheticSchedule = {
  history: [
    { at: AT, isSuccess: true, totalMs: 300 },
    { at: AT, isSuccess: true, totalMs: 120 },
    { at: AT, isSuccess: false, failedHop: 'Seen on the Broker', message: 'MeshSync published nothing.' },
  ],
};

beforeEach(() => polling.set({ intervalMs: 750, isPaused: true }));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it('tells how the tests ended, in words and as plots, and sets when they run', async () => {
  const bodies: unknown[] = [];
  vi.stubGlobal('fetch', async (url: string, init?: RequestInit) => {
    expect(new URL(url, 'http://page.example').pathname).toBe('/api/connections/prod/synthetic');
    if (init?.method !== 'PUT') return Response.json(kept);
    const body: unknown = JSON.parse(String(init.body));
    bodies.push(body);
    return Response.json({ ...kept, everyMinutes: 15, nextAt: AT });
  });
  render(
    <QueryClientProvider client={createQueryClient()}>
      <SyntheticSection connectionId="prod" />
    </QueryClientProvider>,
  );
  const select = await screen.findByRole('combobox', { name: /^Runs by itself/ }, SOON);
  expect(select).toHaveProperty('value', '');
  expect(screen.getByText('Failed')).toBeDefined();
  expect(screen.getByText(/at “Seen on the Broker”\. MeshSync published nothing\./)).toBeDefined();
  expect(screen.getByText('2 of 3 runs succeeded.')).toBeDefined();
  expect(screen.getAllByRole('img').map((plot) => plot.getAttribute('aria-label'))).toEqual([
    'End to end: now 120 ms, most 300 ms, over the last 2 successful runs',
    'Success: now 0 %, most 100 %, over the last 3 runs, of which 2 succeeded',
  ]);
  fireEvent.change(select, { target: { value: '15' } });
  expect(await screen.findByText(/^Next:/, {}, SOON)).toBeDefined();
  expect(bodies).toEqual([{ everyMinutes: 15 }]);
  expect(select).toHaveProperty('value', '15');
});
