// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SandboxFault } from '../../../api/sandbox.ts';
import { polling } from '../../data/poll.ts';
import { createQueryClient } from '../../data/queries.ts';
import { healthyConnection } from '../../testing/connections.ts';
import { FaultPicker } from './FaultPicker.tsx';

const SOON = { timeout: 30_000 };
const fault = (changes: Pick<SandboxFault, 'name' | 'title'> & Partial<SandboxFault>): SandboxFault => ({
  story: 'It breaks.',
  hop: 'broker',
  shows: ['MT-B-04'],
  world: `fault-${changes.name}`,
  needsOwnWorld: false,
  ...changes,
});
const FAULTS = [
  fault({ name: 'kill', title: 'Kill the Broker' }),
  fault({
    name: 'swap',
    title: 'Swap the kubeconfig',
    hop: 'kubernetes',
    shows: ['MT-K-10'],
    needsOwnWorld: true,
  }),
];

const changes = { enter: vi.fn(), fault: vi.fn(), remove: vi.fn(), isPending: false };
const button = (name: string) => screen.getByRole('button', { name });
const search = (words: string) =>
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: words } });
const choices = () => screen.queryAllByRole('radio').map((radio) => radio.getAttribute('value'));

beforeEach(() => {
  polling.set({ intervalMs: 750, isPaused: true });
  const items = [healthyConnection({ id: 'c1', name: 'lab', origin: 'sandbox' })];
  vi.stubGlobal('fetch', async () => Response.json({ items, counts: {} }));
  render(
    <QueryClientProvider client={createQueryClient()}>
      <FaultPicker
        sandbox={{ world: 'healthy', worlds: [], faults: FAULTS, injected: [] }}
        changes={changes}
      />
    </QueryClientProvider>,
  );
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.clearAllMocks();
});

describe('FaultPicker', () => {
  it('groups the faults by hop, and finds them by the code they show', async () => {
    expect(choices()).toEqual(['swap', 'kill']);
    expect(screen.getByRole('group', { name: /^Kubernetes/ })).toBeDefined();
    search('mt-b-04');
    expect(choices()).toEqual(['kill']);
    search('no such fault');
    expect(screen.getByText(/No fault matches/)).toBeDefined();
  });

  it('injects what is chosen, and nothing that the search hides', async () => {
    await screen.findByRole('option', { name: 'lab' }, SOON);
    fireEvent.click(screen.getByRole('radio', { name: /^Kill the Broker/ }));
    fireEvent.click(button('Inject'));
    expect(changes.fault).toHaveBeenCalledWith('c1', 'kill', 'inject');
    search('kubeconfig');
    expect(button('Inject').hasAttribute('disabled')).toBe(true);
  });

  it('starts a world of its own for a fault that begins with another cluster', async () => {
    await screen.findByRole('option', { name: 'lab' }, SOON);
    fireEvent.click(screen.getByRole('radio', { name: /^Swap/ }));
    expect(button('Inject').hasAttribute('disabled')).toBe(true);
    fireEvent.click(button('Show in its own world'));
    expect(changes.enter).toHaveBeenCalledWith('fault-swap');
  });
});
