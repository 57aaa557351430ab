// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../../api/diagnosis.ts';
import { createQueryClient } from '../../data/queries.ts';
import { healthyConnection } from '../../testing/connections.ts';
import { FindingDetail } from './FindingDetail.tsx';

afterEach(cleanup);

const orphaned: Finding = {
  code: 'MT-O-04',
  severity: 'warning',
  hop: 'operator',
  summary: 'MeshSync or Broker are orphaned: they run without an Operator.',
  meaning: 'Nothing repairs, updates or removes them.',
  cause: 'The Operator was removed while they were running.',
  confidence: 'certain',
  facts: [],
  remedies: [
    { kind: 'operation', label: 'Adopt them', operation: 'adopt', controllers: ['operator'] },
    { kind: 'operation', label: 'Remove them', operation: 'cleanup-orphans', controllers: ['broker'] },
    { kind: 'link', label: 'About MT-O-04', path: '/errors/MT-O-04' },
  ],
};

function show(isRoot: boolean): Record<string, string> {
  render(
    <QueryClientProvider client={createQueryClient()}>
      <FindingDetail
        connection={healthyConnection()}
        finding={orphaned}
        symptoms={[]}
        isRoot={isRoot}
        isReadOnly={false}
      />
    </QueryClientProvider>,
  );
  const look = (button: HTMLElement) => (button.classList.contains('is-contained') ? 'main' : 'other');
  return Object.fromEntries(
    screen.getAllByRole('button').map((button) => [button.textContent, look(button)]),
  );
}

describe('FindingDetail', () => {
  it('has one button that is the one to press first, and only of the root cause', () => {
    expect(show(true)).toEqual({ 'Adopt them': 'main', 'Remove them': 'other' });
    cleanup();
    expect(show(false)).toEqual({ 'Adopt them': 'other', 'Remove them': 'other' });
  });

  it('leads to its error reference once', () => {
    show(true);
    expect(screen.getAllByRole('link').map((link) => link.getAttribute('href'))).toEqual(['/errors/MT-O-04']);
  });
});
