import type { ConnectionSummary } from '../../../api/connection.ts';
import type { Health } from '../../../api/diagnosis.ts';
import { HEALTHS, isPending } from '../../components/connection/words.ts';

/** What connections are grouped by: how well they are, or that nobody has looked yet. */
export type Group = Health | 'pending';

/** A place in the order shown, with the group it was given that place in. */
export interface Place {
  readonly id: string;
  readonly group: Group;
}

/** Worst first, then by name; last what has not been looked at yet. */
export function sortPlaces(connections: readonly ConnectionSummary[]): readonly Place[] {
  return connections.toSorted(compare).map(placeOf);
}

/**
 * Keeps every connection where it stood, so that nothing jumps while one reads: what is gone leaves, what is new goes
 * to the end, what changed its health stays until it is sorted again. Only what was waiting to be looked at goes where
 * it belongs. Gives `places` itself when nothing moved.
 */
export function keepPlaces(
  places: readonly Place[],
  connections: readonly ConnectionSummary[],
): readonly Place[] {
  const present = new Map(connections.map((connection) => [connection.id, connection]));
  const known = new Set(places.map(({ id }) => id));
  const added = connections.filter(({ id }) => !known.has(id));
  const kept: ConnectionSummary[] = [];
  const arrived: ConnectionSummary[] = [];
  const groups = new Map<string, Group>();
  for (const { id, group } of places) {
    const connection = present.get(id);
    if (connection === undefined) continue;
    if (group === 'pending' && !isPending(connection)) arrived.push(connection);
    else {
      kept.push(connection);
      groups.set(id, group);
    }
  }
  if (added.length === 0 && arrived.length === 0 && kept.length === places.length) return places;
  return [...merged(kept, groups, arrived.toSorted(compare)), ...sortPlaces(added)];
}

/** Puts each of `arrived`, which are in order, before the first kept place that comes after it. */
function merged(
  kept: readonly ConnectionSummary[],
  groups: ReadonlyMap<string, Group>,
  arrived: readonly ConnectionSummary[],
): readonly Place[] {
  const places: Place[] = [];
  let next = 0;
  for (const connection of kept) {
    const group = groups.get(connection.id) ?? groupOf(connection);
    for (let one = arrived[next]; one !== undefined; one = arrived[next]) {
      const order = rank(groupOf(one)) - rank(group) || byName(one, connection);
      if (order > 0) break;
      places.push(placeOf(one));
      next += 1;
    }
    places.push({ id: connection.id, group });
  }
  return [...places, ...arrived.slice(next).map(placeOf)];
}

/** Whether sorting anew would change the order shown. */
export function isOutOfOrder(places: readonly Place[], connections: readonly ConnectionSummary[]): boolean {
  const sorted = sortPlaces(connections);
  return sorted.some((place, index) => place.id !== places[index]?.id);
}

function placeOf(connection: ConnectionSummary): Place {
  return { id: connection.id, group: groupOf(connection) };
}

function groupOf(connection: ConnectionSummary): Group {
  return isPending(connection) ? 'pending' : connection.health;
}

function compare(a: ConnectionSummary, b: ConnectionSummary): number {
  return rank(groupOf(a)) - rank(groupOf(b)) || byName(a, b);
}

function byName(a: ConnectionSummary, b: ConnectionSummary): number {
  return a.name.localeCompare(b.name, 'en', { numeric: true });
}

function rank(group: Group): number {
  return group === 'pending' ? HEALTHS.length : HEALTHS.indexOf(group);
}
