import { describe, expect, it } from 'vitest';
import { createSerialiser } from './serialise.ts';

/** What the reader gets. */
const read = (sent: string | readonly Uint8Array[]): unknown =>
  JSON.parse(typeof sent === 'string' ? sent : Buffer.concat(sent).toString());

const item = (id: number) => ({ id, name: `connection “${id}”`, list: [1, { a: null }] });

describe('createSerialiser', () => {
  it.each([0, 3, 49, 50, 51, 400])('gives what JSON.stringify means, for %i items', (length) => {
    const body = {
      items: Array.from({ length }, (_, id) => item(id)),
      counts: { healthy: length },
      nextCursor: undefined,
    };
    const serialise = createSerialiser();
    for (const round of [1, 2])
      expect(read(serialise(body)), `round ${round}`).toEqual(JSON.parse(JSON.stringify(body)));
  });

  it('keeps lists apart that hold other objects', () => {
    const serialise = createSerialiser();
    const items = Array.from({ length: 60 }, (_, id) => item(id));
    serialise({ items });
    const changed = items.map((one) => (one.id === 7 ? { ...one, name: 'new' } : one));
    expect(read(serialise({ items: changed }))).toEqual({ items: changed });
  });

  it.each([null, 'text', 5, [1, 2], { items: 'none' }, {}])('serialises %j as it is', (body) => {
    expect(createSerialiser()(body)).toBe(JSON.stringify(body));
  });
});
