import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { openAttributes } from '../../core/meshsync/decode.ts';
import { wordsOf } from '../../core/meshsync/words.ts';
import type {
  Integrity,
  ResourceKey,
  ResourcePage,
  ResourceQuery,
  ResourceRow,
  StoredResource,
  Tally,
} from '../../services/data/store.ts';
import { Beginnings } from './beginnings.ts';
import { jsonOf, numberOf, textOf } from './row.ts';
import { scopeWord } from './schema.ts';

type Row = Record<string, unknown>;
type Value = string | number;

const Labels = z.record(z.string(), z.string());
const Owners = z.array(
  z.object({ apiVersion: z.string(), kind: z.string(), name: z.string(), uid: z.string() }),
);
const Body = z.record(z.string(), z.unknown());

const COLUMNS = `r.id, r.name, r.uid, r.resource_version, r.created_at, r.first_seen_at_ms, r.last_seen_at_ms, r.labels, r.owners,
  t.kind, t.namespace, t.cluster_uid, t.api_version`;
/** Words of a search beyond these are left out. */
const MAX_WORDS = 8;
/** Tallies walked in one statement. */
const WALK = 200;
const INTEGRITY_MESSAGES = 20;

interface Group {
  readonly id: number;
  readonly kind: string;
  readonly namespace: string;
  readonly clusterUid: string;
  readonly apiVersion: string;
}

/** Reads the cache on a connection of its own, which never waits for the writer nor makes it wait. */
export class CacheReader {
  readonly #database: DatabaseSync;
  #beginnings: Beginnings | undefined;

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { readOnly: true, timeout: 1000 });
    this.#database.exec('PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;');
  }

  query(query: ResourceQuery): ResourcePage {
    const words = wordsOf(query.search ?? '').slice(0, MAX_WORDS);
    return words.length > 0 ? this.#search(query, words) : this.#walk(query);
  }

  view(key: ResourceKey): StoredResource | undefined {
    const row = this.#database
      .prepare(
        `SELECT ${COLUMNS}, r.body FROM tally t JOIN resource r ON r.tally_id = t.id
         WHERE t.kind = ? AND t.namespace = ? AND t.cluster_uid = ? AND t.api_version = ? AND r.name = ?`,
      )
      .get(key.kind, key.namespace, key.clusterUid, key.apiVersion, key.name);
    return row === undefined
      ? undefined
      : { ...rowOf(row), body: openAttributes(Body.parse(jsonOf(row, 'body'))) };
  }

  tallies(clusterUid?: string): Tally[] {
    const { where, values } = conditions(clusterUid === undefined ? {} : { clusterUid });
    return this.#database
      .prepare(
        `SELECT * FROM tally t WHERE t.rows > 0 ${where} ORDER BY t.kind, t.namespace, t.cluster_uid, t.api_version`,
      )
      .all(...values)
      .map((row) => ({
        clusterUid: textOf(row, 'cluster_uid'),
        apiVersion: textOf(row, 'api_version'),
        kind: textOf(row, 'kind'),
        namespace: textOf(row, 'namespace'),
        rows: numberOf(row, 'rows'),
      }));
  }

  tables(): { name: string; rows: number }[] {
    const count = this.#database
      .prepare('SELECT COUNT(*) AS count, COALESCE(SUM(rows), 0) AS rows FROM tally')
      .get();
    return [
      { name: 'resource', rows: numberOf(count, 'rows') },
      { name: 'tally', rows: numberOf(count, 'count') },
    ];
  }

  /** SQLite's own check of every page; unless `isQuick` also of the indexes, and of our counters against the rows. */
  integrity(isQuick: boolean): Integrity {
    const check = isQuick ? 'quick_check' : 'integrity_check';
    const messages = this.#database
      .prepare(`PRAGMA ${check}(${INTEGRITY_MESSAGES})`)
      .all()
      .map((row) => textOf(row, check))
      .filter((message) => message !== 'ok');
    if (messages.length === 0 && !isQuick) {
      const wrong = this.#database
        .prepare(
          'SELECT COUNT(*) AS count FROM tally t WHERE t.rows <> (SELECT COUNT(*) FROM resource r WHERE r.tally_id = t.id)',
        )
        .get();
      const count = numberOf(wrong, 'count');
      if (count > 0) messages.push(`${count} counters do not agree with their rows`);
    }
    return { isOk: messages.length === 0, messages };
  }

  close(): void {
    this.#database.close();
  }

  /** Group by group in the order of the list; each is one short walk along an index, whatever the size of the table. */
  #walk(query: ResourceQuery): ResourcePage {
    const rows: ResourceRow[] = [];
    const start = this.#cursorGroup(query.cursor);
    if (start === 'gone') return { rows: [], total: this.#total(query) };
    let after = start?.group;
    if (start !== undefined) this.#fill(rows, start.group, start.name, query.limit);
    let last = start?.group;
    while (rows.length < query.limit) {
      const groups = this.#groups(query, after);
      for (const group of groups) {
        if (rows.length >= query.limit) break;
        this.#fill(rows, group, '', query.limit);
        last = group;
      }
      after = groups.at(-1);
      if (groups.length < WALK) break;
    }
    const tail = rows.at(-1);
    const total = this.#total(query);
    if (rows.length < query.limit || tail === undefined || last === undefined) return { rows, total };
    return { rows, total, nextCursor: `${last.id}.${tail.name}` };
  }

  #fill(rows: ResourceRow[], group: Group, afterName: string, limit: number): void {
    const found = this.#database
      .prepare(
        `SELECT ${COLUMNS} FROM resource r JOIN tally t ON t.id = r.tally_id
         WHERE r.tally_id = ? AND r.name > ? ORDER BY r.name LIMIT ?`,
      )
      .all(group.id, afterName, limit - rows.length);
    for (const row of found) rows.push(rowOf(row));
  }

  #groups(query: ResourceQuery, after: Group | undefined): Group[] {
    const { where, values } = conditions(query);
    const position =
      after === undefined ? '' : 'AND (t.kind, t.namespace, t.cluster_uid, t.api_version) > (?, ?, ?, ?)';
    const from = after === undefined ? [] : [after.kind, after.namespace, after.clusterUid, after.apiVersion];
    return this.#database
      .prepare(
        `SELECT * FROM tally t WHERE t.rows > 0 ${where} ${position}
         ORDER BY t.kind, t.namespace, t.cluster_uid, t.api_version LIMIT ${WALK}`,
      )
      .all(...values, ...from)
      .map(groupOf);
  }

  /** The group a cursor stands in; `gone` where a reset removed it in between. */
  #cursorGroup(cursor: string | undefined): { group: Group; name: string } | 'gone' | undefined {
    if (cursor === undefined) return undefined;
    const dot = cursor.indexOf('.');
    const row =
      dot < 1
        ? undefined
        : this.#database.prepare('SELECT * FROM tally WHERE id = ?').get(Number(cursor.slice(0, dot)));
    return row === undefined ? 'gone' : { group: groupOf(row), name: cursor.slice(dot + 1) };
  }

  #total(query: ResourceQuery): number {
    const { where, values } = conditions(query);
    const row = this.#database
      .prepare(`SELECT COALESCE(SUM(t.rows), 0) AS total FROM tally t WHERE t.rows > 0 ${where}`)
      .get(...values);
    return numberOf(row, 'total');
  }

  /** In the order of arrival: the index gives it without sorting, so that the first page of a million hits is quick. */
  #search(query: ResourceQuery, words: readonly string[]): ResourcePage {
    // Only the last word may still be being typed: each beginning costs tens of milliseconds at a million rows. A single
    // letter stands for itself, for as the beginning of words it would mean most of the index.
    this.#beginnings ??= new Beginnings(this.#database);
    const beginnings = this.#beginnings;
    const terms = words.map((word, index) =>
      index === words.length - 1 && word.length > 1 ? beginnings.match(word) : `"${word}"`,
    );
    const scopes = [
      anyOf('cluster', query.clusterUid === undefined ? undefined : [query.clusterUid]),
      anyOf('kind', query.kinds),
      anyOf('namespace', query.namespaces),
    ].filter((scope) => scope !== undefined);
    const { where, values } = conditions(query);
    // Two marks that never stand together would be compared to the end of both: the counts say so in a moment.
    if (scopes.length > 0 && this.#total(query) === 0) return { rows: [] };
    const found = this.#database
      .prepare(
        `SELECT ${COLUMNS} FROM words w JOIN resource r ON r.id = w.rowid JOIN tally t ON t.id = r.tally_id
         WHERE words MATCH ? AND w.rowid > ? ${where} ORDER BY w.rowid LIMIT ?`,
      )
      .all([...terms, ...scopes].join(' AND '), Number(query.cursor ?? 0) || 0, ...values, query.limit);
    const rows = found.map(rowOf);
    const last = found.at(-1);
    return {
      rows,
      ...(found.length >= query.limit && last !== undefined
        ? { nextCursor: String(numberOf(last, 'id')) }
        : {}),
    };
  }
}

