import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseCopy } from '../../api/database.ts';
import { ApiError } from '../../api/errors.ts';
import { KEPT_COPIES } from '../../services/data/store.ts';

/** What SQLite keeps beside the file; a copy is whole only with them. */
const COMPANIONS = ['', '-wal', '-shm'] as const;

/**
 * Renames the database and its companions to `<file>.<why>-<time>`, and removes the oldest former files beyond those
 * that are kept. Damaged ones are never removed, nor is `sparedId`. Gives the new path, or undefined where there was no
 * file. What is no file (a folder in its place) is no database either, and kept like a damaged one.
 */
export function setAside(
  path: string,
  why: DatabaseCopy['why'],
  nowMs: number,
  sparedId?: string,
): string | undefined {
  if (!existsSync(path)) {
    // A log without its database would be replayed into the next one.
    for (const companion of COMPANIONS.slice(1)) rmSync(path + companion, { force: true });
    return undefined;
  }
  const kept = statSync(path).isFile() ? why : 'corrupt';
  const target = freeName(`${path}.${kept}-${stampOf(nowMs)}`);
  moveAll(path, target);
  const resets = listCopies(path).filter((copy) => copy.why === 'reset' && copy.id !== sparedId);
  for (const old of resets.slice(KEPT_COPIES)) {
    for (const companion of COMPANIONS) rmSync(old.path + companion, { force: true });
  }
  return target;
}

/** Former files, newest first. */
export function listCopies(path: string): DatabaseCopy[] {
  const folder = dirname(path);
  const copies: DatabaseCopy[] = [];
  for (const id of existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : []) {
    const match = COPY.exec(id.slice(basename(path).length));
    if (!id.startsWith(`${basename(path)}.`) || match === null) continue;
    const why = match[1] === 'reset' ? 'reset' : 'corrupt';
    copies.push({
      id,
      path: join(folder, id),
      sizeBytes: statSync(join(folder, id)).size,
      setAsideAt: timeOf(match[2] ?? ''),
      why,
      isRestorable: why === 'reset',
    });
  }
  return copies.toSorted((one, other) =>
    one.setAsideAt === other.setAsideAt ? order(other.id, one.id) : order(other.setAsideAt, one.setAsideAt),
  );
}

/** Moves a former file to the database's place, which must be free. Throws `ApiError('not-found')`, `('conflict')`. */
export function takeBack(path: string, copyId: string): void {
  const copy = listCopies(path).find((candidate) => candidate.id === copyId);
  if (copy === undefined) throw noSuchCopy(copyId);
  moveAll(copy.path, path);
}

/** Throws `ApiError` when the copy is not there, or is a damaged one. */
export function assertRestorable(path: string, copyId: string): void {
  const copy = listCopies(path).find((candidate) => candidate.id === copyId);
  if (copy === undefined) throw noSuchCopy(copyId);
  if (!copy.isRestorable) {
    throw new ApiError('conflict', 'This file was set aside because it is damaged.', {
      remedy: 'Choose another one.',
    });
  }
}

function noSuchCopy(copyId: string): ApiError {
  return new ApiError('not-found', `There is no former database ${copyId}.`, {
    remedy: 'Look at the list anew.',
  });
}

function moveAll(from: string, to: string): void {
  for (const companion of COMPANIONS) {
    if (existsSync(from + companion)) renameSync(from + companion, to + companion);
  }
}

function freeName(wanted: string): string {
  let name = wanted;
  for (let number = 2; existsSync(name); number += 1) name = `${wanted}-${number}`;
  return name;
}

const COPY = /^\.(reset|corrupt)-(\d{8}T\d{9}Z)(?:-\d+)?$/;

/** 20260801T100000000Z: no colon, which Windows does not allow in a name. */
function stampOf(nowMs: number): string {
  return new Date(nowMs).toISOString().replaceAll(/[-:.]/g, '');
}

function timeOf(stamp: string): string {
  return stamp.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z$/, '$1-$2-$3T$4:$5:$6.$7Z');
}

function order(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
