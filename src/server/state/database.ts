import { chmodSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ApiError } from '../../api/errors.ts';
import type { StateStore } from '../../services/ports.ts';
import { GroupCommit } from './group-commit.ts';
import { sqliteCode } from './sqlite-error.ts';

const SCHEMA_VERSION = 1;
const BUSY_TIMEOUT_MS = 5000;
/** SQLite’s primary result codes for a file that is not, or no longer, a database: https://sqlite.org/rescode.html */
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

const SCHEMA = `
  CREATE TABLE documents (
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    value TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (collection, id)
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** `state.db`, opened. */
export interface StateDatabase {
  readonly store: StateStore;
  /** Where a damaged file was put, when there was one and a new one was begun. */
  readonly setAside: string | undefined;
  close(): void;
}

/**
 * Opens or makes `state.db`. A damaged file is renamed beside itself, never deleted, and a new one is begun.
 * `now` gives milliseconds since the epoch. Throws `ApiError('not-available')` when the file belongs to a newer
 * version of this program, or cannot be opened for another reason (permission, full disk, locked).
 */
export function openStateDatabase(file: string, now: () => number): StateDatabase {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const { database, setAside } = openOrSetAside(file, now);
    const commits = new GroupCommit(database);
    const close = () => {
      commits.flush();
      database.close();
    };
    return { store: createStore(database, commits, now, file), setAside, close };
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    throw new ApiError('not-available', `The state database ${file} cannot be opened: ${told(cause)}.`, {
      remedy: 'Check the permissions and the free space of its folder, or choose another with --data-dir.',
      cause,
    });
  }
}

function openOrSetAside(
  file: string,
  now: () => number,
): { database: DatabaseSync; setAside: string | undefined } {
  try {
    return { database: open(file), setAside: undefined };
  } catch (error) {
    const code = sqliteCode(error);
    if (code !== SQLITE_CORRUPT && code !== SQLITE_NOTADB) throw error;
    const setAside = `${file}.damaged-${new Date(now()).toISOString().replaceAll(':', '-')}`;
    for (const suffix of ['', '-wal', '-shm']) {
      if (existsSync(file + suffix)) renameSync(file + suffix, setAside + suffix);
    }
    return { database: open(file), setAside };
  }
}

function open(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    // FULL, because what is kept here must outlive a power cut and is written seldom.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    verify(database);
    migrate(database, file);
    // Sealed or not, what is in it is nobody else’s.
    chmodSync(file, 0o600);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** `quick_check` reports damage as rows; it is turned into the error SQLite gives when it stumbles over it later. */
function verify(database: DatabaseSync): void {
  const row = database.prepare('PRAGMA quick_check(1)').get();
  const verdict = row?.['quick_check'];
  if (verdict !== 'ok') throw Object.assign(new Error(String(verdict)), { errcode: SQLITE_CORRUPT });
}

function migrate(database: DatabaseSync, file: string): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version === SCHEMA_VERSION) return;
  if (version > SCHEMA_VERSION) {
    throw new ApiError(
      'not-available',
      `${file} was written by a newer version of this program (schema ${version}).`,
      {
        remedy: 'Run that version, or choose another folder with --data-dir.',
      },
    );
  }
  database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT;`);
}

function createStore(
  database: DatabaseSync,
  commits: GroupCommit,
  now: () => number,
  file: string,
): StateStore {
  /** A full disk is no mistake of this program: whoever asked is told what is wrong and what to do. */
  const commit = async (run: () => void): Promise<void> => {
    try {
      await commits.add(run);
    } catch (cause) {
      throw new ApiError('not-available', `${file} cannot be written: ${told(cause)}.`, {
        remedy: 'Make room in the data folder of this server, or mend its permissions, then try again.',
        cause,
      });
    }
  };
  const read = database.prepare('SELECT value FROM documents WHERE collection = ? AND id = ?');
  const list = database.prepare('SELECT id, value FROM documents WHERE collection = ? ORDER BY id');
  const write = database.prepare(
    `INSERT INTO documents (collection, id, value, updated_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (collection, id) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
  );
  const remove = database.prepare('DELETE FROM documents WHERE collection = ? AND id = ?');
  return {
    async read(collection, id) {
      commits.flush();
      const row = read.get(collection, id);
      return row === undefined ? undefined : parsed(row['value']);
    },
    async list(collection) {
      commits.flush();
      return list.all(collection).map((row) => ({ id: String(row['id']), value: parsed(row['value']) }));
    },
    async write(collection, id, value) {
      const text = JSON.stringify(value);
      if (text === undefined) throw new TypeError(`A document of ${collection} must be JSON.`);
      const updatedAt = new Date(now()).toISOString();
      await commit(() => write.run(collection, id, text, updatedAt));
    },
    async remove(collection, id) {
      await commit(() => remove.run(collection, id));
    },
  };
}

/** Undefined for a text that is damaged: its reader leaves that one document alone, and keeps all the others. */
function parsed(value: unknown): unknown {
  try {
    return JSON.parse(String(value));
  } catch {
    return undefined;
  }
}

function told(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