function anyOf(
  scope: Parameters<typeof scopeWord>[0],
  values: readonly string[] | undefined,
): string | undefined {
  if (values === undefined || values.length === 0) return undefined;
  return `(${values.map((value) => `"${scopeWord(scope, value)}"`).join(' OR ')})`;
}

function conditions(query: Partial<ResourceQuery>): { where: string; values: Value[] } {
  const parts: string[] = [];
  const values: Value[] = [];
  const add = (column: string, wanted: readonly string[] | undefined) => {
    if (wanted === undefined || wanted.length === 0) return;
    parts.push(`AND t.${column} IN (${wanted.map(() => '?').join(', ')})`);
    values.push(...wanted);
  };
  add('kind', query.kinds);
  add('namespace', query.namespaces);
  add('cluster_uid', query.clusterUid === undefined ? undefined : [query.clusterUid]);
  add('api_version', query.apiVersion === undefined ? undefined : [query.apiVersion]);
  return { where: parts.join(' '), values };
}

function groupOf(row: Row): Group {
  return {
    id: numberOf(row, 'id'),
    kind: textOf(row, 'kind'),
    namespace: textOf(row, 'namespace'),
    clusterUid: textOf(row, 'cluster_uid'),
    apiVersion: textOf(row, 'api_version'),
  };
}

function rowOf(row: Row): ResourceRow {
  return {
    clusterUid: textOf(row, 'cluster_uid'),
    apiVersion: textOf(row, 'api_version'),
    kind: textOf(row, 'kind'),
    namespace: textOf(row, 'namespace'),
    name: textOf(row, 'name'),
    uid: textOf(row, 'uid'),
    resourceVersion: textOf(row, 'resource_version'),
    labels: Labels.parse(jsonOf(row, 'labels')),
    owners: Owners.parse(jsonOf(row, 'owners')),
    createdAt: row['created_at'] === null ? undefined : textOf(row, 'created_at'),
    firstSeenAtMs: numberOf(row, 'first_seen_at_ms'),
    lastSeenAtMs: numberOf(row, 'last_seen_at_ms'),
  };
}
