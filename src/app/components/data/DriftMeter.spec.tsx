// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Drift } from '../../../api/resource.ts';
import { polling } from '../../data/poll.ts';
import { createQueryClient } from '../../data/queries.ts';
import { DriftMeter } from './DriftMeter.tsx';

const AT = '2026-03-01T12:00:00.000Z';
const oneGhost: Drift = {
  connectionId: 'prod',
  clusterUid: 'cluster-1',
  startedAt: AT,
  endedAt: AT,
  ghosts: 1,
  missing: 0,
  outdated: 0,
  compared: 120,
  kinds: [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      outcome: 'compared',
      inCluster: 120,
      inDatabase: 121,
      ghosts: 1,
      missing: 0,
      outdated: 0,
      samples: { ghosts: [{ namespace: 'shop', name: 'web-9' }], missing: [], outdated: [] },
    },
  ],
};

beforeEach(() => polling.set({ intervalMs: 750, isPaused: true }));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it('compares when asked, names what differs, and repairs it', async () => {
  const answers: Readonly<Record<string, unknown>> = {
    '/api/connections/prod/drift': { isRunning: false },
    '/api/connections/prod/drift/check': oneGhost,
    '/api/connections/prod/drift/repair': {
      ...oneGhost,
      ghosts: 0,
      kinds: [],
      repair: { removed: 1, stored: 0, failed: 0, left: 0 },
    },
  };
  vi.stubGlobal('fetch', async (url: string) =>
    Response.json(answers[new URL(url, 'http://page.example').pathname]),
  );
  render(
    <QueryClientProvider client={createQueryClient()}>
      <DriftMeter connectionId="prod" />
    </QueryClientProvider>,
  );
  expect(screen.queryByRole('button', { name: /Repair/ })).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: 'Compare with the cluster' }));
  expect(await screen.findByText('shop/web-9', {}, { timeout: 10_000 })).toBeDefined();
  fireEvent.click(screen.getByRole('button', { name: 'Repair 1 row' }));
  expect(
    await screen.findByText(/^Repaired: 1 row removed, 0 stored anew/, {}, { timeout: 10_000 }),
  ).toBeDefined();
  expect(screen.getByText('Equal')).toBeDefined();
  expect(screen.queryByRole('button', { name: /Repair/ })).toBeNull();
});
