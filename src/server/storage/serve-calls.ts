import type { MessagePort } from 'node:worker_threads';
import { ApiError } from '../../api/errors.ts';
import { StoreError } from '../../services/data/store.ts';
import type { CallFailure, CallRequest, WriterStatus } from './protocol.ts';
import { problemKindOf, problemOf } from './sqlite-problem.ts';

/** One function a call; a missing one does not compile. */
export type Served<Calls extends Record<keyof Calls, { input: unknown; output: unknown }>> = {
  readonly [Name in keyof Calls]: (input: Calls[Name]['input']) => Calls[Name]['output'];
};

/**
 * Answers calls that come over a port, in order, each to its end. Only `WorkerLink` writes to the port, and it is typed
 * by the same table, so the input needs no parsing.
 */
export function serveCalls<Calls extends Record<keyof Calls, { input: unknown; output: unknown }>>(
  port: MessagePort,
  served: Served<Calls>,
  statusOf: () => WriterStatus | undefined,
): void {
  port.on('message', (request: CallRequest) => {
    try {
      const serve: (input: unknown) => unknown = served[request.name as keyof Calls];
      port.postMessage({ id: request.id, isOk: true, output: serve(request.input) });
    } catch (error) {
      port.postMessage({ id: request.id, isOk: false, failure: failureOf(error, statusOf()) });
    }
  });
}

function failureOf(error: unknown, status: WriterStatus | undefined): CallFailure {
  if (error instanceof ApiError && (error.code === 'not-found' || error.code === 'conflict')) {
    return { kind: 'refused', code: error.code, message: error.message, remedy: error.remedy };
  }
  const problem = error instanceof StoreError ? error.problem : problemOf(problemKindOf(error), Date.now());
  const cause = error instanceof StoreError ? (error.cause ?? error) : error;
  return { kind: 'problem', problem, status, detail: cause instanceof Error ? cause.message : String(cause) };
}
