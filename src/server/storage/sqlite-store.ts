import { extname } from 'node:path';
import type { DatabaseCopy, DatabaseProblem } from '../../api/database.ts';
import { memoryOf, MessageBatch } from '../../services/data/message-batch.ts';
import {
  StoreError,
  type BatchReport,
  type Correction,
  type Integrity,
  type Messages,
  type ResourceKey,
  type ResourcePage,
  type ResourceQuery,
  type ResourceStore,
  type StoredResource,
  type StoreState,
  type Tally,
} from '../../services/data/store.ts';
import type { ReaderCalls, WriterCalls, WriterStatus } from './protocol.ts';
import { isFileLost, problemOf } from './sqlite-problem.ts';
import { WorkerLink } from './worker-link.ts';

/** `.ts` in the source, `.js` as published: the threads are files beside this one, of its own kind. */
const KIND = extname(import.meta.url);
const WRITER = new URL(`./writer-worker${KIND}`, import.meta.url);
const READER = new URL(`./reader-worker${KIND}`, import.meta.url);

/**
 * `cache.db`: one thread parses and writes, another answers queries, a third exists while the integrity is checked.
 * The main thread forwards packed bytes.
 */
export class SqliteStore implements ResourceStore {
  readonly #path: string;
  #writer: WorkerLink<WriterCalls>;
  #reader: WorkerLink<ReaderCalls> | undefined;
  #generation = 0;
  #status: WriterStatus = { state: undefined, problem: undefined, generation: 0 };
  #lastWriteAtMs: number | undefined;
  #lastWriteAtMsByCluster: Record<string, number> = {};
  #changes = 0;
  #isClosed = false;
  #check: Promise<void> = Promise.resolve();
  #integrityRun: Promise<Integrity> | undefined;
  /** Threads that read the whole file; one that is still at it would keep a process alive that has ended. */
  readonly #checkers = new Set<WorkerLink<ReaderCalls>>();

  private constructor(path: string) {
    this.#path = path;
    this.#writer = this.#startWriter();
  }

  /**
   * Opens the cache, or creates it. Never rejects because of the file: what is wrong with it is in `state().problem`.
   * Unless told otherwise a file that was there is checked in the background, which a damaged page is found by.
   */
  static async open(path: string, options: { isCheckedAtStart?: boolean } = {}): Promise<SqliteStore> {
    const store = new SqliteStore(path);
    store.#take(await store.#writer.call('open', { nowMs: Date.now() }));
    if (options.isCheckedAtStart !== false && (store.#status.state?.rows ?? 0) > 0)
      store.#check = store.#checkInBackground();
    return store;
  }

  state(): StoreState {
    const { state, problem } = this.#status;
    return {
      path: this.#path,
      sizeBytes: state?.sizeBytes ?? 0,
      rows: state?.rows ?? 0,
      rowsByCluster: state?.rowsByCluster ?? {},
      lastWriteAtMs: this.#lastWriteAtMs,
      lastWriteAtMsByCluster: this.#lastWriteAtMsByCluster,
      problem,
      changes: this.#changes,
    };
  }

  async accept(messages: Messages): Promise<BatchReport> {
    const batch = messages instanceof MessageBatch ? messages : MessageBatch.of(messages);
    const packed = batch.pack();
    const input = { batch: packed, nowMs: Date.now() };
    const { report, status } = await this.#write('accept', input, memoryOf(packed));
    this.#take(status);
    if (
      report.connections.some(
        (connection) => connection.stored + connection.deleted + connection.unchanged > 0,
      )
    ) {
      this.#changes += 1;
      this.#lastWriteAtMs = report.storedAtMs;
      for (const { clusterUid } of batch.senders) {
        if (clusterUid !== undefined) this.#lastWriteAtMsByCluster[clusterUid] = report.storedAtMs;
      }
    }
    return report;
  }

  async correct(corrections: readonly Correction[]): Promise<number> {
    const { changed, status } = await this.#write('correct', { corrections, nowMs: Date.now() });
    this.#take(status);
    if (changed > 0) this.#changes += 1;
    return changed;
  }

  query(query: ResourceQuery): Promise<ResourcePage> {
    return this.#read('query', query);
  }

  view(key: ResourceKey): Promise<StoredResource | undefined> {
    return this.#read('view', key);
  }

  tallies(clusterUid?: string): Promise<Tally[]> {
    return this.#read('tallies', { clusterUid });
  }

  async clear(clusterUid: string): Promise<number> {
    const { removed, status } = await this.#write('clear', { clusterUid, nowMs: Date.now() });
    this.#take(status);
    if (removed > 0) this.#changes += 1;
    return removed;
  }

  tables(): Promise<{ name: string; rows: number }[]> {
    return this.#read('tables', undefined);
  }

  async probe(): Promise<void> {
    try {
      this.#take(await this.#write('probe', { nowMs: Date.now() }));
    } catch (error) {
      // The thread has ended; `#write` has put that into the state, which is what was asked for.
      if (!(error instanceof StoreError)) throw error;
    }
  }

  /** Many ask at once when every connection is tested; one thread reads the file for all of them. */
  async integrity(): Promise<Integrity> {
    this.#integrityRun ??= this.#integrity(false).finally(() => {
      this.#integrityRun = undefined;
    });
    return this.#integrityRun;
  }

