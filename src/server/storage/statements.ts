import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** What the writer does to rows, compiled once. */
export interface Statements {
  readonly find: StatementSync;
  readonly insert: StatementSync;
  readonly update: StatementSync;
  readonly touch: StatementSync;
  readonly remove: StatementSync;
  readonly addTally: StatementSync;
  readonly setTally: StatementSync;
  readonly addWords: StatementSync;
  readonly removeWords: StatementSync;
}

/** Throws an error of node:sqlite when the tables are not ours. */
export function prepare(database: DatabaseSync): Statements {
  return {
    find: database.prepare(
      'SELECT id, uid, resource_version, labels FROM resource WHERE tally_id = ? AND name = ?',
    ),
    insert: database.prepare(
      `INSERT INTO resource (tally_id, name, uid, resource_version, created_at, first_seen_at_ms, last_seen_at_ms, labels, owners, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    update: database.prepare(
      `UPDATE resource SET uid = ?, resource_version = ?, created_at = ?, last_seen_at_ms = ?, labels = ?, owners = ?, body = ?
       WHERE id = ?`,
    ),
    touch: database.prepare('UPDATE resource SET last_seen_at_ms = ? WHERE id = ?'),
    remove: database.prepare('DELETE FROM resource WHERE id = ?'),
    addTally: database.prepare(
      'INSERT INTO tally (kind, namespace, cluster_uid, api_version, rows) VALUES (?, ?, ?, ?, 0)',
    ),
    setTally: database.prepare('UPDATE tally SET rows = ? WHERE id = ?'),
    addWords: database.prepare('INSERT INTO words (rowid, text) VALUES (?, ?)'),
    removeWords: database.prepare('DELETE FROM words WHERE rowid = ?'),
  };
}
