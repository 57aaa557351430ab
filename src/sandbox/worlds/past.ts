import type { TrafficMemory } from '../../services/link/traffic.ts';
import { TRAFFIC_COLLECTION } from '../../services/link/traffic-keeper.ts';
import type { StateStore } from '../../services/ports.ts';
import { NAMESPACES } from '../kube/kinds.ts';
import type { Place } from './faults/index.ts';

/**
 * A state store that remembers what this server heard of the simulated clusters before they were opened: their past is
 * simulated, and so is what was kept of it. Everything else goes to the store given; of a simulated cluster nothing is
 * written, since its next start has the same past again.
 */
export function withSimulatedPast(
  state: StateStore,
  places: () => ReadonlyMap<string, Place> | undefined,
): StateStore {
  // A thousand clusters ask when they are first seen; who is who is found out once for each world.
  const byUid = new WeakMap<ReadonlyMap<string, Place>, ReadonlyMap<string | undefined, Place>>();
  const placeOf = (collection: string, id: string) => {
    const running = places();
    if (collection !== TRAFFIC_COLLECTION || running === undefined) return undefined;
    const known = byUid.get(running) ?? new Map([...running.values()].map((place) => [uidOf(place), place]));
    byUid.set(running, known);
    return known.get(id);
  };
  return {
    read: async (collection, id) => {
      const place = placeOf(collection, id);
      return place === undefined ? state.read(collection, id) : pastOf(place);
    },
    list: (collection) => state.list(collection),
    write: async (collection, id, value) => {
      if (placeOf(collection, id) === undefined) await state.write(collection, id, value);
    },
    remove: (collection, id) => state.remove(collection, id),
  };
}

/** What came of a cluster that changed at a steady rate, until the faults of its plan were there. */
function pastOf({ plan }: Place): TrafficMemory | undefined {
  if (plan.wasHeard !== true) return undefined;
  const seconds = Math.round(plan.ageMs / 2 / 1000);
  return {
    heardForSeconds: seconds,
    longestGapSeconds: Math.ceil(1 / plan.traits.changesPerSecond),
    quietForSeconds: plan.faults.length > 0 ? seconds : 0,
  };
}

function uidOf({ cluster }: Place): string | undefined {
  return cluster.store.get(NAMESPACES, undefined, 'kube-system')?.metadata.uid;
}
