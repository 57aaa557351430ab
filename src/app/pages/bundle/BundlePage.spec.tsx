// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bundle } from '../../../api/bundle.ts';
import { healthyEvidence } from '../../../core/judge/fixtures.ts';
import { createQueryClient } from '../../data/queries.ts';
import { healthyConnection } from '../../testing/connections.ts';
import { BundlePage } from './BundlePage.tsx';

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
afterEach(cleanup);

function openFile(text: string) {
  render(
    <QueryClientProvider client={createQueryClient()}>
      <BundlePage />
    </QueryClientProvider>,
  );
  const file = new File([text], 'case.json', { type: 'application/json' });
  // jsdom’s own File has no text().
  Object.defineProperty(file, 'text', { value: () => Promise.resolve(text) });
  fireEvent.change(screen.getByLabelText('Bundle file'), { target: { files: [file] } });
}

describe('BundlePage', () => {
  it('opens a bundle read-only, and judges its evidence anew', async () => {
    openFile(JSON.stringify(bundle()));
    expect(await screen.findByText(/Read-only, taken at/, {}, WAIT)).toBeDefined();
    const card = screen.getByRole('article', { name: 'staging' });
    expect(within(card).getByText('Cannot be observed')).toBeDefined();
    expect(within(card).getByText('Root cause')).toBeDefined();
    expect(within(card).getByText(/Log of Broker: 1 lines/)).toBeDefined();
    expect(within(card).queryByRole('button')).toBeNull();
    expect(screen.getByText('events: 2 × tokens')).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Close the bundle' }));
    expect(screen.getByRole('heading', { name: 'Open a bundle' })).toBeDefined();
  }, 60_000);

  it('says what is wrong with a file that is no bundle', async () => {
    openFile('{"format":"other"}');
    expect((await screen.findByRole('alert', {}, WAIT)).textContent).toContain(
      'case.json is not a bundle this version can read',
    );
  }, 60_000);
});
