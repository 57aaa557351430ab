import { createStore } from '../../data/store.ts';

const DATABASE = 'meshplay-bundles';
const STORE = 'bundles';
/** Under this the last opened bundle is kept, and by this word it is asked for in the address. */
export const LAST = 'last';

export interface BundleFile {
  readonly name: string;
  readonly text: string;
}

/** The bundle opened since the page was loaded; also there where the browser keeps nothing. */
const opened = createStore<BundleFile | undefined>(undefined);

/** Keeps a bundle in this browser, so that a reload still has it. Gives false where only this visit has it. */
export async function keepBundle(file: BundleFile): Promise<boolean> {
  opened.set(file);
  try {
    await inStore('readwrite', (store) => store.put({ name: file.name, text: file.text }, LAST));
    return true;
  } catch {
    // Private windows and full disks keep nothing; the page says so after a reload.
    return false;
  }
}

/** The bundle opened last; undefined when this browser keeps none (any more). */
export async function keptBundle(): Promise<BundleFile | undefined> {
  const present = opened.get();
  if (present !== undefined) return present;
  try {
    const found: unknown = await inStore('readonly', (store) => store.get(LAST));
    return isBundleFile(found) ? found : undefined;
  } catch {
    // No storage is the same as nothing in it.
    return undefined;
  }
}

/** Removes what is kept: it may hold names of clusters that should not lie about. */
export async function forgetBundle(): Promise<void> {
  opened.set(undefined);
  try {
    await inStore('readwrite', (store) => store.delete(LAST));
  } catch {
    // Nothing was kept there.
  }
}

function isBundleFile(value: unknown): value is BundleFile {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'text' in value &&
    typeof value.text === 'string'
  );
}

async function inStore<T>(
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await openDatabase();
  try {
    const transaction = database.transaction(STORE, mode);
    const result = settled(ask(transaction.objectStore(STORE)));
    await new Promise<void>((resolve, reject) => {
      transaction.addEventListener('complete', () => resolve());
      transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('not stored')));
    });
    return await result;
  } finally {
    database.close();
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const request = globalThis.indexedDB.open(DATABASE, 1);
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE));
  return settled(request);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('storage refused')));
  });
}
