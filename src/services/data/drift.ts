import type { Drift, KindDrift } from '../../api/resource.ts';
import { rest, isoTime } from '../timing.ts';
import { ClusterError, type ClusterApi, type Clock, type ResourceKind } from '../ports.ts';
import { compareKind, type KindScope, type WrongRow } from './compare-kind.ts';
import type { ResourceStore } from './store.ts';
import { DEFAULT_KINDS, KindFinder } from './watched-kinds.ts';

/** Kinds compared at the same time. */
const CONCURRENCY = 3;
/** Rows shown of each sort. */
const SAMPLES = 20;
/** A change needs a moment from the cluster to the database; what differs is looked at again after it. */
const SETTLE_MS = 2000;

export interface DriftPorts {
  readonly connectionId: string;
  readonly clusterUid: string;
  readonly api: ClusterApi;
  readonly store: ResourceStore;
  readonly clock: Clock;
}

interface ComparedKind {
  readonly drift: KindDrift;
  readonly wrong: readonly WrongRow[];
}

/** The report, and every row behind its numbers. */
export interface DriftResult {
  readonly report: Drift;
  readonly wrong: readonly WrongRow[];
  /** The URL words of each kind that was compared, by `kind` and `apiVersion`. */
  readonly resources: ReadonlyMap<string, ResourceKind>;
}

/**
 * Compares the database with the cluster: the kinds it holds, and those MeshSync watches by default. A kind that may
 * not be read is told as skipped; everything else that fails rejects with `ClusterError` or `StoreError`.
 */
export async function compareCluster(ports: DriftPorts, signal: AbortSignal): Promise<DriftResult> {
  const startedAt = isoTime(ports.clock.now());
  const targets = await kindsOf(ports);
  const finder = new KindFinder(ports.api);
  const resources = new Map<string, ResourceKind>();
  const compared: ComparedKind[] = [];
  const waiting = [...targets];
  const work = async () => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      signal.throwIfAborted();
      compared.push(await compareTarget(ports, target, finder, resources, signal));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  const kinds = compared
    .filter(({ drift }) => drift.inCluster > 0 || drift.inDatabase > 0 || drift.outcome === 'skipped')
    .toSorted(
      (one, other) => sum(other.drift) - sum(one.drift) || (one.drift.kind < other.drift.kind ? -1 : 1),
    );
  const wrong = kinds.flatMap((kind) => kind.wrong);
  const count = (what: WrongRow['what']) => wrong.filter((row) => row.what === what).length;
  return {
    report: {
      connectionId: ports.connectionId,
      clusterUid: ports.clusterUid,
      startedAt,
      endedAt: isoTime(ports.clock.now()),
      ghosts: count('ghost'),
      missing: count('missing'),
      outdated: count('outdated'),
      compared: kinds.reduce(
        (total, { drift }) => total + (drift.outcome === 'compared' ? drift.inCluster : 0),
        0,
      ),
      kinds: kinds.map(({ drift }) => drift),
    },
    wrong,
    resources,
  };
}

/** The key of `DriftResult.resources`. */
export function kindKey(kind: { readonly kind: string; readonly apiVersion: string }): string {
  return `${kind.apiVersion}/${kind.kind}`;
}

interface Target extends KindScope {
  readonly isNamespaced: boolean;
  readonly rows: number;
}

async function kindsOf({ store, clusterUid }: DriftPorts): Promise<Target[]> {
  const targets = new Map<string, Target>();
  for (const { kind, apiVersion, resource } of DEFAULT_KINDS) {
    targets.set(kindKey({ kind, apiVersion }), {
      clusterUid,
      kind,
      apiVersion,
      isNamespaced: resource.isNamespaced,
      rows: 0,
    });
  }
  for (const tally of await store.tallies(clusterUid)) {
    const known = targets.get(kindKey(tally));
    const { kind, apiVersion } = tally;
    const isNamespaced = tally.namespace !== '' || (known?.isNamespaced ?? false);
    targets.set(kindKey(tally), {
      clusterUid,
      kind,
      apiVersion,
      isNamespaced,
      rows: tally.rows + (known?.rows ?? 0),
    });
  }
  return [...targets.values()];
}

async function compareTarget(
  ports: DriftPorts,
  target: Target,
  finder: KindFinder,
  resources: Map<string, ResourceKind>,
  signal: AbortSignal,
): Promise<ComparedKind> {
  try {
    const resource = await finder.find(target.kind, target.apiVersion, target.isNamespaced, signal);
    if (resource === undefined)
      return skipped(target, 'The cluster has no definition of this kind any more.');
    resources.set(kindKey(target), resource);
    let comparison = await compareKind(ports, target, resource, signal);
    if (target.rows === 0 && comparison.inDatabase === 0) return notSent(target, comparison.inCluster);
    if (comparison.wrong.length > 0 && (await rest(ports.clock, SETTLE_MS, signal))) {
      const before = new Set(comparison.wrong.map(rowKey));
      const again = await compareKind(ports, target, resource, signal);
      comparison = { ...again, wrong: again.wrong.filter((row) => before.has(rowKey(row))) };
    }
    signal.throwIfAborted();
    return comparedKind(target, comparison.inCluster, comparison.inDatabase, comparison.wrong);
  } catch (error) {
    const why = error instanceof ClusterError ? SKIPPABLE.get(error.failure.kind) : undefined;
    if (why === undefined) throw error;
    return skipped(target, why);
  }
}

/** Failures of one kind that say nothing about the others. */
const SKIPPABLE = new Map<string, string>([
  ['forbidden', 'Your user may not list objects of this kind.'],
  ['not-found', 'The cluster does not serve this kind in this version.'],
]);

function rowKey(row: WrongRow): string {
  return `${row.what}/${row.namespace}/${row.name}`;
}

function comparedKind(
  target: Target,
  inCluster: number,
  inDatabase: number,
  wrong: readonly WrongRow[],
): ComparedKind {
  const of = (what: WrongRow['what']) => wrong.filter((row) => row.what === what);
  const sample = (rows: readonly WrongRow[]) =>
    rows.slice(0, SAMPLES).map(({ namespace, name, cached, actual }) => ({
      namespace,
      name,
      ...(cached === undefined ? {} : { cached }),
      ...(actual === undefined ? {} : { actual }),
    }));
  const [ghosts, missing, outdated] = [of('ghost'), of('missing'), of('outdated')];
  return {
    drift: {
      ...base(target),
      outcome: 'compared',
      inCluster,
      inDatabase,
      ghosts: ghosts.length,
      missing: missing.length,
      outdated: outdated.length,
      samples: { ghosts: sample(ghosts), missing: sample(missing), outdated: sample(outdated) },
    },
    wrong,
  };
}

function notSent(target: Target, inCluster: number): ComparedKind {
  const because = 'MeshSync has sent no object of this kind. Its configuration may leave it out.';
  return { drift: { ...base(target), outcome: 'not-sent', because, inCluster }, wrong: [] };
}

function skipped(target: Target, because: string): ComparedKind {
  return { drift: { ...base(target), outcome: 'skipped', because, inDatabase: target.rows }, wrong: [] };
}

function base({ apiVersion, kind }: Target): Omit<KindDrift, 'outcome'> {
  const samples = { ghosts: [], missing: [], outdated: [] };
  return { apiVersion, kind, inCluster: 0, inDatabase: 0, ghosts: 0, missing: 0, outdated: 0, samples };
}

function sum(drift: KindDrift): number {
  return drift.ghosts + drift.missing + drift.outdated;
}
