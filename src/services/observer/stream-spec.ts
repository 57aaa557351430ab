import type {
  Clock,
  ClusterApi,
  KubeMetadata,
  KubeObject,
  ListOptions,
  Log,
  ResourceKind,
} from '../ports.ts';

/** What a stream watches, and what it makes of each object. */
export interface StreamSpec<T> {
  readonly name: string;
  readonly kind: ResourceKind;
  readonly options: ListOptions;
  /** Objects that are none of ours are neither kept nor audited. */
  readonly isTracked?: (metadata: KubeMetadata) => boolean;
  readonly pageSize?: number;
  /** Gives undefined for what is not ours; throws for what is malformed. */
  readonly project: (object: KubeObject) => T | undefined;
}

export interface StreamHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly api: ClusterApi;
  /** Time between two audits; a function because it grows with the number of connections. */
  readonly auditMs: () => number;
  readonly onChange: () => void;
  /** What was known was proven once more: nothing but a time changed. */
  readonly onProof: () => void;
  /** The API server did not answer this stream; resolves when somebody looked whether it is there at all. */
  readonly onTrouble: (signal: AbortSignal) => Promise<void>;
}
