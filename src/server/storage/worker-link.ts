import { Worker } from 'node:worker_threads';
import { ApiError } from '../../api/errors.ts';
import { StoreError } from '../../services/data/store.ts';
import type { CallReply, WriterStatus } from './protocol.ts';
import { problemOf } from './sqlite-problem.ts';

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Calls into one thread, typed by its table of calls. Rejects with `StoreError` or `ApiError`. */
export class WorkerLink<Calls extends Record<keyof Calls, { input: unknown; output: unknown }>> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #onStatus: (status: WriterStatus) => void;
  #nextId = 1;
  #ended: Error | undefined;

  constructor(script: URL, path: string, onStatus: (status: WriterStatus) => void) {
    this.#onStatus = onStatus;
    // The parent's own flags (a test runner's, say) are none of the thread's business.
    this.#worker = new Worker(script, { workerData: path, execArgv: [] });
    this.#worker.on('message', (reply: CallReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', (code) => this.#end(new Error(`The thread ended with code ${code}.`)));
  }

  isEnded(): boolean {
    return this.#ended !== undefined;
  }

  call<Name extends keyof Calls & string>(
    name: Name,
    input: Calls[Name]['input'],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Calls[Name]['output']> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      const id = this.#nextId;
      this.#nextId += 1;
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, name, input }, transfer);
    });
  }

  /** Ends the thread; the database it holds open is closed by the end of the thread or before. */
  async close(): Promise<void> {
    this.#end(new Error('The database is being closed.'));
    await this.#worker.terminate();
  }

  #settle(reply: CallReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (waiting === undefined) return;
    if (reply.isOk) {
      waiting.resolve(reply.output);
      return;
    }
    const { failure } = reply;
    if (failure.kind === 'refused') {
      waiting.reject(new ApiError(failure.code, failure.message, { remedy: failure.remedy }));
      return;
    }
    if (failure.status !== undefined) this.#onStatus(failure.status);
    waiting.reject(new StoreError(failure.problem, new Error(failure.detail)));
  }

  #end(cause: Error): void {
    this.#ended ??= new StoreError(problemOf('stopped', Date.now()), cause);
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(this.#ended);
  }
}
