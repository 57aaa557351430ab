import { describe, expect, it } from 'vitest';
import type { Health } from '../../../api/diagnosis.ts';
import { healthyConnection } from '../../testing/connections.ts';
import { isOutOfOrder, keepPlaces, sortPlaces } from './ordering.ts';

function connection(id: string, health: Health) {
  return healthyConnection({ id, name: id, health });
}

/** Nobody has looked at it yet: unknown, and nothing says why. */
function pending(id: string) {
  const { controllers } = healthyConnection();
  return healthyConnection({
    id,
    name: id,
    health: 'unknown',
    controllers: controllers.map((one) => ({ ...one, state: 'UNKNOWN' })),
  });
}

const ids = (places: readonly { readonly id: string }[]) => places.map(({ id }) => id);

describe('the order of connections', () => {
  it('is worst first, then by name, with numbers as numbers', () => {
    const sorted = sortPlaces([
      connection('c-10', 'healthy'),
      connection('c-9', 'healthy'),
      connection('u', 'unknown'),
      connection('b', 'broken'),
      connection('ch', 'changing'),
      connection('a', 'needs-attention'),
    ]);
    expect(ids(sorted)).toEqual(['b', 'a', 'ch', 'u', 'c-9', 'c-10']);
  });

  it('does not jump when a health changes', () => {
    const places = sortPlaces([connection('a', 'healthy'), connection('b', 'healthy')]);
    const later = [connection('a', 'healthy'), connection('b', 'broken')];
    expect(keepPlaces(places, later)).toBe(places);
    expect(isOutOfOrder(places, later)).toBe(true);
    expect(ids(sortPlaces(later))).toEqual(['b', 'a']);
  });

  it('drops what is gone and adds what is new at the end', () => {
    const places = sortPlaces([connection('a', 'healthy'), connection('b', 'healthy')]);
    const later = [connection('b', 'healthy'), connection('z', 'broken')];
    expect(ids(keepPlaces(places, later))).toEqual(['b', 'z']);
  });

  it('puts what had not been looked at yet where it belongs, and moves nothing else', () => {
    const before = [connection('c', 'broken'), connection('f', 'healthy'), pending('a'), pending('b')];
    const places = sortPlaces(before);
    expect(ids(places)).toEqual(['c', 'f', 'a', 'b']);
    const later = [
      connection('c', 'healthy'),
      connection('f', 'healthy'),
      connection('a', 'healthy'),
      connection('b', 'broken'),
    ];
    const kept = keepPlaces(places, later);
    expect(kept).toEqual([
      { id: 'b', group: 'broken' },
      { id: 'c', group: 'broken' },
      { id: 'a', group: 'healthy' },
      { id: 'f', group: 'healthy' },
    ]);
    expect(keepPlaces(kept, [connection('c', 'healthy'), ...later.slice(1)])).toBe(kept);
  });

  it('is in order after sorting', () => {
    const all = [connection('a', 'healthy'), connection('b', 'broken')];
    expect(isOutOfOrder(sortPlaces(all), all)).toBe(false);
  });
});
