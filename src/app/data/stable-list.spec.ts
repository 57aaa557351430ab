import { describe, expect, it } from 'vitest';
import { healthyConnection } from '../testing/connections.ts';
import { type ConnectionList, keepUnchanged } from './stable-list.ts';

function listOf(...items: ConnectionList['items']): ConnectionList {
  const healthy = items.filter(({ health }) => health === 'healthy').length;
  return {
    items,
    counts: { healthy, 'needs-attention': 0, broken: items.length - healthy, changing: 0, unknown: 0 },
  };
}

describe('keepUnchanged', () => {
  it('gives the previous list itself when an equal one arrives', () => {
    const previous = listOf(healthyConnection(), healthyConnection({ id: 'prod' }));
    expect(keepUnchanged(previous, structuredClone(previous))).toBe(previous);
  });

  it('keeps the objects of what did not change beside one that did', () => {
    const previous = listOf(healthyConnection(), healthyConnection({ id: 'prod' }));
    const next = listOf(healthyConnection(), healthyConnection({ id: 'prod', messages: 1_001 }));
    const kept = keepUnchanged(previous, next);
    expect(kept).not.toBe(previous);
    expect(kept.items[0]).toBe(previous.items[0]);
    expect(kept.items[1]).toBe(next.items[1]);
    expect(kept.counts).toBe(previous.counts);
  });

  it.each([
    ['a change of what is judged', { changedAt: '2026-03-01T12:00:01.000Z' }],
    ['a rate', { ratePerSecond: 47 }],
    ['becoming stale', { isStale: true }],
    ['a next try', { nextTryAt: '2026-03-01T12:00:09.000Z' }],
  ] as const)('takes the new object for %s', (_, change) => {
    const previous = listOf(healthyConnection());
    const next = listOf(healthyConnection(change));
    expect(keepUnchanged(previous, next).items[0]).toBe(next.items[0]);
  });

  it('takes a list that lost or gained an item', () => {
    const previous = listOf(healthyConnection(), healthyConnection({ id: 'prod' }));
    const shorter = keepUnchanged(previous, listOf(healthyConnection()));
    expect(shorter.items).toEqual([previous.items[0]]);
    expect(shorter.items[0]).toBe(previous.items[0]);
    expect(shorter.counts.healthy).toBe(1);
  });
});
