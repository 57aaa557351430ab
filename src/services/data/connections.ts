import type { Link } from '../../api/evidence.ts';
import type { Heard } from '../../core/meshsync/staleness.ts';
import type { ConnectionHandle } from '../registry/handle.ts';

/** What the data side needs of a connection; the registry's handle is one. */
export interface DataConnection extends Pick<ConnectionHandle, 'id' | 'name' | 'api' | 'clusterUid'> {
  evidence(): {
    readonly link: Pick<Link, 'state' | 'sinceAt' | 'resyncAskedAt'> & Heard;
    readonly namespaces: readonly string[];
  };
  readonly link: Pick<ConnectionHandle['link'], 'resync'>;
}

/** The connections there are; the registry is one. */
export interface DataConnections {
  connections(): readonly DataConnection[];
  get(id: string): DataConnection | undefined;
  /** Tells of each connection that came, went or shows something else. */
  subscribe(listener: (connectionId: string) => void): () => void;
}
