import type { Drift } from '../../api/resource.ts';
import type { ResourceChange } from '../../core/meshsync/change.ts';
import { decodeResource } from '../../core/meshsync/decode.ts';
import { ClusterError } from '../ports.ts';
import type { WrongRow } from './compare-kind.ts';
import { kindKey, type DriftPorts, type DriftResult } from './drift.ts';
import type { Correction } from './store.ts';

/** Requests at the same time. */
const CONCURRENCY = 6;
/** Objects read by one repair: more than this is the business of a re-sync. */
const MAX_READS = 5000;
/** Rows of one transaction. */
const BATCH = 200;

/**
 * Mends the rows that a comparison found wrong and no others: ghosts go, missing and outdated ones are read from the
 * API. A row that MeshSync has written since is left alone. Throws `StoreError`, and `ClusterError` when the cluster is
 * gone.
 */
export async function repairDrift(
  ports: DriftPorts,
  { wrong, resources }: DriftResult,
  signal: AbortSignal,
): Promise<NonNullable<Drift['repair']>> {
  const ghosts = wrong.filter((row) => row.what === 'ghost');
  const stale = wrong.filter((row) => row.what !== 'ghost');
  const waiting = stale.slice(0, MAX_READS);
  const result = { removed: 0, stored: 0, failed: 0, left: stale.length - waiting.length };
  for (let from = 0; from < ghosts.length; from += BATCH) {
    signal.throwIfAborted();
    result.removed += await ports.store.correct(ghosts.slice(from, from + BATCH).map(removal));
  }
  const work = async () => {
    for (
      let rows = waiting.splice(0, BATCH / CONCURRENCY);
      rows.length > 0;
      rows = waiting.splice(0, BATCH / CONCURRENCY)
    ) {
      const corrections: Correction[] = [];
      for (const row of rows) {
        signal.throwIfAborted();
        const correction = await readRow(ports, row, resources, signal);
        if (correction === undefined) result.failed += 1;
        else corrections.push(correction);
      }
      const gone = corrections.filter(({ change }) => change.type === 'delete').length;
      const changed = await ports.store.correct(corrections);
      result.removed += Math.min(gone, changed);
      result.stored += Math.max(0, changed - gone);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return result;
}

/** Undefined when this one object cannot be read; the others still may. */
async function readRow(
  ports: DriftPorts,
  row: WrongRow,
  resources: DriftResult['resources'],
  signal: AbortSignal,
): Promise<Correction | undefined> {
  const kind = resources.get(kindKey(row));
  if (kind === undefined) return undefined;
  try {
    const namespace = row.namespace === '' ? undefined : row.namespace;
    const object = await ports.api.get({ kind, namespace, name: row.name }, signal);
    // A reply to a request for one object may leave out what the request named.
    const named = { ...object, kind: row.kind, apiVersion: row.apiVersion };
    const change = decodeResource(named, { type: 'upsert', isSnapshot: false }, ports.clusterUid);
    return typeof change === 'string' ? undefined : { change, replaces: row.cached };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    if (error.failure.kind === 'not-found') return removal(row);
    if (error.failure.kind === 'forbidden') return undefined;
    throw error;
  }
}

function removal(row: WrongRow): Correction {
  const change: ResourceChange = {
    type: 'delete',
    clusterUid: row.clusterUid,
    apiVersion: row.apiVersion,
    kind: row.kind,
    namespace: row.namespace,
    name: row.name,
    uid: row.cachedUid,
    resourceVersion: row.cached ?? '',
    labels: {},
    annotations: {},
    owners: [],
    createdAt: undefined,
    body: {},
    isSnapshot: false,
  };
  return { change, replaces: row.cached };
}
