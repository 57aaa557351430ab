// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionSummary } from '../../../api/connection.ts';
import { createQueryClient } from '../../data/queries.ts';
import { brokerWithNoExternalIp, healthyConnection } from '../../testing/connections.ts';
import { ConnectionCard } from './ConnectionCard.tsx';

beforeEach(() => window.history.replaceState(null, '', '/settings'));
afterEach(cleanup);

function show(connection: ConnectionSummary) {
  render(
    <QueryClientProvider client={createQueryClient()}>
      <ConnectionCard connection={connection} />
    </QueryClientProvider>,
  );
  return screen.getByRole('article', { name: connection.name });
}

describe('ConnectionCard', () => {
  it('shows a healthy connection in few words', () => {
    const card = show(healthyConnection());
    expect(within(card).getByText('Healthy')).toBeDefined();
    expect(within(card).getAllByRole('listitem')).toHaveLength(6);
    expect(within(card).getByText('last message 0.2 s ago')).toBeDefined();
    expect(within(card).queryByRole('button', { name: /Why/ })).toBeNull();
  });

  it('names the root cause, what follows, and leads to why', () => {
    const card = show(
      healthyConnection({
        health: 'needs-attention',
        rootCause: brokerWithNoExternalIp,
        symptoms: 3,
        findings: 4,
      }),
    );
    expect(within(card).getByText(brokerWithNoExternalIp.summary)).toBeDefined();
    expect(within(card).getByText(/3 symptoms follow from this/)).toBeDefined();
    expect(within(card).getByRole('button', { name: 'Use port-forward…' })).toBeDefined();
    fireEvent.click(within(card).getByRole('button', { name: /Why/ }));
    expect(window.location.search).toBe('?open=staging&tab=findings');
  });

  it('says that what cannot be observed is not known, instead of three UNKNOWN', () => {
    const unseen = healthyConnection({
      health: 'unknown',
      isStale: true,
      rootCause: brokerWithNoExternalIp,
    });
    const card = show({
      ...unseen,
      controllers: unseen.controllers.map((one) => ({ ...one, state: 'UNKNOWN', verdict: 'unknown' })),
    });
    expect(within(card).getByText('Cannot be observed')).toBeDefined();
    expect(within(card).queryByRole('table')).toBeNull();
    expect(within(card).getByText(/last good view/)).toBeDefined();
  });

  it('does not say of what has not been looked at yet that it cannot be observed', () => {
    const unseen = healthyConnection({ health: 'unknown' });
    const card = show({
      ...unseen,
      controllers: unseen.controllers.map((one) => ({ ...one, state: 'UNKNOWN', verdict: 'unknown' })),
    });
    expect(within(card).getByText('Looking…')).toBeDefined();
    expect(within(card).queryByText('Cannot be observed')).toBeNull();
  });

  it('says of a way in that skips the check of the certificate that it does, in use or not', () => {
    const unchecked = healthyConnection({ isTlsVerified: false, uncheckedWays: ['old'] });
    expect(show(unchecked).textContent).toMatch(/certificate not checked(?! by)/);
    cleanup();
    const beside = show(healthyConnection({ uncheckedWays: ['old', 'older'] }));
    expect(beside.textContent).toContain('certificate not checked by way of old, older');
    cleanup();
    expect(show(healthyConnection()).textContent).not.toContain('not checked');
  });

  it('labels a simulated cluster', () => {
    expect(within(show(healthyConnection({ origin: 'sandbox' }))).getByText('Sandbox')).toBeDefined();
  });
});
