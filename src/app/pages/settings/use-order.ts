import { useMemo, useState } from 'react';
import type { ConnectionSummary } from '../../../api/connection.ts';
import { isOutOfOrder, keepPlaces, type Place, sortPlaces } from './ordering.ts';

export interface Placed {
  readonly place: Place;
  readonly connection: ConnectionSummary;
}

/** Connections in a steady order: sorted when `filter` changes or when asked, never by a poll. */
export function useOrder(connections: readonly ConnectionSummary[], filter: string) {
  const [state, setState] = useState(() => ({ filter, connections, places: sortPlaces(connections) }));
  let { places } = state;
  if (state.connections !== connections || state.filter !== filter) {
    places = state.filter === filter ? keepPlaces(state.places, connections) : sortPlaces(connections);
    setState({ filter, connections, places });
  }
  const placed = useMemo(() => {
    const byId = new Map(connections.map((connection) => [connection.id, connection]));
    return places.flatMap((place): readonly Placed[] => {
      const connection = byId.get(place.id);
      return connection === undefined ? [] : [{ place, connection }];
    });
  }, [places, connections]);
  const outOfOrder = useMemo(() => isOutOfOrder(places, connections), [places, connections]);
  const sortAgain = () => setState({ filter, connections, places: sortPlaces(connections) });
  return { placed, isOutOfOrder: outOfOrder, sortAgain };
}
