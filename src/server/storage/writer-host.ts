import type { DatabaseCopy, DatabaseProblem } from '../../api/database.ts';
import { type PackedBatch, unpack } from '../../services/data/message-batch.ts';
import type { BatchReport, Correction } from '../../services/data/store.ts';
import { StoreError } from '../../services/data/store.ts';
import { CacheWriter, OtherSchemaError } from './cache-writer.ts';
import type { WriterStatus } from './protocol.ts';
import { assertRestorable, listCopies, setAside, takeBack } from './set-aside.ts';
import { isFileLost, isPassing, problemKindOf, problemOf } from './sqlite-problem.ts';

/** How long after a failure the next attempt is made; until then batches are refused at once. */
const RETRY_AFTER_MS = 3000;

/**
 * Owns the writer and what is wrong with it: opens, sets a lost file aside, tries again where it may pass. Synchronous;
 * lives in the writer's thread. Throws `StoreError`, and `ApiError` for a copy that is not there.
 */
export class WriterHost {
  readonly #path: string;
  #writer: CacheWriter | undefined;
  #problem: DatabaseProblem | undefined;
  #failedAtMs = 0;
  #generation = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Opens the file or says why not; never throws. */
  open(nowMs: number): WriterStatus {
    this.#close();
    try {
      this.#openWriter(nowMs);
      this.#problem = undefined;
    } catch (error) {
      this.#fail(error, nowMs);
    }
    return this.status();
  }

  status(): WriterStatus {
    return { state: this.#writer?.state(), problem: this.#problem, generation: this.#generation };
  }

  accept(batch: PackedBatch, nowMs: number): BatchReport {
    return this.#with(nowMs, (writer) => writer.accept(unpack(batch), nowMs));
  }

  correct(corrections: readonly Correction[], nowMs: number): number {
    return this.#with(nowMs, (writer) => writer.correct(corrections, nowMs));
  }

  clear(clusterUid: string, nowMs: number): number {
    return this.#with(nowMs, (writer) => writer.clear(clusterUid));
  }

  /** Looks at the file, and tries again where a problem may have passed. Never throws. */
  probe(nowMs: number): WriterStatus {
    if (this.#writer === undefined) {
      const kind = this.#problem?.kind;
      if (kind !== undefined && (isPassing(kind) || kind === 'cannot-open') && this.#mayTryAgain(nowMs))
        this.open(nowMs);
    } else if (this.#writer.isFileGone()) {
      this.#close();
      this.#problem = problemOf('removed', nowMs);
    }
    return this.status();
  }

  /** A reader found the file damaged: it is set aside. */
  condemn(kind: DatabaseProblem['kind'], nowMs: number): WriterStatus {
    if (this.#writer !== undefined) this.#fail(new StoreError(problemOf(kind, nowMs)), nowMs);
    return this.status();
  }

  copies(): DatabaseCopy[] {
    return listCopies(this.#path);
  }

  /** Sets the file aside and opens an empty one. Throws `StoreError` when that does not work either. */
  reset(nowMs: number): WriterStatus {
    this.#replace(nowMs, () => setAside(this.#path, 'reset', nowMs));
    return this.status();
  }

  restore(copyId: string, nowMs: number): WriterStatus {
    assertRestorable(this.#path, copyId);
    this.#replace(nowMs, () => {
      setAside(this.#path, 'reset', nowMs, copyId);
      takeBack(this.#path, copyId);
    });
    return this.status();
  }

  limitPages(pages: number): WriterStatus {
    this.#writer?.limitPages(pages);
    return this.status();
  }

  close(): void {
    this.#close();
  }

  #replace(nowMs: number, move: () => void): void {
    this.#close();
    try {
      move();
    } catch (error) {
      this.#fail(error, nowMs);
      throw new StoreError(this.#problem ?? problemOf('other', nowMs), error);
    }
    this.open(nowMs);
    if (this.#problem !== undefined) throw new StoreError(this.#problem);
  }

  #with<T>(nowMs: number, work: (writer: CacheWriter) => T): T {
    if (this.#problem !== undefined && !this.#mayTryAgain(nowMs)) throw new StoreError(this.#problem);
    this.probe(nowMs);
    const writer = this.#writer;
    if (writer === undefined) throw new StoreError(this.#problem ?? problemOf('other', nowMs));
    try {
      const result = work(writer);
      this.#problem = undefined;
      return result;
    } catch (error) {
      this.#fail(error, nowMs);
      throw new StoreError(this.#problem ?? problemOf('other', nowMs), error);
    }
  }

  #mayTryAgain(nowMs: number): boolean {
    return nowMs - this.#failedAtMs >= RETRY_AFTER_MS || nowMs < this.#failedAtMs;
  }

  #openWriter(nowMs: number): void {
    let writer: CacheWriter;
    try {
      writer = new CacheWriter(this.#path);
    } catch (error) {
      if (!(error instanceof OtherSchemaError)) throw error;
      setAside(this.#path, 'reset', nowMs);
      writer = new CacheWriter(this.#path);
    }
    this.#writer = writer;
    this.#generation += 1;
  }

  #fail(error: unknown, nowMs: number): void {
    const kind = error instanceof StoreError ? error.problem.kind : problemKindOf(error);
    this.#failedAtMs = nowMs;
    if (!isFileLost(kind)) {
      this.#problem = problemOf(kind, nowMs);
      return;
    }
    this.#close();
    this.#problem = problemOf(kind, nowMs, this.#setDamagedAside(nowMs));
  }

  #setDamagedAside(nowMs: number): string | undefined {
    try {
      return setAside(this.#path, 'corrupt', nowMs);
    } catch {
      // It stays where it is, which the problem tells by naming no place; the reset will try again.
      return undefined;
    }
  }

  #close(): void {
    const writer = this.#writer;
    this.#writer = undefined;
    try {
      writer?.close();
    } catch {
      // Closing a damaged file may fail while its log is copied back; the handle is gone all the same.
    }
  }
}