  copies(): Promise<DatabaseCopy[]> {
    return this.#write('copies', undefined);
  }

  async reset(): Promise<void> {
    await this.#replace(() => this.#writer.call('reset', { nowMs: Date.now() }));
  }

  async restore(copyId: string): Promise<void> {
    await this.#replace(() => this.#writer.call('restore', { copyId, nowMs: Date.now() }));
  }

  /** Resolves when the check of the start is over. */
  checked(): Promise<void> {
    return this.#check;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#checkers].map((checker) => checker.close()));
    await this.#closeReader();
    try {
      await this.#writer.call('close', undefined);
    } catch (error) {
      // The thread is gone already, and its handle with it.
      if (!(error instanceof StoreError)) throw error;
    }
    await this.#writer.close();
    await this.#check;
  }

  #startWriter(): WorkerLink<WriterCalls> {
    return new WorkerLink<WriterCalls>(WRITER, this.#path, (status) => this.#take(status));
  }

  #take(status: WriterStatus): void {
    // Another file, or the end of one: what was read of the former holds no longer.
    if (status.generation !== this.#status.generation || status.problem?.kind !== this.#status.problem?.kind)
      this.#changes += 1;
    this.#status = status;
  }

  async #write<Name extends keyof WriterCalls>(
    name: Name,
    input: WriterCalls[Name]['input'],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<WriterCalls[Name]['output']> {
    try {
      return await this.#writer.call(name, input, transfer);
    } catch (error) {
      if (error instanceof StoreError && error.problem.kind === 'stopped') this.#note(error.problem);
      throw error;
    }
  }

  async #read<Name extends keyof ReaderCalls>(
    name: Name,
    input: ReaderCalls[Name]['input'],
  ): Promise<ReaderCalls[Name]['output']> {
    const { problem, state } = this.#status;
    if (state === undefined) throw new StoreError(problem ?? problemOf('other', Date.now()));
    if (this.#generation !== this.#status.generation || this.#reader?.isEnded() === true)
      await this.#closeReader();
    this.#generation = this.#status.generation;
    this.#reader ??= new WorkerLink<ReaderCalls>(READER, this.#path, () => undefined);
    try {
      return await this.#reader.call(name, input);
    } catch (error) {
      if (error instanceof StoreError && isFileLost(error.problem.kind))
        await this.#condemn(error.problem.kind);
      throw error;
    }
  }

  async #integrity(isQuick: boolean): Promise<Integrity> {
    if (this.#isClosed) throw new StoreError(problemOf('stopped', Date.now()));
    if (this.#status.state === undefined)
      throw new StoreError(this.#status.problem ?? problemOf('other', Date.now()));
    const checker = new WorkerLink<ReaderCalls>(READER, this.#path, () => undefined);
    this.#checkers.add(checker);
    try {
      const integrity = await checker.call('integrity', { isQuick });
      if (!integrity.isOk) await this.#condemn('corrupt');
      return integrity;
    } catch (error) {
      if (!(error instanceof StoreError) || !isFileLost(error.problem.kind)) throw error;
      await this.#condemn(error.problem.kind);
      return { isOk: false, messages: [error.cause instanceof Error ? error.cause.message : error.message] };
    } finally {
      this.#checkers.delete(checker);
      await checker.close();
    }
  }

  async #checkInBackground(): Promise<void> {
    try {
      await this.#integrity(true);
    } catch (error) {
      // Not being able to check (closed meanwhile, locked) proves nothing against the file; every use of it still would.
      if (!(error instanceof StoreError)) throw error;
    }
  }

  async #condemn(kind: DatabaseProblem['kind']): Promise<void> {
    if (this.#isClosed) return;
    await this.#closeReader();
    this.#take(await this.#write('condemn', { kind, nowMs: Date.now() }));
  }

  async #replace(move: () => Promise<WriterStatus>): Promise<void> {
    // Readers let go first: an open file cannot be renamed everywhere.
    await this.#closeReader();
    if (this.#writer.isEnded()) {
      this.#writer = this.#startWriter();
      this.#take(await this.#writer.call('open', { nowMs: Date.now() }));
    }
    this.#take(await move());
    this.#changes += 1;
    this.#lastWriteAtMs = undefined;
    this.#lastWriteAtMsByCluster = {};
  }

  async #closeReader(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.close();
  }

  #note(problem: DatabaseProblem): void {
    if (!this.#isClosed) this.#take({ state: undefined, problem, generation: this.#status.generation });
  }
}
