// @vitest-environment jsdom
import { cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { FreshnessChip } from './FreshnessChip.tsx';

afterEach(cleanup);

const FRESH = {
  rows: 3,
  lastMessageAt: '2026-03-01T12:00:00.000Z',
  isStale: false,
  needsResync: false,
};

const wordOf = (freshness: Parameters<typeof FreshnessChip>[0]['freshness']) =>
  render(<FreshnessChip freshness={freshness} />).container.textContent;

describe('FreshnessChip', () => {
  it('calls nothing fresh that never came, and nothing that is stale or incomplete', () => {
    expect(wordOf(FRESH)).toBe('Fresh');
    expect(wordOf({ rows: 0, isStale: false, needsResync: false })).toBe('Nothing stored yet');
    expect(wordOf({ ...FRESH, isStale: true })).toBe('Stale');
    expect(wordOf({ ...FRESH, isStale: true, needsResync: true })).toBe('Incomplete');
  });
});
