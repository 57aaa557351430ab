// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionSummary } from '../../../api/connection.ts';
import type { OperationKind, OperationRequest } from '../../../api/operation.ts';
import { createQueryClient } from '../../data/queries.ts';
import { healthyConnection } from '../../testing/connections.ts';
import { installing, uninstallPreview } from '../../testing/operations.ts';
import { BulkDialog } from './BulkDialog.tsx';

const PATIENT = { timeout: 30_000 };

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const named = (name: string, change: Partial<ConnectionSummary> = {}) =>
  healthyConnection({ id: name, name, ...change });
const dead = (name: string) => {
  const one = named(name, { health: 'unknown' });
  return {
    ...one,
    controllers: one.controllers.map((each) => ({ ...each, state: 'UNKNOWN' as const })),
    hops: one.hops.map((each) => ({ ...each, verdict: 'unknown' as const })),
  };
};

/** A server with these connections; a preview is refused where a reason is given for it. */
function show(
  kind: OperationKind,
  connections: readonly ConnectionSummary[],
  refusals: Readonly<Record<string, string>> = {},
) {
  const started: unknown[] = [];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const path = url.split('?')[0];
    const body = (): OperationRequest => JSON.parse(String(init.body));
    if (path === '/api/connections') return Response.json({ items: connections, counts: {} });
    if (path === '/api/operations/preview') {
      const id = body().connectionId ?? '';
      return Response.json({ ...uninstallPreview, confirmName: id, refusal: refusals[id] });
    }
    if (path === '/api/operations' && init.method === 'POST') {
      started.push(body());
      const connectionId = body().connectionId ?? '';
      return Response.json(installing({ id: `op-${connectionId}`, connectionId, status: 'succeeded' }));
    }
    return Response.json({ items: [] });
  });
  render(
    <QueryClientProvider client={createQueryClient()}>
      <BulkDialog
        kind={kind}
        places={connections.map(({ id, name }) => ({ id, name }))}
        onClose={() => undefined}
      />
    </QueryClientProvider>,
  );
  const rowOf = (name: string) =>
    within(screen.getByRole('list', { name: 'Connections' }))
      .getAllByRole('listitem')
      .find((row) => row.querySelector('b')?.textContent === name)?.textContent ?? '';
  return { started, rowOf };
}

/** Looked for anew each time: with a reason to wait it is another element than without. */
const runButton = () => screen.getByRole('button', { name: / on \d connections?$/ });
const untilEnabled = (name: string) =>
  waitFor(() => {
    expect(runButton().textContent).toBe(name);
    expect(runButton().getAttribute('aria-disabled')).toBeNull();
  }, PATIENT);

describe('BulkDialog', { timeout: 120_000 }, () => {
  it('leaves out where it cannot be done, with the reason, and runs on the others', async () => {
    const { started, rowOf } = show('reconnect', [
      named('one'),
      dead('two'),
      named('three', { lifecycle: 'ignored' }),
      named('four'),
    ]);
    await untilEnabled('Reconnect on 2 connections');
    expect(rowOf('two')).toContain('The API server of two does not answer');
    expect(rowOf('two')).toContain('Left out');
    expect(rowOf('three')).toContain('“Connect again”');
    fireEvent.click(runButton());
    await screen.findByText('2 of 2 have ended; 2 left out', {}, PATIENT);
    expect(started).toEqual([
      { kind: 'reconnect', connectionId: 'one' },
      { kind: 'reconnect', connectionId: 'four' },
    ]);
    expect(rowOf('one')).toContain('Succeeded');
    expect(rowOf('two')).toContain('Left out');
  });

  it('lists before a destructive one what each would lose, and leaves out what the server refuses', async () => {
    const { started, rowOf } = show('uninstall', [named('one'), named('two')], { two: 'Helm is busy here.' });
    await waitFor(() => expect(rowOf('one')).toContain('1 object will be removed'), PATIENT);
    expect(rowOf('one')).toContain('Deployment meshplay/meshplay-operator');
    expect(rowOf('two')).toContain('Helm is busy here.');
    fireEvent.click(runButton());
    expect(started).toEqual([]);
    fireEvent.change(screen.getByRole('textbox'), { target: { value: 'uninstall 1' } });
    await untilEnabled('Uninstall on 1 connection');
    fireEvent.click(runButton());
    await screen.findByText('1 of 1 have ended; 1 left out', {}, PATIENT);
    expect(started).toMatchObject([{ kind: 'uninstall', connectionId: 'one', confirm: 'one' }]);
  });

  it('says so when it can be run nowhere', async () => {
    show('reconnect', [dead('one')]);
    await waitFor(
      () => expect(screen.getByRole('tooltip').textContent).toBe('It can be run on none of these now.'),
      PATIENT,
    );
    expect(runButton().textContent).toBe('Reconnect on 0 connections');
  });
});
