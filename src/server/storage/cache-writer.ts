import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ResourceChange } from '../../core/meshsync/change.ts';
import { isNewerOrSame } from '../../core/meshsync/newer.ts';
import { DEFAULT_LIMITS, parseMessage } from '../../core/meshsync/parse.ts';
import { indexText } from '../../core/meshsync/words.ts';
import type { BatchReport, ConnectionReport, Correction, RawMessage } from '../../services/data/store.ts';
import { SCHEMA, SCHEMA_VERSION, scopeWord } from './schema.ts';
import { assertHeader } from './header.ts';
import { numberOf, textOf } from './row.ts';
import { prepare, type Statements } from './statements.ts';

/** How long to wait for another process that holds the file. */
const BUSY_TIMEOUT_MS = 1000;
/** Objects whose deletion is remembered, so that a dump written before it does not bring them back. */
const TOMBSTONES = 20_000;
/** Samples of one batch; the counts are of all. */
const SAMPLES_PER_BATCH = 20;

interface TallyEntry {
  readonly id: number;
  readonly clusterUid: string;
  readonly scope: string;
  rows: number;
}

/** The file was written by another version of the tables. */
export class OtherSchemaError extends Error {
  constructor(version: number) {
    super(`The database has layout ${version}, this server writes ${SCHEMA_VERSION}.`);
    this.name = 'OtherSchemaError';
  }
}

type Effect = 'stored' | 'deleted' | 'unchanged';

/** What the worker tells after each write. */
export interface WriterState {
  readonly rows: number;
  readonly rowsByCluster: Readonly<Record<string, number>>;
  readonly sizeBytes: number;
}

/**
 * The one writer of the cache: synchronous, owned by the writer's thread. Everything thrown is an error of node:sqlite
 * or of the file system, told apart by `problemKindOf`.
 */
export class CacheWriter {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  readonly #tallies = new Map<string, TallyEntry>();
  readonly #tombstones = new Set<string>();
  readonly #inode: number;
  #dirty = new Set<TallyEntry>();

