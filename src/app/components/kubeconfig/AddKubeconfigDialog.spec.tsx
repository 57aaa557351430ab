// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ContextPreview } from '../../../api/kubeconfig-upload.ts';
import { polling } from '../../data/poll.ts';
import { createQueryClient } from '../../data/queries.ts';
import { AddKubeconfigDialog } from './AddKubeconfigDialog.tsx';

const PATIENCE = { timeout: 10_000 };

function context(change: Partial<ContextPreview>): ContextPreview {
  return {
    file: 0,
    fileName: 'pasted',
    context: 'staging',
    cluster: 'staging',
    user: 'admin',
    server: 'https://staging.example:6443',
    isCurrent: true,
    isTlsVerified: true,
    refusals: [],
    warnings: [],
    reach: { status: 'reached', version: 'v1.34.1' },
    abilities: [{ ability: 'install', isAllowed: false, missing: ['create namespaces'] }],
    canAdd: true,
    ...change,
  };
}

const REFUSED = context({
  context: 'aws',
  canAdd: false,
  reach: { status: 'not-tried', reason: 'It is refused, so it was not dialled.' },
  refusals: [{ code: 'exec', field: 'users[aws].user.exec', message: 'It would start a program.' }],
});
const INSECURE = context({
  context: 'lab',
  reach: { status: 'not-tried', reason: 'It is dialled after you agreed.' },
  warnings: [
    { code: 'insecure-tls', field: 'c', message: 'The certificate is not checked.', needsConsent: true },
  ],
});

/** Answers the requests of the dialog, and keeps the bodies it was sent. */
function serve(contexts: readonly ContextPreview[]) {
  const asked: { path: string; body: unknown }[] = [];
  vi.stubGlobal('fetch', async (url: string, init?: RequestInit) => {
    const { pathname } = new URL(url, 'http://page.example');
    const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
    asked.push({ path: `${init?.method ?? 'GET'} ${pathname}`, body });
    if (pathname === '/api/kubeconfigs/preview')
      return Response.json({ files: [{ name: 'pasted', contexts: contexts.length }], contexts });
    if (init?.method === 'POST' && pathname === '/api/kubeconfigs')
      return Response.json({
        added: [{ context: 'staging', connectionId: 'c-1', isNew: true }],
        refused: [{ context: 'lab', reason: 'The name lab.example has no address.' }],
      });
    return Response.json({ discoveredAt: '2026-03-01T12:00:00.000Z', paths: [], contexts: [] });
  });
  return asked;
}

function show() {
  render(
    <QueryClientProvider client={createQueryClient()}>
      <AddKubeconfigDialog onClose={() => undefined} />
    </QueryClientProvider>,
  );
}

async function paste() {
  fireEvent.change(await screen.findByLabelText('or paste one', {}, PATIENCE), {
    target: { value: 'kind: Config' },
  });
  fireEvent.click(screen.getByRole('button', { name: 'Look at what was pasted' }));
}

beforeEach(() => polling.set({ intervalMs: 750, isPaused: true }));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('AddKubeconfigDialog', () => {
  it('shows each context with what is missing and why one is refused, and chooses what works', async () => {
    serve([context({}), REFUSED]);
    show();
    await paste();
    const staging = await screen.findByRole('group', { name: 'staging' }, PATIENCE);
    expect(staging.textContent).toContain('Reached, Kubernetes v1.34.1.');
    expect(staging.textContent).toContain('create namespaces is missing');
    expect(within(staging).getByRole<HTMLInputElement>('checkbox').checked).toBe(true);
    const refused = screen.getByRole('group', { name: 'aws' });
    expect(refused.textContent).toContain('It would start a program.');
    expect(within(refused).getByRole<HTMLInputElement>('checkbox').disabled).toBe(true);
    // In a tab of its own: what was chosen here stays.
    const more = within(refused).getByRole('link', { name: /About kubeconfig-exec/ });
    expect(more.getAttribute('href')).toBe('/errors/kubeconfig-exec');
    expect(more.getAttribute('target')).toBe('_blank');
  });

  it('adds a context that needs consent only once it was given, and sends the consent', async () => {
    const asked = serve([INSECURE]);
    show();
    await paste();
    const lab = await screen.findByRole('group', { name: 'lab' }, PATIENCE);
    fireEvent.click(within(lab).getByRole('checkbox', { name: 'Add lab' }));
    expect(screen.getByRole('button', { name: 'Add 0 contexts' }).getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(within(lab).getByRole('checkbox', { name: /The certificate is not checked/ }));
    // Asked for anew each time: a button with a reason and one without are not the same element.
    const refusal = () => screen.getByRole('button', { name: 'Add 1 context' }).getAttribute('aria-disabled');
    await vi.waitFor(() => expect(refusal()).toBe(null), PATIENCE);
    expect(asked.filter(({ path }) => path === 'POST /api/kubeconfigs/preview').at(-1)?.body).toMatchObject({
      contexts: [{ file: 0, context: 'lab', consents: ['insecure-tls'] }],
    });
    fireEvent.click(screen.getByRole('button', { name: 'Add 1 context' }));
    expect(await screen.findByText('Show the connection', {}, PATIENCE)).toBeDefined();
    expect(screen.getByText(/The name lab.example has no address/)).toBeDefined();
    expect(asked.find(({ path }) => path === 'POST /api/kubeconfigs')?.body).toMatchObject({
      files: [{ name: 'pasted', text: 'kind: Config' }],
      contexts: [{ file: 0, context: 'lab', consents: ['insecure-tls'] }],
    });
  });

  it('takes files that are dropped', async () => {
    const asked = serve([context({ fileName: 'config' })]);
    show();
    const zone = (await screen.findByLabelText('or paste one', {}, PATIENCE)).closest('.drop');
    if (zone === null) throw new Error('there is nowhere to drop');
    fireEvent.drop(zone, { dataTransfer: { files: [new File(['kind: Config'], 'config')] } });
    expect(await screen.findByRole('group', { name: 'staging' }, PATIENCE)).toBeDefined();
    expect(asked.find(({ path }) => path === 'POST /api/kubeconfigs/preview')?.body).toMatchObject({
      files: [{ name: 'config', text: 'kind: Config' }],
    });
  });
});
