import type { KubeObject } from '../../services/ports.ts';
import type { JsonObject } from './json.ts';
import { isSame, mergePatch } from './json.ts';
import { DEFINITIONS } from './kinds.ts';

/** One change of the stored state. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly key: string;
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
  readonly revision: number;
}

/** The etcd of a simulated cluster: objects by kind, one revision counter, and the latest changes. */
export interface ObjectStore {
  revision(): number;
  /** Changes older than this can no longer be watched from. */
  oldestRevision(): number;
  get(key: string, namespace: string | undefined, name: string): KubeObject | undefined;
  /** Sorted by namespace and name. */
  all(key: string, namespace?: string): readonly KubeObject[];
  keys(): readonly string[];
  definitions(): readonly KubeObject[];
  /** Stores an object as given, completing its metadata; gives what is stored. A write without a change is none. */
  put(key: string, object: KubeObject, by?: { manager: string; config: JsonObject }): KubeObject;
  drop(key: string, namespace: string | undefined, name: string): void;
  /** What each field manager applied to an object. */
  managers(key: string, namespace: string | undefined, name: string): ReadonlyMap<string, JsonObject>;
  changesSince(revision: number): readonly Change[];
  /** Forgets the changes so far, as etcd's compaction does. */
  compact(): void;
  /** Called after each change (of one kind, where `key` is given), in order, never while another change is being told. */
  listen(listener: (change: Change) => void, key?: string): () => void;
}

const HISTORY_LIMIT = 400;

export function createObjectStore(source: {
  now(): number;
  uuid(): string;
  firstRevision: number;
}): ObjectStore {
  const kinds = new Map<string, Map<string, KubeObject>>();
  const owners = new Map<string, Map<string, JsonObject>>();
  const listeners = new Set<{ key: string | undefined; tell(change: Change): void }>();
  const pending: Change[] = [];
  let history: Change[] = [];
  let revision = source.firstRevision;
  let oldest = source.firstRevision;
  let isDraining = false;

  const idOf = (namespace: string | undefined, name: string) => `${namespace ?? ''}/${name}`;
  const ownersKey = (key: string, id: string) => `${key}|${id}`;

  const emit = (change: Change) => {
    history.push(change);
    if (history.length > HISTORY_LIMIT * 2) {
      oldest = history[HISTORY_LIMIT - 1]?.revision ?? oldest;
      history = history.slice(HISTORY_LIMIT);
    }
    pending.push(change);
    if (isDraining) return;
    isDraining = true;
    try {
      for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
        for (const { key, tell } of listeners) if (key === undefined || key === next.key) tell(next);
      }
    } finally {
      isDraining = false;
    }
  };

  const record = (key: string, id: string, manager: string, config: JsonObject) => {
    const known = owners.get(ownersKey(key, id)) ?? new Map<string, JsonObject>();
    known.set(manager, config);
    owners.set(ownersKey(key, id), known);
    return [...known.keys()].map((name) => ({ manager: name, operation: 'Apply', fieldsType: 'FieldsV1' }));
  };

  return {
    revision: () => revision,
    oldestRevision: () => oldest,
    get: (key, namespace, name) => kinds.get(key)?.get(idOf(namespace, name)),
    all: (key, namespace) => {
      const objects = [...(kinds.get(key)?.values() ?? [])];
      return objects
        .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
        .toSorted((a, b) => compareNames(a, b));
    },
    keys: () => [...kinds.keys()],
    definitions: () => [...(kinds.get(DEFINITIONS)?.values() ?? [])],
    put: (key, object, by) => {
      const objects = kinds.get(key) ?? new Map<string, KubeObject>();
      kinds.set(key, objects);
      const id = idOf(object.metadata.namespace, object.metadata.name);
      const previous = objects.get(id);
      const managedFields =
        by === undefined ? previous?.metadata['managedFields'] : record(key, id, by.manager, by.config);
      const changesSpec = previous !== undefined && !isSame(withoutStatus(previous), withoutStatus(object));
      const metadata = {
        ...object.metadata,
        uid: previous?.metadata.uid ?? source.uuid(),
        resourceVersion: previous?.metadata.resourceVersion ?? '',
        generation: (previous?.metadata.generation ?? 0) + (previous === undefined || changesSpec ? 1 : 0),
        creationTimestamp: previous?.metadata.creationTimestamp ?? timestamp(source.now()),
        ...(managedFields === undefined ? {} : { managedFields }),
      };
      if (previous !== undefined && isSame(previous, { ...object, metadata })) return previous;
      revision += 1;
      const stored: KubeObject = { ...object, metadata: { ...metadata, resourceVersion: String(revision) } };
      objects.set(id, stored);
      emit({ type: previous === undefined ? 'ADDED' : 'MODIFIED', key, object: stored, previous, revision });
      return stored;
    },
    drop: (key, namespace, name) => {
      const id = idOf(namespace, name);
      const previous = kinds.get(key)?.get(id);
      if (previous === undefined) return;
      kinds.get(key)?.delete(id);
      owners.delete(ownersKey(key, id));
      revision += 1;
      const object = { ...previous, metadata: { ...previous.metadata, resourceVersion: String(revision) } };
      emit({ type: 'DELETED', key, object, previous, revision });
    },
    managers: (key, namespace, name) => owners.get(ownersKey(key, idOf(namespace, name))) ?? new Map(),
    changesSince: (since) => history.filter((change) => change.revision > since),
    compact: () => {
      history = [];
      oldest = revision;
    },
    listen: (tell, key) => {
      const listener = { key, tell };
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** RFC 3339 to the second, as Kubernetes writes times. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** The object with a merge patch laid over it. */
export function patched(object: KubeObject, patch: JsonObject): KubeObject {
  const merged = mergePatch(object, patch);
  // A merge patch over an object is an object; metadata keeps its name because no caller patches that away.
  return merged as KubeObject;
}

function withoutStatus(object: KubeObject): JsonObject {
  const { status: _status, metadata: _metadata, ...rest } = object;
  return rest;
}

function compareNames(a: KubeObject, b: KubeObject): number {
  const left = `${a.metadata.namespace ?? ''}/${a.metadata.name}`;
  const right = `${b.metadata.namespace ?? ''}/${b.metadata.name}`;
  return left < right ? -1 : left > right ? 1 : 0;
}
