import type { Database } from '../../api/database.ts';
import type { Resource } from '../../api/resource.ts';

const SEEN_AT = '2026-03-01T12:00:00.000Z';

/** A Pod that MeshSync spoke of, with what the story changes. */
export function storedPod(change: Partial<Resource> = {}): Resource {
  const name = change.name ?? 'web-0';
  return {
    connectionId: 'prod',
    clusterUid: 'cluster-1',
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: 'shop',
    name,
    uid: `uid-${name}`,
    resourceVersion: '7',
    labels: { app: 'web' },
    owners: [],
    createdAt: SEEN_AT,
    firstSeenAt: SEEN_AT,
    lastSeenAt: SEEN_AT,
    ...change,
  };
}

/** A database that works, with what the story changes. */
export function soundDatabase(change: Partial<Database> = {}): Database {
  return {
    path: '/var/lib/meshplay/cache.db',
    sizeBytes: 4_200_000,
    rows: 1_200,
    tables: [{ name: 'resource', rows: 1_200 }],
    integrity: { outcome: 'ok', checkedAt: SEEN_AT, messages: [] },
    lastWriteAt: SEEN_AT,
    isPaused: false,
    isBehind: false,
    waiting: 0,
    counters: {
      received: 1_300,
      receivedBytes: 2_600_000,
      stored: 1_200,
      deleted: 40,
      unchanged: 50,
      ignored: 8,
      rejected: 2,
      dropped: 0,
    },
    rejected: [{ reason: 'not JSON', count: 2, samples: ['{"EventType":'] }],
    copies: [],
    ...change,
  };
}

export const corruptDatabase = {
  kind: 'corrupt',
  message: 'The database is damaged, so nothing new is stored.',
  remedy: 'Reset the database: the damaged file is kept.',
  at: SEEN_AT,
  setAsideAs: '/var/lib/meshplay/cache.db.corrupt-1',
} as const;
