import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../api/errors.ts';
import { openStateDatabase } from './database.ts';

const NOW = Date.parse('2026-03-01T10:00:00.000Z');
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'state-'));
  file = join(folder, 'state.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => openStateDatabase(file, () => NOW);

describe('openStateDatabase', () => {
  it('keeps documents over a restart, by collection', async () => {
    const first = open();
    await first.store.write('connections', 'prod', { name: 'Prod', tags: ['a', 'b'] });
    await first.store.write('connections', 'dev', 1);
    await first.store.write('events', 'prod', null);
    await first.store.write('connections', 'dev', { name: 'Dev’s' });
    first.close();

    const second = open();
    expect(second.setAside).toBeUndefined();
    expect(await second.store.read('connections', 'prod')).toEqual({ name: 'Prod', tags: ['a', 'b'] });
    expect(await second.store.list('connections')).toEqual([
      { id: 'dev', value: { name: 'Dev’s' } },
      { id: 'prod', value: { name: 'Prod', tags: ['a', 'b'] } },
    ]);
    await second.store.remove('connections', 'prod');
    expect(await second.store.read('connections', 'prod')).toBeUndefined();
    expect(await second.store.read('events', 'prod')).toBeNull();
    second.close();
  });

  it('has what was written even when the first process never closed', async () => {
    const first = open();
    await first.store.write('operations', '1', { status: 'running' });
    const second = open();
    expect(await second.store.read('operations', '1')).toEqual({ status: 'running' });
    second.close();
    first.close();
  });

  it('refuses what is not JSON', async () => {
    const database = open();
    await expect(database.store.write('events', '1', undefined)).rejects.toThrow(TypeError);
    database.close();
  });

  it('sets a file aside that is no database, and begins anew', async () => {
    writeFileSync(file, 'this was a database once, before something wrote text over it'.repeat(100));
    const database = open();
    expect(database.setAside).toBe(`${file}.damaged-2026-03-01T10-00-00.000Z`);
    expect(readFileSync(String(database.setAside), 'utf8')).toContain('before something wrote text over it');
    await database.store.write('events', '1', 'works');
    expect(await database.store.read('events', '1')).toBe('works');
    database.close();
  });

  it('sets a truncated database aside', async () => {
    const first = open();
    for (let index = 0; index < 200; index += 1)
      await first.store.write('events', String(index), 'x'.repeat(500));
    first.close();
    truncateSync(file, 8192);
    const second = open();
    expect(existsSync(String(second.setAside))).toBe(true);
    expect(await second.store.list('events')).toEqual([]);
    second.close();
  });

  it('tells of one damaged document by leaving its value out, and keeps all the others', async () => {
    const first = open();
    await first.store.write('operations', '1', { status: 'succeeded' });
    await first.store.write('operations', '2', { status: 'failed' });
    first.close();
    // A byte that flips within a text is nothing SQLite’s own checks would find.
    const damaged = new DatabaseSync(file);
    damaged.exec(`UPDATE documents SET value = '{"status":"succ' WHERE id = '1'`);
    damaged.close();
    const second = open();
    expect(await second.store.list('operations')).toEqual([
      { id: '1', value: undefined },
      { id: '2', value: { status: 'failed' } },
    ]);
    expect(await second.store.read('operations', '1')).toBeUndefined();
    second.close();
  });

  it('says what to do when the disk is full, and goes on once there is room', async () => {
    const database = open();
    await database.store.write('events', '1', 'small');
    database.close();
    const limited = new DatabaseSync(file);
    const { page_count: pages } = limited.prepare('PRAGMA page_count').get() ?? {};
    limited.close();
    const prototype = DatabaseSync.prototype;
    const { exec } = prototype;
    // Another process cannot set the limit of this connection, so each commit sets it.
    vi.spyOn(prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql: string) {
      if (sql === 'BEGIN IMMEDIATE') exec.call(this, `PRAGMA max_page_count = ${Number(pages)}`);
      exec.call(this, sql);
    });
    const full = open();
    await expect(full.store.write('events', '2', 'x'.repeat(100_000))).rejects.toMatchObject({
      code: 'not-available',
      message: expect.stringContaining('full') as string,
      remedy: expect.stringContaining('Make room') as string,
    });
    vi.restoreAllMocks();
    full.close();
    const roomy = open();
    await roomy.store.write('events', '2', 'x'.repeat(100_000));
    expect(await roomy.store.list('events')).toHaveLength(2);
    roomy.close();
  });

  it('leaves a file of a newer version alone', () => {
    const newer = new DatabaseSync(file);
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    expect(open).toThrow(ApiError);
    expect(open).toThrow(/newer version/);
    expect(existsSync(file)).toBe(true);
  });

  it('says so when the folder cannot be made', () => {
    writeFileSync(join(folder, 'taken'), '');
    expect(() => openStateDatabase(join(folder, 'taken', 'state.db'), () => NOW)).toThrow(/cannot be opened/);
  });
});
