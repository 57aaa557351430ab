import type { DatabaseProblem } from '../../api/database.ts';
import type { DatabaseProblemKind } from '../cluster.ts';

/** What the simulation does to the database. */
export interface DatabaseDamage {
  problem(): DatabaseProblemKind | undefined;
  /** How long the disk takes to write one batch. */
  delayMs(): number;
  /** A reset mends a damaged file. */
  mend(): void;
}

export const NO_DAMAGE: DatabaseDamage = {
  problem: () => undefined,
  delayMs: () => 0,
  mend: () => undefined,
};
/** The file is of no use, or another has it: then nothing can be read either. */
export const UNREADABLE: ReadonlySet<DatabaseProblem['kind']> = new Set(['corrupt', 'locked']);

const PROBLEMS: Readonly<Record<DatabaseProblemKind, { message: string; remedy: string }>> = {
  corrupt: {
    message:
      'The database file is damaged. It was set aside; cluster state is not stored until the database is reset.',
    remedy:
      'Press “Reset the database” in Settings → Database. Connections, credentials and settings are not touched.',
  },
  full: {
    message:
      'The disk of the database is full. What arrives is not stored; what is stored can still be read.',
    remedy: 'Free space on the disk: storing begins again by itself, and a re-sync fills the gap.',
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
};

/** The problem in words, as of `nowMs`. */
export function problemOf(kind: DatabaseProblemKind, nowMs: number): DatabaseProblem {
  return { kind, ...PROBLEMS[kind], at: new Date(nowMs).toISOString() };
}
