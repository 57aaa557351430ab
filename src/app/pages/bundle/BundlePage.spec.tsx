// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bundle } from '../../../api/bundle.ts';
import { healthyEvidence } from '../../../core/judge/fixtures.ts';
import { readText } from '../../../client/read-text.ts';
import { createQueryClient } from '../../data/queries.ts';
import { notices } from '../../notify/notify.ts';
import { healthyConnection } from '../../testing/connections.ts';
import { BundlePage } from './BundlePage.tsx';
import { BundleView } from './BundleView.tsx';
import { forgetBundle, keepBundle, keptBundle } from './kept-bundle.ts';
import { sameOriginUrl } from './open-bundle.ts';

const WAIT = { timeout: 15_000 };

/** A bundle whose view says *healthy* and whose evidence says that the API server is out of reach. */
function bundle(): Bundle {
  const evidence = healthyEvidence();
  const { takenAt } = evidence;
  return {
    format: 'meshplay-troubleshooter-bundle',
    formatVersion: 1,
    takenAt,
    product: { version: '0.1.0', runtime: 'Node 24' },
    connections: [
      {
        view: { ...healthyConnection(), waysIn: [], allFindings: [] },
        evidence: {
          ...evidence,
          api: {
            status: 'failed',
            failure: { kind: 'refused', message: 'connection refused' },
            failedAt: takenAt,
          },
        },
        observedSinceAt: '2020-01-01T00:00:00.000Z',
        isOperationRunning: false,
        logs: [
          {
            controller: 'broker',
            readAt: takenAt,
            pods: [],
            isPrevious: false,
            lines: [{ text: 'Server is ready' }],
          },
        ],
      },
    ],
    operations: [],
    events: [],
    redactions: [{ part: 'events', kind: 'token', count: 2 }],
  };
}

beforeEach(() => window.history.replaceState(null, '', '/bundle'));
afterEach(async () => {
  cleanup();
  await forgetBundle();
});

function show(page: ReactNode) {
  render(<QueryClientProvider client={createQueryClient()}>{page}</QueryClientProvider>);
}

function openFile(text: string) {
  show(<BundlePage />);
  const file = new File([text], 'case.json', { type: 'application/json' });
  // jsdom’s own File has no text().
  Object.defineProperty(file, 'text', { value: () => Promise.resolve(text) });
  fireEvent.change(screen.getByLabelText('Bundle file'), { target: { files: [file] } });
}

async function problemOf(text: string): Promise<string> {
  openFile(text);
  return (await screen.findByRole('alert', {}, WAIT)).textContent;
}

describe('BundlePage', () => {
  it('goes to where the bundle is shown, and says that this browser keeps nothing where it keeps nothing', async () => {
    openFile(JSON.stringify(bundle()));
    await waitFor(
      () => expect(window.location.pathname + window.location.search).toBe('/settings?bundle=last'),
      WAIT,
    );
    await waitFor(
      () =>
        expect(notices.get().map((one) => one.kind === 'done' && one.message)).toContainEqual(
          expect.stringContaining('keeps nothing'),
        ),
      WAIT,
    );
  }, 60_000);

  it('names the field that is not as it should be', async () => {
    expect(await problemOf('{"format":"other"}')).toContain('case.json is not a bundle: its field format');
    cleanup();
    expect(await problemOf('{')).toContain('case.json is not JSON');
    cleanup();
    expect(await problemOf(JSON.stringify({ ...bundle(), formatVersion: 7 }))).toContain(
      'a bundle of format 7',
    );
    cleanup();
    const [connection] = bundle().connections;
    const broken = { ...bundle(), connections: [{ ...connection, observedSinceAt: 'yesterday' }] };
    expect(await problemOf(JSON.stringify(broken))).toContain('its field connections.0.observedSinceAt');
    expect(window.location.pathname).toBe('/bundle');
  }, 60_000);
});

