import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/server/config/clock.ts';
import { SqliteStore } from '../../src/server/storage/sqlite-store.ts';
import { compareCluster, type DriftPorts } from '../../src/services/data/drift.ts';
import { repairDrift } from '../../src/services/data/drift-repair.ts';
import type { RawMessage } from '../../src/services/data/store.ts';
import { type ClusterApi, ClusterError, type KubeObject, type ObjectRef } from '../../src/services/ports.ts';
import type { Bench } from './figure.ts';

const OBJECTS = 100_000;
const NAMESPACES = 50;
const BATCH = 5000;
/** Forty ghosts, thirty missing, thirty outdated. */
const GHOSTS = 40;
const MISSING = 30;
const OUTDATED = 30;
const CLUSTER = '6b1e5a20-0d5d-4f0f-8a66-f7a1a64d1c55';
const encoder = new TextEncoder();

/** Compares a hundred thousand objects with the database and mends a hundred rows; the cluster is pages in memory. */
export const drift: Bench = {
  name: 'drift',
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'bench-drift-'));
    const store = await SqliteStore.open(join(folder, 'cache.db'));
    try {
      // The database: all but the missing ones, the first of them older than in the cluster, and some that are gone.
      const stored = Array.from({ length: OBJECTS - MISSING }, (_, index) =>
        objectOf(index, index < OUTDATED ? 1 : 2),
      );
      const ghosts = Array.from({ length: GHOSTS }, (_, index) => objectOf(OBJECTS + index, 1));
      await fill(store, [...stored, ...ghosts]);
      const cluster = Array.from({ length: OBJECTS }, (_, index) => objectOf(index, 2));
      const signal = new AbortController().signal;
      const ports: DriftPorts = {
        connectionId: 'bench',
        clusterUid: CLUSTER,
        api: pagedCluster(cluster),
        store,
        clock: systemClock,
      };
      const startedMs = performance.now();
      const found = await compareCluster(ports, signal);
      const comparedMs = performance.now() - startedMs;
      const repairStartedMs = performance.now();
      const repair = await repairDrift(ports, found, signal);
      const repairedMs = performance.now() - repairStartedMs;
      const after = await compareCluster(ports, signal);
      const { ghosts: gone, missing, outdated } = found.report;
      return [
        {
          name: `drift check of ${OBJECTS.toLocaleString('en')} objects`,
          value: comparedMs / 1000,
          unit: 's',
          note: `found ${gone} ghosts, ${missing} missing, ${outdated} outdated; two looks, two seconds apart; the cluster is pages in memory`,
        },
        {
          name: `repair of ${GHOSTS + MISSING + OUTDATED} rows`,
          value: repairedMs / 1000,
          unit: 's',
          note: `${repair.removed} removed, ${repair.stored} stored`,
        },
        { name: 'rows that differ afterwards', value: after.wrong.length, unit: 'rows', budget: 0 },
      ];
    } finally {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

function objectOf(index: number, version: number): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: `settings-${index}`,
      namespace: `team-${index % NAMESPACES}`,
      uid: `uid-${index}`,
      resourceVersion: String(index * 10 + version),
      creationTimestamp: '2026-08-01T10:00:00Z',
    },
    data: { index: String(index) },
  };
}

async function fill(store: SqliteStore, objects: readonly KubeObject[]): Promise<void> {
  const receivedAtMs = Date.now();
  for (let from = 0; from < objects.length; from += BATCH) {
    const batch = objects.slice(from, from + BATCH).map((object): RawMessage => {
      const envelope = {
        ObjectType: 'meshsync-data',
        EventType: 'ADDED',
        Object: { ...object, cluster_id: CLUSTER },
      };
      const body = encoder.encode(JSON.stringify(envelope));
      return { connectionId: 'bench', clusterUid: CLUSTER, body, receivedAtMs };
    });
    await store.accept(batch);
  }
}

/** Answers lists of ConfigMaps page by page and gets by name; of every other kind there is none. */
function pagedCluster(objects: readonly KubeObject[]): ClusterApi {
  const byName = new Map(objects.map((object) => [object.metadata.name, object]));
  const unasked = () =>
    Promise.reject(new ClusterError({ kind: 'forbidden', message: 'not part of this bench' }));
  return {
    server: 'bench',
    list(kind, { limit = OBJECTS, continue: token }) {
      const all = kind.plural === 'configmaps' ? objects : [];
      const from = Number(token ?? 0);
      const items = all.slice(from, from + limit);
      const next = from + limit < all.length ? { continue: String(from + limit) } : {};
      return Promise.resolve({ items, resourceVersion: '9999999', ...next });
    },
    get(ref: ObjectRef) {
      const object = byName.get(ref.name);
      return object === undefined
        ? Promise.reject(new ClusterError({ kind: 'not-found', message: 'gone' }))
        : Promise.resolve(object);
    },
    version: unasked,
    health: unasked,
    groups: unasked,
    watch: unasked,
    create: unasked,
    apply: unasked,
    patch: unasked,
    remove: unasked,
    mayI: unasked,
    logs: unasked,
    forward: unasked,
    close: () => Promise.resolve(),
  };
}
