import type { DatabaseProblem } from '../../api/database.ts';

type ProblemKind = DatabaseProblem['kind'];

/** Primary result codes of SQLite. Source: https://www.sqlite.org/rescode.html */
const KIND_OF_CODE = new Map<number, ProblemKind>([
  [5, 'locked'],
  [6, 'locked'],
  [8, 'read-only'],
  [10, 'unreadable'],
  [11, 'corrupt'],
  [13, 'full'],
  [14, 'cannot-open'],
  [26, 'not-a-database'],
]);

const RESET =
  'Press “Reset the database” in Settings → Database. Connections, credentials and settings are not touched.';

const WORDS: Record<ProblemKind, { readonly message: string; readonly remedy: string }> = {
  corrupt: {
    message:
      'The database file is damaged. It was set aside; cluster state is not stored until the database is reset.',
    remedy: RESET,
  },
  'not-a-database': {
    message:
      'The file in the database’s place is no database. It was set aside; cluster state is not stored until the database is reset.',
    remedy: RESET,
  },
  removed: {
    message:
      'The database file was removed or replaced while the server ran. Cluster state is not stored until the database is reset.',
    remedy: RESET,
  },
  full: {
    message:
      'The disk of the database is full. What arrives is not stored; what is stored can still be read.',
    remedy:
      'Free space on the disk: storing begins again by itself, and a re-sync fills the gap. A reset helps as well.',
  },
  'read-only': {
    message: 'The database may be read but not written. What arrives is not stored.',
    remedy: 'Make the data folder writable for the server: storing begins again by itself.',
  },
  locked: {
    message: 'Another process holds the database. What arrives is not stored meanwhile.',
    remedy:
      'End the other process, a second server on the same data folder for instance: storing begins again by itself.',
  },
  unreadable: {
    message: 'The disk failed while the database was read or written. What arrives is not stored.',
    remedy: `Look at the disk and its free space. ${RESET}`,
  },
  'cannot-open': {
    message: 'The database cannot be opened. Cluster state is not stored.',
    remedy: `Make sure that the data folder exists and is writable for the server. ${RESET}`,
  },
  stopped: {
    message:
      'The part of the server that writes the database ended unexpectedly. Cluster state is not stored.',
    remedy: RESET,
  },
  other: { message: 'The database failed. Cluster state is not stored until it works again.', remedy: RESET },
};

/** The problem in words, as of `nowMs`. */
export function problemOf(kind: ProblemKind, nowMs: number, setAsideAs?: string): DatabaseProblem {
  return {
    kind,
    ...WORDS[kind],
    at: new Date(nowMs).toISOString(),
    ...(setAsideAs === undefined ? {} : { setAsideAs }),
  };
}

/** What kind of problem an error of node:sqlite or of the file system is. */
export function problemKindOf(error: unknown): ProblemKind {
  if (!(error instanceof Error)) return 'other';
  if ('errcode' in error && typeof error.errcode === 'number') {
    // The low byte of an extended code is the primary one.
    return KIND_OF_CODE.get(error.errcode % 256) ?? 'other';
  }
  if (!('code' in error)) return 'other';
  switch (error.code) {
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return 'read-only';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'full';
    case 'EIO':
      return 'unreadable';
    case 'ENOTDIR':
    case 'EISDIR':
    case 'ENOENT':
    case 'EEXIST':
      return 'cannot-open';
    default:
      return 'other';
  }
}

/** The file itself is of no use any more, and is set aside at once. */
export function isFileLost(kind: ProblemKind): boolean {
  return kind === 'corrupt' || kind === 'not-a-database';
}

/** It may pass by itself: the next batch tries again. */
export function isPassing(kind: ProblemKind): boolean {
  return (
    kind === 'full' || kind === 'locked' || kind === 'read-only' || kind === 'unreadable' || kind === 'other'
  );
}