describe('BundleView', () => {
  it('shows the cards of a kept bundle read-only, with its evidence judged anew and ages of that moment', async () => {
    await keepBundle({ name: 'case.json', text: JSON.stringify(bundle()) });
    window.history.replaceState(null, '', '/settings?bundle=last');
    show(<BundleView source="last" />);
    expect(await screen.findByText(/^Bundle of .*, read-only\.$/, {}, WAIT)).toBeDefined();
    const card = screen.getByRole('article', { name: 'staging' });
    expect(within(card).getByText('Cannot be observed')).toBeDefined();
    expect(within(card).getAllByRole('listitem')).toHaveLength(6);
    expect(screen.getByText('events: 2 × tokens')).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Redeploy' })).toBeNull();

    fireEvent.click(within(card).getByRole('button', { name: 'Why? Findings of staging' }));
    const drawer = await screen.findByRole('dialog', { name: 'Details of staging' }, WAIT);
    expect(within(drawer).getByText('Root cause')).toBeDefined();
    expect(within(drawer).queryByRole('button', { name: /retry|connect/i })).toBeNull();
    fireEvent.click(within(drawer).getByRole('tab', { name: 'Evidence' }));
    expect(await within(drawer).findByRole('heading', { name: 'Workloads' }, WAIT)).toBeDefined();
    // Taken at the very moment that stands for now.
    expect(within(drawer).getByText(/^Taken/).textContent).toContain('0 s ago');
    fireEvent.click(within(drawer).getByRole('tab', { name: 'Logs' }));
    expect(await within(drawer).findByText('Server is ready', {}, WAIT)).toBeDefined();
    fireEvent.click(within(drawer).getByRole('button', { name: 'Close' }));
    fireEvent.click(screen.getByRole('button', { name: 'Close the bundle' }));
    await waitFor(() => expect(window.location.search).toBe(''), WAIT);
    expect(await keptBundle()).toBeUndefined();
  }, 60_000);

  it('says when nothing is kept any more, and refuses every other origin', async () => {
    show(<BundleView source="last" />);
    expect((await screen.findByRole('alert', {}, WAIT)).textContent).toContain('keeps no bundle any more');
    cleanup();
    show(<BundleView source="https://elsewhere.example/case.json" />);
    expect((await screen.findByRole('alert', {}, WAIT)).textContent).toContain('not from elsewhere.example');
  }, 60_000);
});

describe('sameOriginUrl', () => {
  const BASE = 'https://here.example:8443/settings?bundle=x';
  it.each(['/api/bundle', 'case.json', 'https://here.example:8443/files/case.json'])('takes %s', (source) => {
    expect(sameOriginUrl(source, BASE).origin).toBe('https://here.example:8443');
  });
  it.each([
    '//elsewhere.example/case.json',
    'https://here.example/case.json',
    'http://here.example:8443/case.json',
    'https://here.example:8443@elsewhere.example/case.json',
    'javascript:alert(1)',
    'data:application/json,{}',
    'blob:https://here.example:8443/1',
    'file:///etc/passwd',
    'https://',
  ])('refuses %s', (source) => {
    expect(() => sameOriginUrl(source, BASE)).toThrow(/only from this server itself|is not an address/);
  });
});

describe('readText', () => {
  it('gives up a text that is longer than the limit, and follows nowhere', async () => {
    const seen: RequestInit[] = [];
    const answer = (body: BodyInit) => (_url: string, init: RequestInit) => {
      seen.push(init);
      return Promise.resolve(new Response(body));
    };
    const { signal } = new AbortController();
    await expect(readText('/x', { fetch: answer('héllo'), limitBytes: 6, signal })).resolves.toBe('héllo');
    await expect(readText('/x', { fetch: answer('héllo'), limitBytes: 5, signal })).rejects.toMatchObject({
      code: 'too-large',
    });
    expect(seen[0]).toMatchObject({ redirect: 'error' });
    const refused = () => Promise.resolve(new Response('no', { status: 404 }));
    await expect(readText('/x', { fetch: refused, limitBytes: 5, signal })).rejects.toMatchObject({
      status: 404,
    });
  });
});
