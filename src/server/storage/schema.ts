/** Raised whenever the tables change; a file of another version is set aside, for the cache refills itself. */
export const SCHEMA_VERSION = 2;

/**
 * `tally` holds one row for each kind in each namespace of a cluster. It is the identity of a resource (with its name),
 * the counter the page shows, and the order of every list: a page of a million rows is found by walking tallies, never
 * by sorting. `body` stands last, so that reading the other columns touches none of its overflow pages.
 *
 * `words` keeps which words a row has and not where (`detail=none`), and nothing but ASCII is split, as
 * `indexText` wants it: writing the index costs a third of what it costs by default.
 *
 * `body` has spec and status as the JSON text they came as: taking them apart, only to put them together again, is left
 * to the reader of the one object.
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
  CREATE INDEX tally_of_cluster ON tally (cluster_uid, kind, namespace, api_version);
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
    text, content='', contentless_delete=1, detail=none, prefix='2 3', tokenize='ascii'
  );
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** Private use, where no word of a name or a label can be: two planes, shared out among what narrows a search. */
const SCOPES = { cluster: 0xf_0000, kind: 0xf_8000, namespace: 0x10_0000 } as const;
const SCOPE_SIZE = 0x7f00;

/**
 * The word that narrows a search to a cluster, a kind or a namespace: one character, because a longer word would also
 * be written to both indexes of beginnings. Two values may share one (FNV-1a), so the rows found are compared as well.
 */
export function scopeWord(scope: keyof typeof SCOPES, value: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < value.length; index += 1)
    hash = Math.imul(hash ^ value.charCodeAt(index), 0x01000193);
  return String.fromCodePoint(SCOPES[scope] + ((hash >>> 0) % SCOPE_SIZE));
}
