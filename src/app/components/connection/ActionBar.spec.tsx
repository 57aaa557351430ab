// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectionSummary } from '../../../api/connection.ts';
import type { Operation } from '../../../api/operation.ts';
import { keepOperation } from '../../data/operations.ts';
import { createQueryClient } from '../../data/queries.ts';
import { healthyConnection } from '../../testing/connections.ts';
import { installing } from '../../testing/operations.ts';
import { ActionBar } from './ActionBar.tsx';

afterEach(cleanup);

function show(connection: ConnectionSummary, operation?: Operation) {
  const cache = createQueryClient();
  if (operation !== undefined) keepOperation(cache, operation);
  render(
    <QueryClientProvider client={cache}>
      <ActionBar connection={connection} />
    </QueryClientProvider>,
  );
}

const reasonOf = (name: string) => {
  const id = screen.getByRole('button', { name }).getAttribute('aria-describedby');
  return id === null ? undefined : document.getElementById(id)?.textContent;
};

describe('ActionBar', () => {
  it('offers everything on a connection that works', () => {
    show(healthyConnection());
    const names = screen.getAllByRole('button').map(({ textContent }) => textContent?.trim());
    expect(names).toEqual(['Test connectivity', 'Synthetic test', 'Reconnect', 'Redeploy']);
    expect(reasonOf('Reconnect')).toBeUndefined();
  });

  it('keeps what cannot be used in its place, with the reason', () => {
    const unseen = healthyConnection({ health: 'unknown' });
    show({
      ...unseen,
      controllers: unseen.controllers.map((one) => ({ ...one, state: 'UNKNOWN', verdict: 'unknown' })),
      hops: unseen.hops.map((one) => ({ ...one, verdict: one.hop === 'kubernetes' ? 'broken' : 'unknown' })),
    });
    expect(reasonOf('Test connectivity')).toBeUndefined();
    expect(reasonOf('Reconnect')).toContain('does not answer');
    expect(reasonOf('Synthetic test')).toContain('does not answer');
  });

  it('waits for the operation that runs', () => {
    show(healthyConnection(), installing());
    expect(reasonOf('Reconnect')).toContain('Another operation runs here');
  });

  it('takes no notice of an operation elsewhere, or of one that has ended', () => {
    show(healthyConnection(), installing({ connectionId: 'prod' }));
    expect(reasonOf('Reconnect')).toBeUndefined();
    cleanup();
    show(healthyConnection(), installing({ status: 'succeeded' }));
    expect(reasonOf('Reconnect')).toBeUndefined();
  });

  it('opens the rest under Redeploy, the refused ones with their reason', async () => {
    show(healthyConnection());
    fireEvent.click(screen.getByRole('button', { name: 'Redeploy' }));
    const orphans = await screen.findByRole('menuitem', { name: 'Clean up orphans…' }, { timeout: 10_000 });
    expect(orphans.getAttribute('aria-disabled')).toBe('true');
    expect(orphans.textContent).toContain('There is an Operator');
    expect(screen.getByRole('menuitem', { name: 'Uninstall…' }).getAttribute('aria-disabled')).not.toBe(
      'true',
    );
  });
});
