import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLUSTER_UID, wireMessage, wirePod } from '../../core/meshsync/fixture.ts';
import { MessageBatch } from '../../services/data/message-batch.ts';
import { KEPT_COPIES, type RawMessage } from '../../services/data/store.ts';
import { SqliteStore } from './sqlite-store.ts';
import { WriterHost } from './writer-host.ts';

let folder = '';
let path = '';
let opened: SqliteStore | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'damage-'));
  path = join(folder, 'cache.db');
});

afterEach(async () => {
  await opened?.close();
  opened = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<SqliteStore> {
  opened = await SqliteStore.open(path);
  return opened;
}

function messages(count: number, padding = 200, version = 1): RawMessage[] {
  return Array.from({ length: count }, (_, index) => ({
    connectionId: 'c1',
    clusterUid: CLUSTER_UID,
    body: wireMessage(
      'ADDED',
      wirePod(
        { status: { id: '', attribute: JSON.stringify({ note: 'x'.repeat(padding) }) } },
        { name: `web-${index}`, uid: `u${index}`, resourceVersion: String(version) },
      ),
    ),
    receivedAtMs: 1000,
  }));
}

const packed = (batch: readonly RawMessage[]) => MessageBatch.of(batch).pack();

/** A database with rows, closed in good order, its log taken into the file. */
async function databaseWithRows(count = 200): Promise<void> {
  const store = await SqliteStore.open(path);
  await store.accept(messages(count));
  await store.close();
  const database = new DatabaseSync(path);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}

/** What every lost file must lead to: told, kept, the server goes on, and a reset mends it. Gives what it was called. */
async function expectSetAside(store: SqliteStore): Promise<string | undefined> {
  const { problem } = store.state();
  expect(problem?.remedy).toContain('Reset the database');
  expect(problem?.setAsideAs).toMatch(/cache\.db\.corrupt-/);
  expect(existsSync(problem?.setAsideAs ?? '')).toBe(true);
  expect(existsSync(path)).toBe(false);
  await expect(store.accept(messages(1))).rejects.toMatchObject({ problem: { kind: problem?.kind } });
  await expect(store.query({ limit: 1 })).rejects.toMatchObject({ problem: { kind: problem?.kind } });
  await store.reset();
  expect(store.state()).toMatchObject({ problem: undefined, rows: 0 });
  await store.accept(messages(3));
  expect((await store.query({ limit: 10 })).rows).toHaveLength(3);
  expect(await store.copies()).toMatchObject([{ why: 'corrupt', isRestorable: false }]);
  return problem?.kind;
}

function overwrite(file: string, at: number, bytes: Uint8Array): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, bytes, 0, bytes.length, at);
  closeSync(handle);
}

const NOISE = Uint8Array.from({ length: 3000 }, (_, index) => (index * 31 + 7) % 256);

describe('damage found when the file is opened', { timeout: 120_000 }, () => {
  it('text in place of a database', async () => {
    writeFileSync(path, 'this was a database once\n'.repeat(50));
    expect(['not-a-database']).toContain(await expectSetAside(await open()));
  });

  it('flipped bytes in the header', async () => {
    await databaseWithRows();
    overwrite(path, 16, NOISE.subarray(0, 60));
    expect(['not-a-database', 'corrupt']).toContain(await expectSetAside(await open()));
  });

  it('a truncated file', async () => {
    await databaseWithRows();
    truncateSync(path, Math.floor(statSync(path).size / 2 / 4096) * 4096 + 100);
    const store = await open();
    await store.checked();
    expect(['corrupt', 'not-a-database']).toContain(await expectSetAside(store));
  });

  it('flipped bytes in a page of rows, found by the check in the background', async () => {
    await databaseWithRows();
    const pages = Math.floor(statSync(path).size / 4096);
    for (let page = Math.floor(pages / 2); page < pages - 2; page += 1) overwrite(path, page * 4096, NOISE);
    const store = await open();
    await store.checked();
    expect(['corrupt']).toContain(await expectSetAside(store));
  });

  it('a database of an unknown layout is kept as a copy, and a new one begins', async () => {
    const database = new DatabaseSync(path);
    database.exec('CREATE TABLE other (x); PRAGMA user_version = 99');
    database.close();
    const store = await open();
    expect(store.state().problem).toBeUndefined();
    await store.accept(messages(1));
    expect(await store.copies()).toHaveLength(1);
  });
});

describe('damage to the log', { timeout: 120_000 }, () => {
  it('loses what was only in the log, and nothing else', async () => {
    const store = await SqliteStore.open(path);
    await store.accept(messages(50));
    // A copy taken while the log is full stands for a power cut.
    for (const companion of ['', '-wal']) copyFileSync(path + companion, join(folder, `cut.db${companion}`));
    await store.close();
    path = join(folder, 'cut.db');
    const log = statSync(`${path}-wal`).size;
    for (let at = 32; at < log; at += 4096)
      overwrite(`${path}-wal`, at, NOISE.subarray(0, Math.min(400, log - at)));
    const damaged = await open();
    await damaged.checked();
    // SQLite trusts a frame of the log only with its checksum, so the file is whole and empty.
    expect(damaged.state()).toMatchObject({ problem: undefined, rows: 0 });
    await damaged.accept(messages(5));
    expect(await damaged.integrity()).toEqual({ isOk: true, messages: [] });
    expect(damaged.state().rows).toBe(5);
  });
});

