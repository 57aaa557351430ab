import type { DatabaseCopy, DatabaseProblem } from '../../api/database.ts';
import { ApiError } from '../../api/errors.ts';
import type { ResourceChange } from '../../core/meshsync/change.ts';
import { isNewerOrSame } from '../../core/meshsync/newer.ts';
import { DEFAULT_LIMITS, parseMessage } from '../../core/meshsync/parse.ts';
import { searchText, wordsOf } from '../../core/meshsync/words.ts';
import {
  KEPT_COPIES,
  StoreError,
  type BatchReport,
  type ConnectionReport,
  type Correction,
  type Integrity,
  type Messages,
  type RawMessage,
  type ResourceKey,
  type ResourcePage,
  type ResourceQuery,
  type ResourceStore,
  type StoredResource,
  type StoreState,
  type Tally,
} from '../../services/data/store.ts';
import type { Clock } from '../../services/ports.ts';
import type { DatabaseProblemKind } from '../cluster.ts';
import { type DatabaseDamage, NO_DAMAGE, problemOf, UNREADABLE } from './damage.ts';

interface MemoryRow extends StoredResource {
  /** Place in the order of arrival. */
  readonly id: number;
  readonly words: readonly string[];
}

type Rows = Map<string, MemoryRow>;

interface MemoryCopy {
  readonly copy: DatabaseCopy;
  readonly rows: Rows;
}

const TOMBSTONES = 5000;
/** What a row weighs, for the panel that shows a size: a guess that is right within a factor of two. */
const BYTES_PER_ROW = 2000;

/** The cache in memory, for the page that runs without a server: the rules of the real one, the size of a toy. */
export class MemoryStore implements ResourceStore {
  readonly #clock: Pick<Clock, 'now' | 'sleep'>;
  readonly #damage: DatabaseDamage;
  #problem: DatabaseProblem | undefined;
  #rows: Rows = new Map();
  #copies: MemoryCopy[] = [];
  readonly #tombstones = new Set<string>();
  #nextId = 1;
  #lastWriteAtMs: number | undefined;
  #lastWriteAtMsByCluster: Record<string, number> = {};
  #changes = 0;

  constructor(clock: Pick<Clock, 'now' | 'sleep'>, damage: DatabaseDamage = NO_DAMAGE) {
    this.#clock = clock;
    this.#damage = damage;
  }

