import type { StateStore } from '../services/ports.ts';

/** A state store that lives as long as the page: for the offline page and for tests. */
export function createMemoryState(): StateStore {
  const collections = new Map<string, Map<string, unknown>>();
  const of = (collection: string) => {
    const documents = collections.get(collection) ?? new Map<string, unknown>();
    collections.set(collection, documents);
    return documents;
  };
  return {
    read: async (collection, id) => structuredClone(of(collection).get(id)),
    list: async (collection) =>
      [...of(collection)].map(([id, value]) => ({ id, value: structuredClone(value) })),
    write: async (collection, id, value) => {
      of(collection).set(id, structuredClone(value));
    },
    remove: async (collection, id) => {
      of(collection).delete(id);
    },
  };
}
