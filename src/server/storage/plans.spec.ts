import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CLUSTER_UID, wireMessage, wirePod } from '../../core/meshsync/fixture.ts';
import { WORDS_IN_ORDER } from './beginnings.ts';
import { CacheReader } from './cache-reader.ts';
import { CacheWriter } from './cache-writer.ts';

let folder = '';
let path = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plans-'));
  path = join(folder, 'cache.db');
  const writer = new CacheWriter(path);
  const bodies = Array.from({ length: 30 }, (_, index) =>
    wireMessage(
      'ADDED',
      wirePod({}, { name: `web-${index}`, namespace: `team-${index % 3}`, uid: `u-${index}` }),
    ),
  );
  writer.accept(
    bodies.map((body) => ({ connectionId: 'c1', clusterUid: CLUSTER_UID, body, receivedAtMs: 1 })),
    1,
  );
  writer.close();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ROWS = { limit: 10 };
const QUESTIONS: [string, (reader: CacheReader) => unknown][] = [
  ['everything', (reader) => reader.query(ROWS)],
  ['the next page', (reader) => reader.query({ ...ROWS, cursor: reader.query(ROWS).nextCursor })],
  ['one cluster', (reader) => reader.query({ ...ROWS, clusterUid: CLUSTER_UID })],
  [
    'kinds and namespaces',
    (reader) => reader.query({ ...ROWS, kinds: ['Pod', 'Node'], namespaces: ['team-1'] }),
  ],
  ['a search', (reader) => reader.query({ ...ROWS, search: 'web 1' })],
  ['a search by a longer beginning', (reader) => reader.query({ ...ROWS, search: 'web catalog' })],
  [
    'a search in a cluster, a kind and a namespace',
    (reader) =>
      reader.query({
        ...ROWS,
        search: 'we',
        clusterUid: CLUSTER_UID,
        kinds: ['Pod'],
        namespaces: ['team-1'],
      }),
  ],
  ['the counts', (reader) => reader.tallies(CLUSTER_UID)],
  ['the tables', (reader) => reader.tables()],
  [
    'one object',
    (reader) =>
      reader.view({
        clusterUid: CLUSTER_UID,
        apiVersion: 'v1',
        kind: 'Pod',
        namespace: 'team-0',
        name: 'web-0',
      }),
  ],
];

describe('what the page asks', () => {
  // A million rows are read by index or not in time; the small table of counts may be walked, the rows never.
  it.each(QUESTIONS)('%s: walks along an index, and sorts nothing', (_what, ask) => {
    const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare');
    const reader = new CacheReader(path);
    const answer = JSON.stringify(ask(reader) ?? 'nothing');
    reader.close();
    const statements = prepare.mock.calls.map(([sql]) => sql);
    prepare.mockRestore();
    expect(answer).toMatch(/Pod|resource/);
    expect(statements.length).toBeGreaterThan(0);
    const database = new DatabaseSync(path, { readOnly: true });
    // The reader's own table, which is in no file.
    database.exec(WORDS_IN_ORDER);
    const steps = statements.flatMap((sql) =>
      database
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map((row) => String(row['detail'])),
    );
    database.close();
    expect(steps.filter((step) => /SCAN (?:r|resource)\b|TEMP B-TREE|AUTOMATIC/.test(step))).toEqual([]);
    const touchesRows = steps.filter((step) => /\b(?:r|resource)\b/.test(step));
    for (const step of touchesRows) expect(step).toMatch(/^SEARCH r USING (?:INDEX|INTEGER PRIMARY KEY)/);
  });

  it('asks the index of words nothing where the filters leave no row', () => {
    const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare');
    const reader = new CacheReader(path);
    const isSearched = (namespace: string) => {
      prepare.mockClear();
      const { rows } = reader.query({ ...ROWS, search: 'web', kinds: ['Pod'], namespaces: [namespace] });
      return [rows.length, prepare.mock.calls.some(([sql]) => sql.includes('MATCH'))];
    };
    expect([isSearched('team-1'), isSearched('team-9')]).toEqual([
      [10, true],
      [0, false],
    ]);
    reader.close();
    prepare.mockRestore();
  });
});
