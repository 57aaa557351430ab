import type { DatabaseCopy, DatabaseProblem } from '../../api/database.ts';
import type { PackedBatch } from '../../services/data/message-batch.ts';
import type {
  BatchReport,
  Correction,
  Integrity,
  ResourceKey,
  ResourcePage,
  ResourceQuery,
  StoredResource,
  Tally,
} from '../../services/data/store.ts';
import type { WriterState } from './cache-writer.ts';

/** What the writer's thread can be asked, and what it answers. */
export interface WriterCalls {
  open: { input: { nowMs: number }; output: WriterStatus };
  accept: {
    input: { batch: PackedBatch; nowMs: number };
    output: { report: BatchReport; status: WriterStatus };
  };
  correct: {
    input: { corrections: readonly Correction[]; nowMs: number };
    output: { changed: number; status: WriterStatus };
  };
  clear: { input: { clusterUid: string; nowMs: number }; output: { removed: number; status: WriterStatus } };
  probe: { input: { nowMs: number }; output: WriterStatus };
  condemn: { input: { kind: DatabaseProblem['kind']; nowMs: number }; output: WriterStatus };
  copies: { input: undefined; output: DatabaseCopy[] };
  reset: { input: { nowMs: number }; output: WriterStatus };
  restore: { input: { copyId: string; nowMs: number }; output: WriterStatus };
  close: { input: undefined; output: undefined };
}

/** What a reader's thread can be asked. */
export interface ReaderCalls {
  query: { input: ResourceQuery; output: ResourcePage };
  view: { input: ResourceKey; output: StoredResource | undefined };
  tallies: { input: { clusterUid: string | undefined }; output: Tally[] };
  tables: { input: undefined; output: { name: string; rows: number }[] };
  integrity: { input: { isQuick: boolean }; output: Integrity };
}

/** Sent with every answer of the writer, so that the main thread always knows without asking. */
export interface WriterStatus {
  readonly state: WriterState | undefined;
  readonly problem: DatabaseProblem | undefined;
  /** Raised whenever another file stands in the place of the former: readers must open anew. */
  readonly generation: number;
}

/** Why a call failed, in a form that crosses threads. */
export type CallFailure =
  | {
      readonly kind: 'problem';
      readonly problem: DatabaseProblem;
      readonly status: WriterStatus | undefined;
      readonly detail: string;
    }
  | {
      readonly kind: 'refused';
      readonly code: 'not-found' | 'conflict';
      readonly message: string;
      readonly remedy: string | undefined;
    };

export type CallReply =
  | { readonly id: number; readonly isOk: true; readonly output: unknown }
  | { readonly id: number; readonly isOk: false; readonly failure: CallFailure };

export interface CallRequest {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}
