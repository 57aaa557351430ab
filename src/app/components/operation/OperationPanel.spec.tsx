// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Operation } from '../../../api/operation.ts';
import { createQueryClient } from '../../data/queries.ts';
import { installing } from '../../testing/operations.ts';
import { OperationPanel } from './OperationPanel.tsx';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show(operation: Operation) {
  render(
    <QueryClientProvider client={createQueryClient()}>
      <OperationPanel operation={operation} />
    </QueryClientProvider>,
  );
  return screen.getByRole('region', { name: operation.title });
}

const ENDED_AT = '2026-03-01T12:00:21.000Z';

describe('OperationPanel', () => {
  it('shows which step runs, of how many, and what it waits for', () => {
    const panel = show(installing());
    expect(panel.textContent).toContain('Installing all, step 2 of 3: Operator and its permissions');
    expect(panel.textContent).toContain('0 of 1 ready, pulling image');
    expect(screen.getByRole('progressbar').getAttribute('aria-valuetext')).toBe('1 of 3 steps done');
    expect(screen.getByRole('status').textContent).not.toMatch(/\d:\d\d/);
  });

  it('cancels, and says that it is stopping', async () => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (url: string) => {
      asked.push(url);
      return Response.json(installing());
    });
    show(installing());
    fireEvent.click(screen.getByRole('button', { name: /^Cancel/ }));
    await waitFor(() => expect(asked[0]).toBe('/api/operations/op-1/cancel'), { timeout: 10_000 });
    expect(await screen.findByText('Stopping', {}, { timeout: 10_000 })).toBeDefined();
  });

  it('keeps a failure with its reason, its remedy and Resume', () => {
    const panel = show(
      installing({
        status: 'failed',
        endedAt: ENDED_AT,
        summary: 'The image cannot be pulled.',
        remedy: 'Give a registry that has it.',
        canCancel: false,
        canResume: true,
      }),
    );
    expect(panel.textContent).toContain('Install Operator, MeshSync and Broker: failed 21.0 s');
    expect(panel.textContent).toContain('The image cannot be pulled.');
    expect(panel.textContent).toContain('Give a registry that has it.');
    expect(screen.getByRole('button', { name: /^Resume/ })).toBeDefined();
    expect(screen.getByRole('button', { name: /^Dismiss/ })).toBeDefined();
    expect(screen.queryByRole('button', { name: /^Cancel/ })).toBeNull();
  });

  it('says what stays after an uninstall, without Resume', () => {
    const panel = show(
      installing({
        kind: 'uninstall',
        status: 'succeeded',
        endedAt: ENDED_AT,
        summary: 'Nothing of it is left.',
        left: ['Namespace meshplay'],
        canCancel: false,
      }),
    );
    expect(panel.textContent).toContain('1 object stays');
    expect(panel.textContent).toContain('Namespace meshplay');
    expect(screen.queryByRole('button', { name: /^Resume/ })).toBeNull();
  });

  it('shows how far a synthetic test came', () => {
    show(
      installing({
        kind: 'synthetic-test',
        status: 'failed',
        endedAt: ENDED_AT,
        canCancel: false,
        hops: [
          { hop: 'accepted', title: 'The API server took the change', afterMs: 12, startMs: 0, endMs: 12 },
          { hop: 'subject', title: 'MeshSync published it', afterMs: 60, startMs: 12, endMs: 60 },
          { hop: 'parsed', title: 'Understood' },
        ],
      }),
    );
    const row = (name: RegExp) => screen.getByRole('row', { name });
    expect(row(/The API server took the change/).textContent).toContain('12 ms');
    // Its own time, from where the one before it was done.
    expect(row(/MeshSync published it/).textContent).toContain('48 ms');
    const bar = row(/MeshSync published it/).querySelector<HTMLElement>('.waterfall-bar');
    expect([bar?.style.marginLeft, bar?.style.width]).toEqual(['20%', '80%']);
    expect(row(/Understood/).textContent).toContain('never seen');
  });
});
