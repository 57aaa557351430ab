import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStateDatabase } from './database.ts';

/** Which connections there are; nothing of what is being done to them, for a guest would go on with it. */
const COLLECTIONS = ['uploaded-contexts', 'paused-connections', 'hidden-contexts'];

/** A data folder for a process that may not have the real one: a copy to look with, thrown away afterwards. */
export interface GuestFolder {
  readonly folder: string;
  remove(): void;
}

/** A folder with nothing in it, for the owner of this process alone. */
export function makeEmptyFolder(): GuestFolder {
  const folder = mkdtempSync(join(tmpdir(), 'meshplay-troubleshooter-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Copies what a guest needs of the folder, while its owner goes on. Credentials stay sealed, and the key stays where it is. */
export async function makeGuestFolder(ownedFolder: string, now: () => number): Promise<GuestFolder> {
  const guest = makeEmptyFolder();
  try {
    const file = join(ownedFolder, 'state.db');
    if (existsSync(file)) await copy(file, join(guest.folder, 'state.db'), now);
    return guest;
  } catch (error) {
    guest.remove();
    throw error;
  }
}

async function copy(from: string, to: string, now: () => number): Promise<void> {
  const source = new DatabaseSync(from, { readOnly: true, timeout: 5000 });
  const target = openStateDatabase(to, now);
  try {
    const list = source.prepare('SELECT id, value FROM documents WHERE collection = ?');
    for (const collection of COLLECTIONS) {
      for (const row of list.all(collection))
        await target.store.write(collection, String(row['id']), JSON.parse(String(row['value'])));
    }
  } finally {
    source.close();
    target.close();
  }
}
