import type { KubeObject } from '../../services/ports.ts';
import { builtInKind, customKind, DEFINITIONS, NAMESPACES, PODS } from './kinds.ts';
import type { Change, ObjectStore } from './store.ts';
import { timestamp } from './store.ts';

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

const FOREGROUND = 'foregroundDeletion';
const CRD_CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

/** Deletion in a cluster: finalizers, grace of pods, owner references, namespaces, definitions of custom resources. */
export interface Deletion {
  /** Deletes as the API server does; an object with finalizers only gets its deletionTimestamp. */
  request(key: string, object: KubeObject, propagation: Propagation): void;
}

/** `after` runs the collectors' work a moment later; they live as long as the store. */
export function createDeletion(
  store: ObjectStore,
  world: { now(): number; after(delayMs: number, task: () => void): void },
): Deletion {
  const mark = (key: string, object: KubeObject, finalizers: readonly string[]) => {
    if (object.metadata.deletionTimestamp !== undefined) return;
    store.put(key, {
      ...object,
      ...(key === NAMESPACES ? { status: { phase: 'Terminating' } } : {}),
      metadata: {
        ...object.metadata,
        ...(finalizers.length > 0 ? { finalizers } : {}),
        deletionTimestamp: timestamp(world.now()),
        deletionGracePeriodSeconds: key === PODS ? 30 : 0,
      },
    });
  };

  const request: Deletion['request'] = (key, object, propagation) => {
    const { metadata } = object;
    if (propagation === 'Orphan') orphanDependents(store, object);
    const finalizers = [...(metadata.finalizers ?? [])];
    if (propagation === 'Foreground' && dependentsOf(store, object).length > 0) finalizers.push(FOREGROUND);
    // Pods wait for their kubelet, namespaces for their content.
    if (finalizers.length === 0 && key !== PODS && key !== NAMESPACES)
      store.drop(key, metadata.namespace, metadata.name);
    else mark(key, object, finalizers);
  };

  /** Takes one finalizer away from what is stored now. */
  const release = (key: string, object: KubeObject, finalizer: string) => {
    const current = store.get(key, object.metadata.namespace, object.metadata.name);
    if (current === undefined) return;
    const finalizers = (current.metadata.finalizers ?? []).filter((name) => name !== finalizer);
    store.put(key, { ...current, metadata: { ...current.metadata, finalizers } });
  };

  const collectDependents = (owner: KubeObject) => {
    for (const { key, object } of dependentsOf(store, owner)) {
      const lives = (object.metadata.ownerReferences ?? []).some(
        ({ uid }) => uid !== owner.metadata.uid && isAlive(store, uid),
      );
      if (!lives && object.metadata.deletionTimestamp === undefined) request(key, object, 'Background');
    }
  };

  const emptyNamespace = (name: string) => {
    let left = 0;
    for (const key of store.keys()) {
      for (const object of store.all(key, name)) {
        left += 1;
        if (object.metadata.deletionTimestamp === undefined) request(key, object, 'Background');
      }
    }
    if (left === 0) store.drop(NAMESPACES, undefined, name);
    else if (countIn(store, name) === 0) store.drop(NAMESPACES, undefined, name);
  };

  const emptyDefinition = (definition: KubeObject) => {
    const { key } = customKind(definition);
    for (const object of store.all(key)) {
      if (object.metadata.deletionTimestamp === undefined) request(key, object, 'Background');
    }
    if (store.all(key).length === 0) release(DEFINITIONS, definition, CRD_CLEANUP);
  };

  const onGone = ({ key, object }: Change) => {
    collectDependents(object);
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      const owner = findByUid(store, uid);
      if (owner?.object.metadata.finalizers?.includes(FOREGROUND) !== true) continue;
      if (dependentsOf(store, owner.object).length === 0) release(owner.key, owner.object, FOREGROUND);
    }
    const { namespace } = object.metadata;
    const within = namespace === undefined ? undefined : store.get(NAMESPACES, undefined, namespace);
    if (namespace !== undefined && within?.metadata.deletionTimestamp !== undefined)
      emptyNamespace(namespace);
    if (builtInKind(key) !== undefined) return;
    const definition = store.definitions().find((candidate) => customKind(candidate).key === key);
    if (definition?.metadata.deletionTimestamp !== undefined) emptyDefinition(definition);
  };

  store.listen((change) => {
    const { key, object, type } = change;
    if (type === 'DELETED') {
      world.after(100, () => onGone(change));
      return;
    }
    if (object.metadata.deletionTimestamp === undefined) return;
    const hasFinalizers = (object.metadata.finalizers ?? []).length > 0;
    if (!hasFinalizers && key !== PODS && key !== NAMESPACES) {
      store.drop(key, object.metadata.namespace, object.metadata.name);
    } else if (key === NAMESPACES) {
      world.after(100, () => emptyNamespace(object.metadata.name));
    } else if (key === DEFINITIONS) {
      world.after(100, () => emptyDefinition(object));
    } else if (object.metadata.finalizers?.includes(FOREGROUND) === true) {
      world.after(100, () => collectDependents(object));
    }
  });

  return { request };
}

function countIn(store: ObjectStore, namespace: string): number {
  return store.keys().reduce((sum, key) => sum + store.all(key, namespace).length, 0);
}

function isAlive(store: ObjectStore, uid: string): boolean {
  return findByUid(store, uid) !== undefined;
}

function findByUid(store: ObjectStore, uid: string): { key: string; object: KubeObject } | undefined {
  for (const key of store.keys()) {
    const object = store.all(key).find(({ metadata }) => metadata.uid === uid);
    if (object !== undefined) return { key, object };
  }
  return undefined;
}

function dependentsOf(store: ObjectStore, owner: KubeObject): { key: string; object: KubeObject }[] {
  return store.keys().flatMap((key) =>
    store
      .all(key)
      .filter(
        ({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid) === true,
      )
      .map((object) => ({ key, object })),
  );
}

function orphanDependents(store: ObjectStore, owner: KubeObject): void {
  for (const { key, object } of dependentsOf(store, owner)) {
    const ownerReferences = (object.metadata.ownerReferences ?? []).filter(
      ({ uid }) => uid !== owner.metadata.uid,
    );
    store.put(key, { ...object, metadata: { ...object.metadata, ownerReferences } });
  }
}