  state(): StoreState {
    const problem = this.#look();
    const rowsByCluster: Record<string, number> = {};
    for (const row of this.#rows.values())
      rowsByCluster[row.clusterUid] = (rowsByCluster[row.clusterUid] ?? 0) + 1;
    return {
      path: 'memory',
      sizeBytes: this.#rows.size * BYTES_PER_ROW,
      rows: this.#rows.size,
      rowsByCluster,
      lastWriteAtMs: this.#lastWriteAtMs,
      lastWriteAtMsByCluster: this.#lastWriteAtMsByCluster,
      problem,
      changes: this.#changes,
    };
  }

  async accept(messages: Messages): Promise<BatchReport> {
    const delayMs = this.#damage.delayMs();
    if (delayMs > 0) await this.#clock.sleep(delayMs);
    const problem = this.#look();
    if (problem !== undefined) throw new StoreError(problem);
    const reports = new Map<string, ConnectionReport>();
    for (const message of messages) this.#acceptOne(message, reports);
    return { connections: [...reports.values()], storedAtMs: this.#clock.now() };
  }

  correct(corrections: readonly Correction[]): Promise<number> {
    const problem = this.#look();
    if (problem !== undefined) return Promise.reject(new StoreError(problem));
    let changed = 0;
    for (const { change, replaces } of corrections) {
      if (this.#rows.get(keyOf(change))?.resourceVersion !== replaces) continue;
      if (this.#write({ ...change, isSnapshot: false }, this.#clock.now(), true) !== 'unchanged')
        changed += 1;
    }
    return Promise.resolve(changed);
  }

  query(query: ResourceQuery): Promise<ResourcePage> {
    const problem = this.#lookToRead();
    if (problem !== undefined) return Promise.reject(new StoreError(problem));
    const words = wordsOf(query.search ?? '');
    const found = [...this.#rows.values()].filter(
      (row) =>
        matches(row, query) && words.every((word, index) => hasWord(row, word, index === words.length - 1)),
    );
    const ordered =
      words.length > 0 ? found.toSorted((one, other) => one.id - other.id) : found.toSorted(byPlace);
    const from = Number(query.cursor ?? 0) || 0;
    const rows = ordered.slice(from, from + query.limit);
    return Promise.resolve({
      rows,
      ...(words.length > 0 ? {} : { total: found.length }),
      ...(rows.length === query.limit ? { nextCursor: String(from + rows.length) } : {}),
    });
  }

  view(key: ResourceKey): Promise<StoredResource | undefined> {
    const problem = this.#lookToRead();
    if (problem !== undefined) return Promise.reject(new StoreError(problem));
    return Promise.resolve(this.#rows.get(keyOf(key)));
  }

  tallies(clusterUid?: string): Promise<Tally[]> {
    const problem = this.#lookToRead();
    if (problem !== undefined) return Promise.reject(new StoreError(problem));
    const tallies = new Map<string, { -readonly [Field in keyof Tally]: Tally[Field] }>();
    for (const row of [...this.#rows.values()].toSorted(byPlace)) {
      if (clusterUid !== undefined && row.clusterUid !== clusterUid) continue;
      const key = keyOf({ ...row, name: '' });
      const { apiVersion, kind, namespace } = row;
      const tally = tallies.get(key) ?? { clusterUid: row.clusterUid, apiVersion, kind, namespace, rows: 0 };
      tally.rows += 1;
      tallies.set(key, tally);
    }
    return Promise.resolve([...tallies.values()]);
  }

  clear(clusterUid: string): Promise<number> {
    const problem = this.#look();
    if (problem !== undefined) return Promise.reject(new StoreError(problem));
    let removed = 0;
    for (const [key, row] of this.#rows) {
      if (row.clusterUid === clusterUid && this.#rows.delete(key)) removed += 1;
    }
    this.#changes += 1;
    return Promise.resolve(removed);
  }

  tables(): Promise<{ name: string; rows: number }[]> {
    const problem = this.#lookToRead();
    if (problem !== undefined) return Promise.reject(new StoreError(problem));
    return Promise.resolve([{ name: 'resource', rows: this.#rows.size }]);
  }

  probe(): Promise<void> {
    return Promise.resolve();
  }

  integrity(): Promise<Integrity> {
    const problem = this.#lookToRead();
    if (problem !== undefined) return Promise.reject(new StoreError(problem));
    return Promise.resolve({ isOk: true, messages: [] });
  }

  copies(): Promise<DatabaseCopy[]> {
    return Promise.resolve(this.#copies.map(({ copy }) => copy));
  }

  reset(): Promise<void> {
    if (!this.#mend()) this.#setAside('reset');
    return Promise.resolve();
  }

  restore(copyId: string): Promise<void> {
    const wanted = this.#copies.find(({ copy }) => copy.id === copyId);
    if (wanted?.copy.isRestorable !== true) {
      return Promise.reject(
        new ApiError('not-found', `There is no former database ${copyId}.`, {
          remedy: 'Look at the list anew.',
        }),
      );
    }
    this.#copies = this.#copies.filter((candidate) => candidate !== wanted);
    if (!this.#mend()) this.#setAside('reset');
    this.#rows = wanted.rows;
    this.#changes += 1;
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #acceptOne(message: RawMessage, reports: Map<string, ConnectionReport>): void {
    const { connectionId } = message;
    const report: ConnectionReport = reports.get(connectionId) ?? {
      connectionId,
      stored: 0,
      deleted: 0,
      unchanged: 0,
      ignored: 0,
      rejected: [],
      kinds: {},
    };
    reports.set(connectionId, report);
    const parsed = parseMessage(message.body, { ...DEFAULT_LIMITS, clusterUid: message.clusterUid });
    switch (parsed.kind) {
      case 'rejected':
        report.rejected.push({ reason: parsed.reason, sample: parsed.sample });
        return;
      case 'version':
        report.ignored += 1;
        report.meshsyncVersion = parsed.version;
        return;
      case 'ignored':
        report.ignored += 1;
        return;
      case 'changes':
        report.rejected.push(...parsed.rejected);
        for (const change of parsed.changes) {
          report[this.#write(change, message.receivedAtMs)] += 1;
          report.kinds[change.kind] = (report.kinds[change.kind] ?? 0) + 1;
          this.#lastWriteAtMs = this.#clock.now();
          this.#lastWriteAtMsByCluster[change.clusterUid] = this.#lastWriteAtMs;
        }
        return;
      default:
        parsed satisfies never;
    }
  }

  #write(change: ResourceChange, seenAtMs: number, isForced = false): 'stored' | 'deleted' | 'unchanged' {
    const key = keyOf(change);
    const row = this.#rows.get(key);
    this.#changes += 1;
    const isSameObject = row !== undefined && (row.uid === change.uid || row.uid === '' || change.uid === '');
    if (change.type === 'delete') {
      this.#bury(change.uid);
      if (!isSameObject) return 'unchanged';
      this.#rows.delete(key);
      return 'deleted';
    }
    if (!isForced) {
      if (change.isSnapshot && this.#tombstones.has(change.uid)) return 'unchanged';
      if (row !== undefined && change.resourceVersion !== '') {
        if (isSameObject && change.isSnapshot && change.resourceVersion === row.resourceVersion) {
          this.#rows.set(key, { ...row, lastSeenAtMs: seenAtMs });
          return 'unchanged';
        }
        if (!isNewerOrSame(change.resourceVersion, row.resourceVersion)) return 'unchanged';
      }
    }
    const {
      clusterUid,
      apiVersion,
      kind,
      namespace,
      name,
      uid,
      resourceVersion,
      labels,
      owners,
      createdAt,
      body,
    } = change;
    const id = row?.id ?? this.#nextId++;
    const firstSeenAtMs = row?.firstSeenAtMs ?? seenAtMs;
    const words = searchText(name, labels).split(' ');
    const identity = { clusterUid, apiVersion, kind, namespace, name, uid, resourceVersion };
    const lastSeenAtMs = seenAtMs;
    this.#rows.set(key, {
      ...identity,
      id,
      words,
      labels,
      owners,
      createdAt,
      body,
      firstSeenAtMs,
      lastSeenAtMs,
    });
    return 'stored';
  }

  #bury(uid: string): void {
    if (uid === '') return;
    const [oldest] = this.#tombstones;
    if (this.#tombstones.size >= TOMBSTONES && oldest !== undefined) this.#tombstones.delete(oldest);
    this.#tombstones.add(uid);
  }

  /** What keeps the rows from being read, if anything. */
  #lookToRead(): DatabaseProblem | undefined {
    const problem = this.#look();
    return problem !== undefined && UNREADABLE.has(problem.kind) ? problem : undefined;
  }

  /** What is wrong with the database now; damage is found, and set aside, when it is looked at. */
  #look(): DatabaseProblem | undefined {
    const kind = this.#damage.problem();
    if (kind === undefined) this.#problem = undefined;
    else if (this.#problem?.kind !== kind) this.#problem = this.#condemn(kind);
    return this.#problem;
  }

  #condemn(kind: DatabaseProblemKind): DatabaseProblem {
    const problem = problemOf(kind, this.#clock.now());
    return kind === 'corrupt' ? { ...problem, setAsideAs: this.#setAside('corrupt') } : problem;
  }

  /** True where the file was damaged: it is set aside already. */
  #mend(): boolean {
    const wasDamaged = this.#look()?.kind === 'corrupt';
    if (!wasDamaged) return false;
    this.#damage.mend();
    this.#problem = undefined;
    return wasDamaged;
  }

  #setAside(why: DatabaseCopy['why']): string {
    const at = new Date(this.#clock.now()).toISOString();
    const id = `memory.${why}-${this.#nextId++}`;
    const sizeBytes = this.#rows.size * BYTES_PER_ROW;
    const copy: DatabaseCopy = {
      id,
      path: id,
      sizeBytes,
      setAsideAt: at,
      why,
      isRestorable: why === 'reset',
    };
    this.#copies = [{ copy, rows: this.#rows }, ...this.#copies].slice(0, KEPT_COPIES);
    this.#rows = new Map();
    this.#changes += 1;
    this.#lastWriteAtMs = undefined;
    this.#lastWriteAtMsByCluster = {};
    return id;
  }
}

function keyOf(key: ResourceKey): string {
  return [key.clusterUid, key.apiVersion, key.kind, key.namespace, key.name].join('\0');
}

function matches(row: MemoryRow, query: ResourceQuery): boolean {
  const isAmong = (value: string, wanted: readonly string[] | undefined) =>
    wanted === undefined || wanted.length === 0 || wanted.includes(value);
  return (
    (query.clusterUid === undefined || row.clusterUid === query.clusterUid) &&
    (query.apiVersion === undefined || row.apiVersion === query.apiVersion) &&
    isAmong(row.kind, query.kinds) &&
    isAmong(row.namespace, query.namespaces)
  );
}

function hasWord(row: MemoryRow, word: string, isLast: boolean): boolean {
  return row.words.some((known) => (isLast && word.length > 1 ? known.startsWith(word) : known === word));
}

function byPlace(one: ResourceKey, other: ResourceKey): number {
  return (
    compare(one.kind, other.kind) ||
    compare(one.namespace, other.namespace) ||
    compare(one.clusterUid, other.clusterUid) ||
    compare(one.apiVersion, other.apiVersion) ||
    compare(one.name, other.name)
  );
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
