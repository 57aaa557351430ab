import type { DatabaseSync } from 'node:sqlite';

interface Write {
  readonly run: () => void;
  readonly settle: () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Writes asked for in one turn of the event loop share one transaction, and so one wait for the disk: with a write of
 * its own for each of the thousand events of a bad minute, the disk held up every answer of the server.
 */
export class GroupCommit {
  readonly #database: DatabaseSync;
  #waiting: Write[] = [];

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Resolves once the write is on the disk; rejects, with all writes it shares the transaction with, when it is not. */
  add(run: () => void): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (this.#waiting.length === 0) setImmediate(() => this.flush());
    this.#waiting.push({ run, settle: resolve, fail: reject });
    return promise;
  }

  /** Writes what waits at once; called before each read, which sees all that was asked for before it. */
  flush(): void {
    const writes = this.#waiting;
    if (writes.length === 0) return;
    this.#waiting = [];
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      for (const { run } of writes) run();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#rollBack();
      for (const { fail } of writes) fail(error);
      return;
    }
    for (const { settle } of writes) settle();
  }

  #rollBack(): void {
    try {
      // SQLite ends the transaction itself after some errors, a full disk among them.
      if (this.#database.isOpen && this.#database.isTransaction) this.#database.exec('ROLLBACK');
    } catch {
      // Nobody could catch it here, and the server would go down: the first error says what is wrong.
    }
  }
}
