import type { ConnectionView } from '../../api/connection.ts';
import type { Evidence } from '../../api/evidence.ts';
import type { ClusterApi } from '../ports.ts';

/** What an operation needs of the connection it works on; the registry's handle is one. */
export interface OperationTarget {
  readonly id: string;
  readonly name: string;
  /** Undefined while there is no way in. */
  api(): ClusterApi | undefined;
  evidence(): Evidence;
  view(): ConnectionView;
  readonly link: {
    /** Drops the session, resolves addresses and token anew, and dials. Resolves when connected; throws when no candidate answered. */
    reconnect(signal: AbortSignal): Promise<void>;
    /** Asks MeshSync to send everything again. Throws when there is no session. */
    resync(): void;
  };
  /** Resolves when the predicate holds of what is observed; false when `timeoutMs` passed first. */
  waitFor(
    predicate: (view: ConnectionView, evidence: Evidence) => boolean,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<boolean>;
  /** Looks at everything again; gives the names of what could not be proven within five seconds. */
  refresh(signal: AbortSignal): Promise<string[]>;
  /** Tells the rules that something is being changed on purpose. */
  setOperationRunning(isRunning: boolean): void;
}