describe('damage while the server runs', { timeout: 120_000 }, () => {
  it('a file that was removed', async () => {
    const store = await open();
    await store.accept(messages(5));
    for (const companion of ['', '-wal', '-shm']) rmSync(path + companion, { force: true });
    await store.probe();
    expect(store.state().problem).toMatchObject({ kind: 'removed' });
    await expect(store.accept(messages(1))).rejects.toMatchObject({ problem: { kind: 'removed' } });
    await store.reset();
    await store.accept(messages(2));
    expect(store.state()).toMatchObject({ rows: 2, problem: undefined });
  });

  it('a page that rots, found by the check a person asks for', async () => {
    await databaseWithRows(400);
    const store = await SqliteStore.open(path, { isCheckedAtStart: false });
    opened = store;
    const pages = Math.floor(statSync(path).size / 4096);
    for (let page = Math.floor(pages / 2); page < pages - 2; page += 1) overwrite(path, page * 4096, NOISE);
    expect(await store.integrity()).toMatchObject({ isOk: false });
    expect(['corrupt']).toContain(await expectSetAside(store));
  });

  it('a full disk: what is stored can be read, and storing begins again when there is room', () => {
    const host = new WriterHost(path);
    host.open(0);
    host.accept(packed(messages(100)), 1);
    host.limitPages(1);
    let thrown: unknown;
    // The limit is never below the pages in use, so the file is filled until it has to grow.
    for (let round = 2; round < 40 && thrown === undefined; round += 1) {
      try {
        host.accept(packed(messages(100 + round * 20, 2000, round)), round);
      } catch (error) {
        thrown = error;
      }
    }
    expect(thrown).toMatchObject({ problem: { kind: 'full' } });
    expect(host.status()).toMatchObject({ problem: { kind: 'full' }, state: { rows: expect.any(Number) } });
    const before = host.status().state?.rows ?? 0;
    expect(before).toBeGreaterThanOrEqual(100);
    host.limitPages(1_000_000);
    expect(() => host.accept(packed(messages(1)), 41)).toThrow(/disk/);
    host.accept(packed(messages(before + 10, 10, 50)), 10_000);
    expect(host.status()).toMatchObject({ problem: undefined, state: { rows: before + 10 } });
    host.close();
  });

  it('another process that holds the file: told, tried again, nothing lost of what was stored', () => {
    const host = new WriterHost(path);
    host.open(0);
    host.accept(packed(messages(3)), 1);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    expect(() => host.accept(packed(messages(5)), 2)).toThrow(/Another process/);
    expect(host.status()).toMatchObject({ problem: { kind: 'locked' }, state: { rows: 3 } });
    other.exec('ROLLBACK');
    other.close();
    host.accept(packed(messages(5)), 10_000);
    expect(host.status()).toMatchObject({ problem: undefined, state: { rows: 5 } });
    host.close();
  });
});

describe('a folder that cannot be used', { timeout: 120_000 }, () => {
  it('is told, the server goes on, and a reset works once it is mended', async () => {
    const blocked = join(folder, 'data');
    writeFileSync(blocked, 'a file where the folder should be');
    path = join(blocked, 'cache.db');
    const store = await open();
    expect(store.state().problem).toMatchObject({ kind: 'cannot-open' });
    await expect(store.accept(messages(1))).rejects.toMatchObject({ problem: { kind: 'cannot-open' } });
    await expect(store.reset()).rejects.toMatchObject({ problem: { kind: 'cannot-open' } });
    expect(readFileSync(blocked, 'utf8')).toBe('a file where the folder should be');
    rmSync(blocked);
    await store.reset();
    await store.accept(messages(1));
    expect(store.state()).toMatchObject({ rows: 1, problem: undefined });
    expect(readdirSync(blocked)).toContain('cache.db');
  });

  it('is a folder in the place of the file itself', async () => {
    path = folder;
    const store = await open();
    expect(store.state().problem?.kind).toMatch(/cannot-open|unreadable|other/);
  });

  it('is a folder in the place of the file, which every reset from then on leaves as it is', async () => {
    mkdirSync(path);
    writeFileSync(join(path, 'note'), 'somebody’s');
    const store = await open();
    for (let resets = 0; resets < KEPT_COPIES + 2; resets += 1) await store.reset();
    await store.accept(messages(1));
    expect(store.state()).toMatchObject({ rows: 1, problem: undefined });
    const aside = (await store.copies()).filter(({ isRestorable }) => !isRestorable);
    expect(aside).toMatchObject([{ why: 'corrupt' }]);
    expect(readFileSync(join(aside[0]?.path ?? '', 'note'), 'utf8')).toBe('somebody’s');
  });
});
