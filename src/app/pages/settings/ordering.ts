import type { ConnectionSummary } from '../../../api/connection.ts';
import type { Health } from '../../../api/diagnosis.ts';
import { HEALTHS } from '../../components/connection/words.ts';

/** A place in the order shown, with the health it was given that place for. */
export interface Place {
  readonly id: string;
  readonly health: Health;
}

/** Worst first, then by name. */
export function sortPlaces(connections: readonly ConnectionSummary[]): readonly Place[] {
  return connections
    .toSorted(
      (a, b) => rank(a.health) - rank(b.health) || a.name.localeCompare(b.name, 'en', { numeric: true }),
    )
    .map(({ id, health }) => ({ id, health }));
}

/**
 * Keeps every connection where it stood, so that nothing jumps while one reads: what is gone leaves, what is new goes
 * to the end, what changed its health stays until it is sorted again. Gives `places` itself when nothing moved.
 */
export function keepPlaces(
  places: readonly Place[],
  connections: readonly ConnectionSummary[],
): readonly Place[] {
  const known = new Set(places.map(({ id }) => id));
  const present = new Set(connections.map(({ id }) => id));
  const added = connections.filter(({ id }) => !known.has(id));
  if (added.length === 0 && places.every(({ id }) => present.has(id))) return places;
  return [...places.filter(({ id }) => present.has(id)), ...sortPlaces(added)];
}

/** Whether sorting anew would change the order shown. */
export function isOutOfOrder(places: readonly Place[], connections: readonly ConnectionSummary[]): boolean {
  const sorted = sortPlaces(connections);
  return sorted.some((place, index) => place.id !== places[index]?.id);
}

function rank(health: Health): number {
  return HEALTHS.indexOf(health);
}
