/** Raised whenever the tables change; a file of another version is set aside, for the cache refills itself. */
export const SCHEMA_VERSION = 1;

/**
 * `tally` holds one row for each kind in each namespace of a cluster. It is the identity of a resource (with its name),
 * the counter the page shows, and the order of every list: a page of a million rows is found by walking tallies, never
 * by sorting. `body` stands last, so that reading the other columns touches none of its overflow pages.
 */
export const SCHEMA = `
  CREATE TABLE tally (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    namespace TEXT NOT NULL,
    cluster_uid TEXT NOT NULL,
    api_version TEXT NOT NULL,
    rows INTEGER NOT NULL,
    UNIQUE (kind, namespace, cluster_uid, api_version)
  ) STRICT;
  CREATE TABLE resource (
    id INTEGER PRIMARY KEY,
    tally_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    uid TEXT NOT NULL,
    resource_version TEXT NOT NULL,
    created_at TEXT,
    first_seen_at_ms INTEGER NOT NULL,
    last_seen_at_ms INTEGER NOT NULL,
    labels TEXT NOT NULL,
    owners TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (tally_id, name)
  ) STRICT;
  CREATE VIRTUAL TABLE words USING fts5(
    text, scope, content='', contentless_delete=1, detail=column, prefix='2 3', tokenize='unicode61 remove_diacritics 0'
  );
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** The words in `scope` that narrow a search to a cluster, a kind or a namespace: one word each, whatever they hold. */
export function scopeWord(prefix: 'c' | 'k' | 'n' | 'v', value: string): string {
  return `${prefix}x${Buffer.from(value).toString('hex')}`;
}
