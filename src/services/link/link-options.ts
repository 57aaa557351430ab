import type { BrokerConnector, Clock, ClusterApi, Log } from '../ports.ts';
import type { BrokerTarget } from './target.ts';

/** What a link is given, and whom it tells. */
export interface LinkOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly brokers: BrokerConnector;
  readonly dockerHosts: readonly string[];
  readonly api: () => ClusterApi | undefined;
  readonly target: () => BrokerTarget;
  readonly clusterUid: () => string | undefined;
  readonly onMessage: (subject: string, body: Uint8Array, receivedAtMs: number) => void;
  /** State, way or proof changed. Traffic alone is not announced: it may come by the thousand. */
  readonly onChange: () => void;
}
