import type { ConnectionSummary, ConnectionView } from '../../api/connection.ts';
import type { Finding } from '../../api/diagnosis.ts';
import type { Evidence } from '../../api/evidence.ts';
import type { ClusterApi } from '../ports.ts';

/** What everything else may do with a connection: look at it, wait for it, and reach its cluster and Broker. */
export interface ConnectionHandle {
  readonly id: string;
  readonly name: string;
  summary(): ConnectionSummary;
  view(): ConnectionView;
  /** Taken now. */
  evidence(): Evidence;
  readonly findings: readonly Finding[];
  /** Undefined while there is no usable way in. */
  api(): ClusterApi | undefined;
  /** UID of `kube-system`, once the cluster told it. */
  clusterUid(): string | undefined;
  readonly link: {
    /** Resolves anew and dials; throws `BrokerError` when nothing answered. */
    reconnect(signal: AbortSignal): Promise<void>;
    /** Asks MeshSync to publish everything again; throws `ApiError('conflict')` without a link. */
    resync(): void;
  };
  /** The Broker's token, for the connectivity test; it must not be shown or logged. */
  brokerToken(): string | undefined;
  /** While an operation runs the rules judge what moves as changing. */
  setOperationRunning(isRunning: boolean): void;
  /** True once the predicate holds of what is shown; false after `timeoutMs`; rejects with the signal's reason. */
  waitFor(
    predicate: (view: ConnectionView, evidence: Evidence) => boolean,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<boolean>;
  /** Looks at everything again; gives the names of what could not be proven within five seconds. */
  refresh(signal: AbortSignal): Promise<string[]>;
}