  /** Opens or creates the file. Throws `OtherSchemaError` when another version of the tables is in it. */
  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    assertHeader(path);
    this.#database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    try {
      // Objects are of about two kilobytes: pages of eight leave a seventh of each empty. Only a new file takes it on.
      this.#database.exec(
        'PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;',
      );
      this.#database.exec(
        'PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -65536;',
      );
      const version = numberOf(this.#database.prepare('PRAGMA user_version').get(), 'user_version');
      if (version === 0) this.#database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT;`);
      else if (version !== SCHEMA_VERSION) throw new OtherSchemaError(version);
      this.#statements = prepare(this.#database);
      this.#loadTallies();
      this.#inode = statSync(path).ino;
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** The file is no longer where it was, or is another one. */
  isFileGone(): boolean {
    try {
      return statSync(this.#path).ino !== this.#inode;
    } catch {
      // Not there, or not to be seen any more: either way it is not our file.
      return true;
    }
  }

  state(): WriterState {
    const rowsByCluster: Record<string, number> = {};
    let rows = 0;
    for (const tally of this.#tallies.values()) {
      rows += tally.rows;
      rowsByCluster[tally.clusterUid] = (rowsByCluster[tally.clusterUid] ?? 0) + tally.rows;
    }
    let sizeBytes = 0;
    for (const companion of ['', '-wal']) {
      if (existsSync(this.#path + companion)) sizeBytes += statSync(this.#path + companion).size;
    }
    return { rows, rowsByCluster, sizeBytes };
  }

  /** Parses and writes in one transaction. */
  accept(messages: Iterable<RawMessage>, nowMs: number): BatchReport {
    const reports = new Map<string, ConnectionReport>();
    const samples = { left: SAMPLES_PER_BATCH };
    this.#transaction(() => {
      for (const message of messages)
        this.#acceptOne(message, reportOf(reports, message.connectionId), samples);
    });
    return { connections: [...reports.values()], storedAtMs: nowMs };
  }

  #acceptOne(message: RawMessage, report: ConnectionReport, samples: { left: number }): void {
    const parsed = parseMessage(message.body, {
      ...DEFAULT_LIMITS,
      clusterUid: message.clusterUid,
      keepsAttributes: true,
    });
    switch (parsed.kind) {
      case 'rejected':
        report.rejected.push({ reason: parsed.reason, sample: samples.left-- > 0 ? parsed.sample : '' });
        return;
      case 'ignored':
        report.ignored += 1;
        return;
      case 'version':
        report.ignored += 1;
        report.meshsyncVersion = parsed.version;
        return;
      case 'changes':
        for (const rejection of parsed.rejected) {
          report.rejected.push({
            reason: rejection.reason,
            sample: samples.left-- > 0 ? rejection.sample : '',
          });
        }
        for (const change of parsed.changes) {
          report[this.#write(change, message.receivedAtMs)] += 1;
          report.kinds[change.kind] = (report.kinds[change.kind] ?? 0) + 1;
        }
        return;
      default:
        parsed satisfies never;
    }
  }

  /** Writes what the comparison proved; a row that moved on since is left alone. */
  correct(corrections: readonly Correction[], nowMs: number): number {
    let changed = 0;
    this.#transaction(() => {
      for (const { change, replaces } of corrections) {
        const row = this.#find(change);
        if (row?.resourceVersion !== replaces) continue;
        if (this.#write({ ...change, isSnapshot: false }, nowMs, true) !== 'unchanged') changed += 1;
      }
    });
    return changed;
  }

  /** Removes every row of a cluster. */
  clear(clusterUid: string): number {
    const entries = [...this.#tallies.entries()].filter(([, tally]) => tally.clusterUid === clusterUid);
    const rows = entries.reduce((sum, [, tally]) => sum + tally.rows, 0);
    this.#transaction(() => {
      const ids = 'SELECT id FROM tally WHERE cluster_uid = ?';
      this.#database
        .prepare(`DELETE FROM words WHERE rowid IN (SELECT id FROM resource WHERE tally_id IN (${ids}))`)
        .run(clusterUid);
      this.#database.prepare(`DELETE FROM resource WHERE tally_id IN (${ids})`).run(clusterUid);
      this.#database.prepare('UPDATE tally SET rows = 0 WHERE cluster_uid = ?').run(clusterUid);
    });
    for (const [, tally] of entries) tally.rows = 0;
    return rows;
  }

  /** Makes SQLite refuse to grow beyond so many pages: an honest full disk for a test, without the rights to mount one. */
  limitPages(pages: number): void {
    this.#database.exec(`PRAGMA max_page_count = ${Math.trunc(pages)}`);
  }

  close(): void {
    this.#database.close();
  }

  #loadTallies(): void {
    this.#tallies.clear();
    for (const row of this.#database.prepare('SELECT * FROM tally').iterate()) {
      const clusterUid = textOf(row, 'cluster_uid');
      const kind = textOf(row, 'kind');
      const namespace = textOf(row, 'namespace');
      const apiVersion = textOf(row, 'api_version');
      this.#tallies.set(tallyKey({ clusterUid, kind, namespace, apiVersion }), {
        id: numberOf(row, 'id'),
        clusterUid,
        scope: scopeOf({ clusterUid, kind, namespace }),
        rows: numberOf(row, 'rows'),
      });
    }
  }

  /** All or nothing; what memory knew of the tallies is read anew after a failure. */
  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      for (const tally of this.#dirty) this.#statements.setTally.run(tally.rows, tally.id);
      this.#dirty.clear();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#dirty.clear();
      this.#rollBack();
      throw error;
    }
  }

  #rollBack(): void {
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // SQLite rolls back by itself on the gravest errors, and then says that there is no transaction.
    }
    try {
      this.#loadTallies();
    } catch {
      // The file cannot be read at all: the error under way says so, and the writer is closed because of it.
    }
  }

  #tally(change: ResourceChange): TallyEntry {
    const key = tallyKey(change);
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    const result = this.#statements.addTally.run(
      change.kind,
      change.namespace,
      change.clusterUid,
      change.apiVersion,
    );
    const entry = {
      id: Number(result.lastInsertRowid),
      clusterUid: change.clusterUid,
      scope: scopeOf(change),
      rows: 0,
    };
    this.#tallies.set(key, entry);
    return entry;
  }

  #find(
    change: ResourceChange,
  ): { id: number; uid: string; resourceVersion: string; labels: string } | undefined {
    const tally = this.#tallies.get(tallyKey(change));
    if (tally === undefined) return undefined;
    const row = this.#statements.find.get(tally.id, change.name);
    if (row === undefined) return undefined;
    return {
      id: numberOf(row, 'id'),
      uid: textOf(row, 'uid'),
      resourceVersion: textOf(row, 'resource_version'),
      labels: textOf(row, 'labels'),
    };
  }

  #write(change: ResourceChange, seenAtMs: number, isForced = false): Effect {
    const row = this.#find(change);
    if (change.type === 'delete') return this.#delete(change, row);
    const isSameObject = row !== undefined && (row.uid === change.uid || row.uid === '' || change.uid === '');
    if (!isForced) {
      if (change.isSnapshot && this.#tombstones.has(change.uid)) return 'unchanged';
      if (row !== undefined && change.resourceVersion !== '') {
        if (isSameObject && change.isSnapshot && change.resourceVersion === row.resourceVersion) {
          this.#statements.touch.run(seenAtMs, row.id);
          return 'unchanged';
        }
        // Also between two objects of one name: the later one has the higher version, being of the same storage.
        if (!isNewerOrSame(change.resourceVersion, row.resourceVersion)) return 'unchanged';
      }
    }
    const labels = JSON.stringify(change.labels);
    const owners = JSON.stringify(change.owners);
    const body = JSON.stringify(change.body);
    const created = change.createdAt ?? null;
    const { update, insert, addWords } = this.#statements;
    if (row !== undefined) {
      update.run(change.uid, change.resourceVersion, created, seenAtMs, labels, owners, body, row.id);
      if (row.labels !== labels) this.#index(row.id, change, labels);
      return 'stored';
    }
    const tally = this.#tally(change);
    const result = insert.run(
      tally.id,
      change.name,
      change.uid,
      change.resourceVersion,
      created,
      seenAtMs,
      seenAtMs,
      labels,
      owners,
      body,
    );
    addWords.run(result.lastInsertRowid, `${indexText(change.name, change.labels, labels)} ${tally.scope}`);
    this.#count(tally, 1);
    return 'stored';
  }

  #delete(change: ResourceChange, row: { id: number; uid: string } | undefined): Effect {
    this.#bury(change.uid);
    // A late deletion of the object that had this name before must not take its successor.
    if (row === undefined || (row.uid !== change.uid && row.uid !== '' && change.uid !== ''))
      return 'unchanged';
    this.#statements.removeWords.run(row.id);
    this.#statements.remove.run(row.id);
    this.#count(this.#tally(change), -1);
    return 'deleted';
  }

  #index(id: number, change: ResourceChange, labels: string): void {
    this.#statements.removeWords.run(id);
    const words = indexText(change.name, change.labels, labels);
    this.#statements.addWords.run(id, `${words} ${this.#tally(change).scope}`);
  }

  #count(tally: TallyEntry, difference: number): void {
    tally.rows += difference;
    this.#dirty.add(tally);
  }

  #bury(uid: string): void {
    if (uid === '') return;
    if (this.#tombstones.size >= TOMBSTONES) {
      const [oldest] = this.#tombstones;
      if (oldest !== undefined) this.#tombstones.delete(oldest);
    }
    this.#tombstones.add(uid);
  }
}

function tallyKey(key: { clusterUid: string; kind: string; namespace: string; apiVersion: string }): string {
  return `${key.clusterUid}\0${key.kind}\0${key.namespace}\0${key.apiVersion}`;
}

function scopeOf(key: { clusterUid: string; kind: string; namespace: string }): string {
  return [
    scopeWord('cluster', key.clusterUid),
    scopeWord('kind', key.kind),
    scopeWord('namespace', key.namespace),
  ].join(' ');
}

function reportOf(reports: Map<string, ConnectionReport>, connectionId: string): ConnectionReport {
  const known = reports.get(connectionId);
  if (known !== undefined) return known;
  const report = { connectionId, stored: 0, deleted: 0, unchanged: 0, ignored: 0, rejected: [], kinds: {} };
  reports.set(connectionId, report);
  return report;
}
