import { isNewerOrSame } from '../../core/meshsync/newer.ts';
import { ClusterError, type ClusterApi, type Clock, type ResourceKind } from '../ports.ts';
import type { ResourceKey, ResourceRow, ResourceStore } from './store.ts';

/** Size of a page of metadata, the API's own habit. */
const CLUSTER_PAGE = 500;
const CACHE_PAGE = 1000;

/** One row that disagrees with the cluster. */
export interface WrongRow extends ResourceKey {
  readonly what: 'ghost' | 'missing' | 'outdated';
  /** In the database. */
  readonly cached: string | undefined;
  readonly cachedUid: string;
  /** In the cluster. */
  readonly actual: string | undefined;
}

export interface KindComparison {
  readonly inCluster: number;
  readonly inDatabase: number;
  readonly wrong: readonly WrongRow[];
}

interface Actual {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** What is compared: one kind of one cluster. */
export interface KindScope {
  readonly clusterUid: string;
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * Compares the rows of one kind with the cluster, by metadata alone and page by page. What arrived while the lists were
 * being read is not judged: it is newer than the list. Throws `ClusterError` and `StoreError`.
 */
export async function compareKind(
  ports: { readonly api: ClusterApi; readonly store: ResourceStore; readonly clock: Pick<Clock, 'now'> },
  scope: KindScope,
  resource: ResourceKind,
  signal: AbortSignal,
): Promise<KindComparison> {
  const startedAtMs = ports.clock.now();
  const actual = await listIdentities(ports.api, resource, signal);
  const inCluster = actual.size;
  const wrong: WrongRow[] = [];
  let inDatabase = 0;
  let cursor: string | undefined;
  do {
    signal.throwIfAborted();
    const page = await ports.store.query({
      clusterUid: scope.clusterUid,
      apiVersion: scope.apiVersion,
      kinds: [scope.kind],
      limit: CACHE_PAGE,
      cursor,
    });
    for (const row of page.rows) {
      inDatabase += 1;
      const key = identityOf(row.namespace, row.name);
      const found = actual.get(key);
      actual.delete(key);
      const what = judgeRow(row, found, startedAtMs);
      if (what !== undefined) wrong.push(wrongRow(scope, row, what, row, found));
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  for (const [key, found] of actual) {
    const [namespace = '', name = ''] = key.split('/');
    wrong.push(wrongRow(scope, { namespace, name }, 'missing', undefined, found));
  }
  return { inCluster, inDatabase, wrong };
}

function judgeRow(
  row: ResourceRow,
  found: Actual | undefined,
  startedAtMs: number,
): WrongRow['what'] | undefined {
  if (row.lastSeenAtMs >= startedAtMs) return undefined;
  if (found === undefined) return 'ghost';
  if (row.uid !== '' && found.uid !== row.uid) return 'outdated';
  // The cache may be ahead of a list that took a while.
  return row.resourceVersion !== found.resourceVersion &&
    isNewerOrSame(found.resourceVersion, row.resourceVersion)
    ? 'outdated'
    : undefined;
}

function wrongRow(
  scope: KindScope,
  place: { readonly namespace: string; readonly name: string },
  what: WrongRow['what'],
  row: ResourceRow | undefined,
  found: Actual | undefined,
): WrongRow {
  return {
    clusterUid: scope.clusterUid,
    apiVersion: scope.apiVersion,
    kind: scope.kind,
    namespace: place.namespace,
    name: place.name,
    what,
    cached: row?.resourceVersion,
    cachedUid: row?.uid ?? '',
    actual: found?.resourceVersion,
  };
}

/** Every object of the kind; begins once more when the list expired between two pages. */
async function listIdentities(
  api: ClusterApi,
  resource: ResourceKind,
  signal: AbortSignal,
): Promise<Map<string, Actual>> {
  try {
    return await listOnce(api, resource, signal);
  } catch (error) {
    if (!(error instanceof ClusterError) || error.failure.kind !== 'expired') throw error;
    return listOnce(api, resource, signal);
  }
}

async function listOnce(
  api: ClusterApi,
  resource: ResourceKind,
  signal: AbortSignal,
): Promise<Map<string, Actual>> {
  const found = new Map<string, Actual>();
  let next: string | undefined;
  do {
    const page = await api.list(
      resource,
      { isMetadataOnly: true, limit: CLUSTER_PAGE, continue: next },
      signal,
    );
    for (const { metadata } of page.items) {
      found.set(identityOf(metadata.namespace ?? '', metadata.name), {
        uid: metadata.uid ?? '',
        resourceVersion: metadata.resourceVersion ?? '',
      });
    }
    next = page.continue;
  } while (next !== undefined && next !== '');
  return found;
}

/** No name of Kubernetes' holds a slash. */
function identityOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
