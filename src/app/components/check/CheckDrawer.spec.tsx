// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CheckResult, CheckRun } from '../../../api/check.ts';
import { createQueryClient } from '../../data/queries.ts';
import { skippedBecauseOf } from './check-words.ts';
import { CheckDrawer } from './CheckDrawer.tsx';

const PATIENT = { timeout: 10_000 };

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function result(change: Partial<CheckResult>): CheckResult {
  return {
    id: 'kubernetes-answers',
    suite: 'kubernetes',
    hop: 'kubernetes',
    title: 'The API server answers',
    status: 'pass',
    evidence: [],
    ...change,
  };
}

const silent = result({
  status: 'fail',
  observed: 'no answer within 5 s',
  remedy: 'Look whether the cluster runs.',
  command: 'kubectl version',
  evidence: ['GET /livez timed out'],
});
const ready = result({
  id: 'kubernetes-ready',
  title: 'The API server is ready',
  status: 'skip',
  skippedBecause: silent.id,
});
const rolledOut = result({
  id: 'operator-ready',
  suite: 'operator',
  hop: 'operator',
  title: 'Operator is rolled out',
  status: 'skip',
  skippedBecause: ready.id,
});

const running: CheckRun = {
  id: 'run-1',
  connectionId: 'staging',
  connectionName: 'staging',
  suites: ['kubernetes', 'operator'],
  status: 'running',
  startedAt: '2026-03-01T12:00:00.000Z',
  results: [silent, ready, rolledOut].map((one) => ({ ...one, status: 'waiting' })),
  counts: { pass: 0, warn: 0, fail: 0, skip: 0 },
};
const done: CheckRun = {
  ...running,
  status: 'done',
  durationMs: 5_012,
  results: [silent, ready, rolledOut],
  rootCause: silent.id,
  counts: { pass: 0, warn: 0, fail: 1, skip: 2 },
};

describe('CheckDrawer', () => {
  it('names the root cause and what was not evaluated because of it, and runs again', async () => {
    let starts = 0;
    vi.stubGlobal('fetch', async (url: string) => {
      if (url === '/api/checks') starts += 1;
      return url === '/api/checks' ? Response.json(running, { status: 202 }) : Response.json(done);
    });
    render(
      <QueryClientProvider client={createQueryClient()}>
        <CheckDrawer place={{ id: 'staging', name: 'staging' }} onClose={() => undefined} />
      </QueryClientProvider>,
    );
    const root = await screen.findByText(/Root cause: /, {}, PATIENT);
    expect(root.parentElement?.textContent).toBe(
      'Root cause: “The API server answers” failed: no answer within 5 s',
    );
    expect(screen.getByText('2 checks were not evaluated because of it.')).toBeDefined();
    expect(screen.getByText('1 failed, 2 not evaluated, in 5.0 s')).toBeDefined();
    // Its words are unbreakable, each in an element of its own.
    expect(screen.getByText('kubectl').closest('code')?.textContent).toBe('kubectl version');
    fireEvent.click(screen.getByRole('button', { name: 'Run again' }));
    await waitFor(() => expect(starts).toBe(2), PATIENT);
  });
});

describe('skippedBecauseOf', () => {
  it('follows the chain, and leaves out what was skipped for another reason', () => {
    const inBrowser = result({ id: 'kubernetes-dns', status: 'skip', skippedBecause: 'a browser cannot' });
    expect(skippedBecauseOf(silent.id, [rolledOut, ready, silent, inBrowser])).toBe(2);
    expect(skippedBecauseOf('kubernetes-other', [ready, silent])).toBe(0);
  });
});
