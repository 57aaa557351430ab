import { describe, expect, it } from 'vitest';
import type { Health } from '../../../api/diagnosis.ts';
import { healthyConnection } from '../../testing/connections.ts';
import { isOutOfOrder, keepPlaces, sortPlaces } from './ordering.ts';

function connection(id: string, health: Health) {
  return healthyConnection({ id, name: id, health });
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

  it('is in order after sorting', () => {
    const all = [connection('a', 'healthy'), connection('b', 'broken')];
    expect(isOutOfOrder(sortPlaces(all), all)).toBe(false);
  });
});
