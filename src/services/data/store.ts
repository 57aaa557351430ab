import type { DatabaseCopy, DatabaseProblem } from '../../api/database.ts';
import type { ResourceChange, OwnerReference } from '../../core/meshsync/change.ts';
import type { Rejection } from '../../core/meshsync/parse.ts';

/** A message as it came from the Broker. */
export interface RawMessage {
  readonly connectionId: string;
  /** The cluster the connection leads to; undefined until it told. */
  readonly clusterUid: string | undefined;
  readonly body: Uint8Array;
  readonly receivedAtMs: number;
}

/** Messages in the order of their arrival. */
export interface Messages extends Iterable<RawMessage> {
  readonly length: number;
}

/** What became of the messages of one connection in one batch. */
export interface ConnectionReport {
  readonly connectionId: string;
  stored: number;
  deleted: number;
  unchanged: number;
  ignored: number;
  /** Of every rejection the reason, of the first few the sample. */
  rejected: Rejection[];
  /** Changes per kind. */
  kinds: Record<string, number>;
  meshsyncVersion?: string;
}

export interface BatchReport {
  readonly connections: readonly ConnectionReport[];
  readonly storedAtMs: number;
}

/** Names one object. Source: domain.md 4.3, the server's own id of a row. */
export interface ResourceKey {
  readonly clusterUid: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty where it has none. */
  readonly namespace: string;
  readonly name: string;
}

/** A row without its body. */
export interface ResourceRow extends ResourceKey {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly owners: readonly OwnerReference[];
  readonly createdAt: string | undefined;
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number;
}

export interface StoredResource extends ResourceRow {
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ResourceQuery {
  readonly clusterUid?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly namespaces?: readonly string[] | undefined;
  /** Words of the name and the labels, all of which must match; the end of the last may be missing. */
  readonly search?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Without a search in the order kind, namespace, name; with one in the order of arrival. */
export interface ResourcePage {
  readonly rows: readonly ResourceRow[];
  readonly nextCursor?: string | undefined;
  /** Absent for a search. */
  readonly total?: number | undefined;
}

/** How many rows there are of one kind in one namespace. */
export interface Tally {
  readonly clusterUid: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly rows: number;
}

/** What the comparison with the cluster found wrong about one object. */
export interface Correction {
  readonly change: ResourceChange;
  /** The version it was found at; undefined where there was no row. A row that moved on since is left alone. */
  readonly replaces: string | undefined;
}

export interface Integrity {
  readonly isOk: boolean;
  readonly messages: readonly string[];
}

/** Known without asking the database, at the latest write. */
export interface StoreState {
  readonly path: string;
  readonly sizeBytes: number;
  readonly rows: number;
  readonly rowsByCluster: Readonly<Record<string, number>>;
  readonly lastWriteAtMs: number | undefined;
  readonly lastWriteAtMsByCluster: Readonly<Record<string, number>>;
  readonly problem: DatabaseProblem | undefined;
  /** Goes up with every write and with every file that takes the place of another, and so tells that an answer holds. */
  readonly changes: number;
}

/** The cache of cluster state cannot be used; `problem` says why, and what to press. */
export class StoreError extends Error {
  readonly problem: DatabaseProblem;
  constructor(problem: DatabaseProblem, cause?: unknown) {
    super(problem.message, { cause });
    this.name = 'StoreError';
    this.problem = problem;
  }
}

/**
 * The cache of what MeshSync sends. Every method that returns a promise rejects with `StoreError` when the database
 * cannot be used; nothing is ever deleted because of that.
 */
export interface ResourceStore {
  state(): StoreState;
  /**
   * Parses and writes in one transaction, in the order given. Per object the newest resource version stays, and a dump
   * never brings back what was deleted. All or nothing: after a rejection nothing of the batch is stored.
   */
  accept(messages: Messages): Promise<BatchReport>;
  /** Writes what a comparison with the cluster proved, whatever its version. Gives how many rows changed. */
  correct(corrections: readonly Correction[]): Promise<number>;
  query(query: ResourceQuery): Promise<ResourcePage>;
  view(key: ResourceKey): Promise<StoredResource | undefined>;
  tallies(clusterUid?: string): Promise<Tally[]>;
  /** Removes the rows of one cluster. Gives how many. */
  clear(clusterUid: string): Promise<number>;
  tables(): Promise<{ name: string; rows: number }[]>;
  /** Looks whether the file is still there and usable, and updates `state()`. Never rejects. */
  probe(): Promise<void>;
  /** Reads the whole database; takes seconds for a large one, and delays neither writes nor queries. */
  integrity(): Promise<Integrity>;
  copies(): Promise<DatabaseCopy[]>;
  /** Sets the file aside and begins an empty one; also the way out of every problem. */
  reset(): Promise<void>;
  /** Sets the file aside and takes a former one in its place. */
  restore(copyId: string): Promise<void>;
  close(): Promise<void>;
}

/** Former files that a reset keeps; the oldest goes when a fourth comes. Damaged ones are never removed. */
export const KEPT_COPIES = 3;
