import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { ApiError } from '../../api/errors.ts';
import { sqliteCode } from './sqlite-error.ts';

const LOCK_FILE = 'owner.lock';
const NOTE_FILE = 'owner.json';
/** Somebody who only looks holds the lock for a moment; that must not be taken for an owner. */
const TAKE_LIMIT_MS = 500;
const SQLITE_BUSY = 5;

const Owner = z.object({
  pid: z.number(),
  kind: z.enum(['server', 'command-line']),
  startedAt: z.string(),
  url: z.string().optional(),
});
/** The one process that has a data folder. `url` is absent until a server listens, and for a command line. */
export type Owner = z.infer<typeof Owner>;

/** A data folder, held by this process. */
export interface Ownership {
  /** Tells others where the server of this folder answers. */
  announce(url: string): void;
  release(): void;
}

/** The folder has another owner. `owner` is undefined when it has not yet said who it is. */
export class OwnedError extends ApiError {
  readonly owner: Owner | undefined;
  constructor(folder: string, owner: Owner | undefined) {
    super('conflict', `${folder} is in use by ${whoIs(owner)}.`, {
      remedy: `${whatToDo(owner)} or give this one a folder of its own: --data-dir, or MESHPLAY_DATA_DIR.`,
    });
    this.owner = owner;
  }
}

/**
 * Takes the folder, or throws `OwnedError`. Two processes on one `state.db` would each take the operations of the
 * other for interrupted. The lock is SQLite’s own lock on a file, which the system drops when its process dies in
 * whatever way: a process id that was written down could have been given to another program since.
 */
export function takeFolder(folder: string, self: Pick<Owner, 'kind' | 'startedAt'>): Ownership {
  let lock: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    lock = new DatabaseSync(join(folder, LOCK_FILE), { timeout: TAKE_LIMIT_MS });
    // Nothing is ever written into it, so no journal may be left behind by a process that is killed.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    const held = lock;
    const owner: Owner = { ...self, pid: process.pid };
    write(folder, owner);
    return {
      announce: (url) => write(folder, { ...owner, url }),
      release: () => held.close(),
    };
  } catch (cause) {
    lock?.close();
    if (sqliteCode(cause) === SQLITE_BUSY) throw new OwnedError(folder, read(folder));
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ApiError('not-available', `The data folder ${folder} cannot be opened: ${why}.`, {
      remedy: 'Check its permissions and the free space, or choose another with --data-dir.',
      cause,
    });
  }
}

/** Who has the folder just now; undefined when nobody has, whatever an owner that was killed left behind. */
export function ownerOf(folder: string): Owner | 'not-said-yet' | undefined {
  let lock: DatabaseSync | undefined;
  try {
    // Only to look: nothing is made where there is no such folder or file.
    lock = new DatabaseSync(join(folder, LOCK_FILE), { readOnly: true, timeout: 0 });
    lock.prepare('SELECT count(*) FROM sqlite_schema').get();
    return undefined;
  } catch (error) {
    return sqliteCode(error) === SQLITE_BUSY ? (read(folder) ?? 'not-said-yet') : undefined;
  } finally {
    lock?.close();
  }
}

function write(folder: string, owner: Owner): void {
  const file = join(folder, NOTE_FILE);
  // Whole or not at all, for whoever reads it in this moment.
  writeFileSync(`${file}.new`, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function read(folder: string): Owner | undefined {
  try {
    return Owner.safeParse(JSON.parse(readFileSync(join(folder, NOTE_FILE), 'utf8'))).data;
  } catch {
    // Not written yet, or not by us; the lock alone decides whether there is an owner.
    return undefined;
  }
}

function whoIs(owner: Owner | undefined): string {
  if (owner === undefined) return 'another process of this program';
  const { pid, kind, url, startedAt } = owner;
  const what =
    kind === 'command-line'
      ? 'a command'
      : url === undefined
        ? 'a server that is starting'
        : `the server at ${url}`;
  return `${what} (process ${pid}, since ${startedAt})`;
}

function whatToDo(owner: Owner | undefined): string {
  if (owner?.kind === 'command-line') return 'Wait until it has ended,';
  if (owner?.url !== undefined)
    return `Open ${owner.url}/settings, stop it with Ctrl-C or \`kill ${owner.pid}\`,`;
  return 'Stop it,';
}
