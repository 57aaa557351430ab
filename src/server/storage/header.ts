import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

const MAGIC = 'SQLite format 3\0';

/**
 * SQLite reads the header lazily, and takes an empty file for a new database; anything else must be one.
 * Throws as SQLite does for what is no database.
 */
export function assertHeader(path: string): void {
  if (!existsSync(path) || statSync(path).size === 0) return;
  const header = Buffer.alloc(MAGIC.length);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
  if (header.toString('latin1') !== MAGIC) {
    throw Object.assign(new Error('The file does not begin as a SQLite database does.'), { errcode: 26 });
  }
}
