import { createStore } from '../../data/store.ts';
import type { Place } from './work.ts';

/** The connections chosen to act on together; undefined while nothing is being chosen. */
export const selection = createStore<ReadonlyMap<string, Place> | undefined>(undefined);

export function toggleSelected(id: string, place: Place): void {
  const next = new Map(selection.get());
  if (!next.delete(id)) next.set(id, place);
  selection.set(next);
}
