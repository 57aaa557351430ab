import { describe, expect, it } from 'vitest';
import { RateHistory } from './rate-history.ts';

const START = Date.parse('2026-08-01T10:00:00Z');

describe('the last hour in steps', () => {
  it('holds a step for each ten seconds since it began, at most an hour, the present one last', () => {
    const history = new RateHistory(START);
    history.add(START, { messages: 2, bytes: 20 });
    history.add(START + 9_999, { messages: 1, storeMs: 30, batches: 1 });
    history.add(START + 10_000, { errors: 1, storeMs: 15, batches: 2 });
    const view = history.view(START + 10_000);
    expect(view.messages).toEqual([3, 0]);
    expect(view.storeMs).toEqual([30, 7.5]);
    expect(view.errors.at(-1)).toBe(1);
    expect(view.endAt).toBe('2026-08-01T10:00:20.000Z');
    const later = history.view(START + 7_200_000);
    expect([later.messages, later.bytes, later.errors, later.storeMs].map(({ length }) => length)).toEqual([
      360, 360, 360, 360,
    ]);
  });

  it('forgets what is older than an hour, also after a long silence', () => {
    const history = new RateHistory(START);
    history.add(START, { messages: 5 });
    expect(history.messagesWithin(START + 3_590_000, 3600)).toBe(5);
    expect(history.messagesWithin(START + 3_600_000, 3600)).toBe(0);
    history.add(START + 90_000_000, { messages: 1 });
    expect(history.messagesWithin(START + 90_000_000, 3600)).toBe(1);
  });

  it('knows how long it has looked', () => {
    const history = new RateHistory(START);
    expect(history.observedSeconds(START)).toBe(10);
    expect(history.observedSeconds(START + 95_000)).toBe(100);
    expect(history.observedSeconds(START + 90_000_000)).toBe(3600);
  });

  it('survives a clock that is set back', () => {
    const history = new RateHistory(START);
    history.add(START - 60_000, { messages: 1 });
    expect(history.messagesWithin(START - 60_000, 60)).toBe(1);
  });
});
