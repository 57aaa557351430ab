// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { OperationPreview } from '../../../api/operation.ts';
import { createQueryClient } from '../../data/queries.ts';
import { installing, uninstallPreview } from '../../testing/operations.ts';
import { OperationDialog } from './OperationDialog.tsx';

const PATIENT = { timeout: 10_000 };
const PLACE = { id: 'staging', name: 'staging' };

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** A server with this preview, which answers a start with `start`. */
function show(preview: OperationPreview, start: () => Response) {
  const started: unknown[] = [];
  const onClose = vi.fn();
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    if (url === '/api/operations/preview') return Response.json(preview);
    if (url === '/api/operations' && init.method === 'POST') {
      started.push(JSON.parse(String(init.body)));
      return start();
    }
    if (url === '/api/operations/op-1') return Response.json(installing({ actor: 'cli' }));
    return Response.json({ items: [] });
  });
  render(
    <QueryClientProvider client={createQueryClient()}>
      <OperationDialog kind="uninstall" place={PLACE} onClose={onClose} />
    </QueryClientProvider>,
  );
  return { started, onClose };
}

const startButton = () => screen.getByRole('button', { name: 'Uninstall' });

describe('OperationDialog', () => {
  it('shows the exact objects by what happens to them, and starts only when the name is typed', async () => {
    const { started, onClose } = show(uninstallPreview, () => Response.json(installing(), { status: 202 }));
    expect(startButton().getAttribute('aria-disabled')).toBe('true');
    const removed = await screen.findByRole('region', { name: 'Will be removed' }, PATIENT);
    expect(removed.textContent).toContain('Deployment meshplay/meshplay-operator');
    expect(screen.getByRole('region', { name: 'Stays as it is' }).textContent).toContain(
      'other things are in it',
    );

    const field = screen.getByLabelText('Type staging to confirm');
    fireEvent.change(field, { target: { value: 'Staging' } });
    expect(screen.getByRole('tooltip').textContent).toBe('Type staging above to confirm.');
    fireEvent.click(startButton());
    expect(started).toEqual([]);

    fireEvent.change(field, { target: { value: 'staging' } });
    fireEvent.click(startButton());
    await waitFor(() => expect(onClose).toHaveBeenCalled(), PATIENT);
    expect(started).toEqual([
      {
        kind: 'uninstall',
        connectionId: 'staging',
        controllers: ['operator', 'meshsync', 'broker'],
        confirm: 'staging',
      },
    ]);
  });

  it('gives the refusal of the server as the reason why it cannot be started', async () => {
    show({ ...uninstallPreview, changes: [], refusal: 'Nothing of it is installed.' }, () =>
      Response.error(),
    );
    await waitFor(
      () => expect(screen.getByRole('tooltip').textContent).toBe('Nothing of it is installed.'),
      PATIENT,
    );
    expect(screen.queryByLabelText(/to confirm/)).toBeNull();
  });

  it('shows who runs what when another operation stands in the way', async () => {
    const { onClose } = show({ ...uninstallPreview, confirmName: undefined }, () =>
      Response.json(
        {
          code: 'conflict',
          message: 'Install Operator, MeshSync and Broker already runs here.',
          remedy: 'Wait until it has ended, or cancel it.',
          relatedId: 'op-1',
          requestId: 'req-7',
        },
        { status: 409 },
      ),
    );
    await screen.findByRole('region', { name: 'Will be removed' }, PATIENT);
    await waitFor(() => expect(startButton().getAttribute('aria-disabled')).toBeNull(), PATIENT);
    fireEvent.click(startButton());
    const alert = await screen.findByRole('alert', {}, PATIENT);
    expect(alert.textContent).toContain('already runs here');
    await waitFor(() => expect(alert.textContent).toContain('Installing all, started by cli'), PATIENT);
    expect(onClose).not.toHaveBeenCalled();
  });
});
