import type { PausedState } from '../../core/paused.ts';
import type { Ports } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { EventLog } from './event-log.ts';
import type { Judge } from './judging.ts';

/** What a connection is given by the registry, and tells it. */
export interface ConnectionHost {
  readonly ports: Ports;
  readonly judge: Judge;
  readonly events: EventLog;
  readonly connections: () => number;
  /** This server runs inside the very cluster with this UID. */
  readonly isOwnCluster: (uid: string | undefined) => boolean;
  /** Something that is shown of it changed. */
  readonly onChange: (connection: Connection) => void;
  readonly onIdentity: (connection: Connection, uid: string) => void;
}

export interface ConnectionStart {
  /** A person does not want it observed; nothing is opened then. */
  readonly paused: PausedState | undefined;
  /** Of one that is not observed: as its cluster told it before, so that what was stored of it is still found. */
  readonly clusterUid: string | undefined;
  readonly name: string;
  /** Above every version that a connection of this id had before, so that no reply is taken for unchanged. */
  readonly version: number;
}
