// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClientErrorCode } from '../../../client/client-error.ts';
import { errorReferences, findErrorReference } from '../../../core/errors-reference/references.ts';
import { CodeText } from '../../components/data/CodeText.tsx';
import { polling } from '../../data/poll.ts';
import { createQueryClient } from '../../data/queries.ts';
import { healthyConnection } from '../../testing/connections.ts';
import { ErrorsPage } from './ErrorsPage.tsx';

const SOON = { timeout: 10_000 };

function show(address: string) {
  window.history.replaceState(null, '', address);
  render(
    <QueryClientProvider client={createQueryClient()}>
      <ErrorsPage />
    </QueryClientProvider>,
  );
}

/** By selector: asking hundreds of links for their roles takes seconds. */
const codes = () =>
  [...document.querySelectorAll('[aria-label="Error codes"] a')].map((link) => link.textContent);

beforeEach(() => {
  polling.set({ intervalMs: 750, isPaused: true });
  vi.stubGlobal('fetch', async (url: string) => {
    const isSought = new URL(url, 'http://page.example').searchParams.get('name') === 'MT-B-01';
    return Response.json({ items: isSought ? [healthyConnection({ name: 'prod' })] : [], counts: {} });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('ErrorsPage', () => {
  it('searches codes with their words, narrowed to a component, all of it in the address', () => {
    show('/errors?q=kubeconfig');
    const all = codes();
    expect(all).toContain('meshplay-server-1038');
    expect(all.length).toBeLessThan(errorReferences.length);
    fireEvent.click(screen.getByText('Meshplay Server', { selector: 'button' }));
    expect(window.location.search).toBe('?q=kubeconfig&component=server');
    expect(codes().length).toBeGreaterThan(0);
    expect(codes().every((code) => code?.startsWith('meshplay-server-'))).toBe(true);
  });

  it('lists every code, and leads out of a search that finds none', () => {
    show('/errors?q=no-such-word-anywhere');
    fireEvent.click(screen.getByText('Show every code'));
    expect(codes()).toHaveLength(errorReferences.length);
  });

  it('knows every code a call of this page can fail by', () => {
    const every: Record<ClientErrorCode, true> = {
      'invalid-request': true,
      'not-found': true,
      conflict: true,
      'too-large': true,
      unprocessable: true,
      'too-many-requests': true,
      'forbidden-origin': true,
      'read-only': true,
      'not-available': true,
      'cluster-unreachable': true,
      'cluster-refused': true,
      internal: true,
      'no-answer': true,
      'too-slow': true,
      'bad-reply': true,
    };
    const unknown = Object.keys(every).filter((code) => findErrorReference(code)?.component !== 'api');
    expect(unknown).toEqual([]);
  });

  it('explains one code, by either family’s name', () => {
    show('/errors/meshery-server-1038');
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('meshplay-server-1038');
    expect(screen.getByText('The kubeconfig cannot be loaded')).toBeDefined();
    expect(screen.getByText('Check the file with kubectl and upload it again.')).toBeDefined();
  });

  it('names the connections that show a finding now', async () => {
    show('/errors/MT-B-01');
    const link = await screen.findByRole('link', { name: 'prod' }, SOON);
    expect(link.getAttribute('href')).toBe('/settings?open=staging&tab=findings');
  });

  it('leads to a simulated fault that shows a finding, where there is a sandbox', async () => {
    const entered = vi.fn();
    const fault = { name: 'kill', title: 'Kill the Broker', shows: ['MT-B-04'], world: 'fault-kill' };
    vi.stubGlobal('fetch', async (url: string, init?: RequestInit) => {
      if (init?.method === 'PUT') entered(init.body);
      if (url.includes('/api/sandbox')) return Response.json({ worlds: [], faults: [fault], injected: [] });
      return Response.json({ hasSandbox: true, items: [], counts: {} });
    });
    show('/errors/MT-B-04');
    fireEvent.click(await screen.findByRole('button', { name: 'Kill the Broker' }, SOON));
    await vi.waitFor(() => expect(window.location.pathname).toBe('/settings'), SOON);
    expect(entered).toHaveBeenCalledWith(JSON.stringify({ world: 'fault-kill' }));
    cleanup();
    show('/errors/MT-B-05');
    await screen.findByText('No connection.', undefined, SOON);
    expect(screen.queryByText('Show it in the sandbox')).toBeNull();
  });

  it('says when a code is not known', () => {
    show('/errors/%E0%A4%A');
    expect(screen.getByText(/This code is not known here/)).toBeDefined();
  });
});

it('links the codes in a message', () => {
  render(<CodeText text="It failed with meshery-server-1038, see MT-B-01." />);
  expect(screen.getAllByRole('link').map((link) => link.getAttribute('href'))).toEqual([
    '/errors/meshery-server-1038',
    '/errors/MT-B-01',
  ]);
});
