import type { z } from 'zod';
import { ApiError } from '../../api/errors.ts';
import type { KindCount, Resource, resourceKinds, resourceList, resourceView } from '../../api/resource.ts';
import type { RouteInput, RouteReplyInput } from '../../api/route.ts';
import type { ResourceChange } from '../../core/meshsync/change.ts';
import { decodeResource } from '../../core/meshsync/decode.ts';
import { yamlText } from '../../core/meshsync/yaml-text.ts';
import { ClusterError, type ClusterApi, type Clock } from '../ports.ts';
import { isoTime } from '../timing.ts';
import type { DataConnection, DataConnections } from './connections.ts';
import {
  StoreError,
  type ResourceKey,
  type ResourceRow,
  type ResourceStore,
  type StoredResource,
} from './store.ts';
import { DEFAULT_KINDS } from './watched-kinds.ts';

type ListInput = RouteInput<typeof resourceList>['query'];
type ListReply = RouteReplyInput<typeof resourceList>;
type ViewInput = RouteInput<typeof resourceView>['query'];
type ViewReply = RouteReplyInput<typeof resourceView>;

const NODES = { group: '', version: 'v1', plural: 'nodes', isNamespaced: false };
/** Nodes shown while the database is empty. */
const LIVE_LIMIT = 100;
const NOTHING_YET =
  'MeshSync has sent nothing of this cluster yet, so its nodes are read live from the API. ' +
  'The card of the connection says what holds the data up, and has “Reconnect” and “Re-sync”.';

/** What the resources page asks for: rows of the database, and the live nodes while it is empty. */
export class ResourceReads {
  readonly #store: ResourceStore;
  readonly #connections: DataConnections;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(options: { store: ResourceStore; connections: DataConnections; clock: Pick<Clock, 'now'> }) {
    this.#store = options.store;
    this.#connections = options.connections;
    this.#clock = options.clock;
  }

  /** Throws `ApiError`: `not-found` for an unknown connection, `not-available`. */
  async list(query: ListInput, signal: AbortSignal): Promise<ListReply> {
    const clusterUid = this.#clusterOf(query);
    const { problem, rows, rowsByCluster } = this.#store.state();
    const known = clusterUid === undefined ? rows : (rowsByCluster[clusterUid] ?? 0);
    if (known === 0 || problem !== undefined) return this.#live(query, clusterUid, signal);
    const { kinds, namespaces, search, cursor, limit } = query;
    const page = await told(() =>
      this.#store.query({ clusterUid, kinds, namespaces, search, cursor, limit }),
    );
    return {
      items: page.rows.map((row) => this.#shown(row)),
      source: 'database',
      ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
      ...(page.total === undefined ? {} : { total: page.total }),
    };
  }

  async view(query: ViewInput, signal: AbortSignal): Promise<ViewReply> {
    const clusterUid = this.#clusterOf(query);
    if (clusterUid === undefined) {
      throw new ApiError('invalid-request', 'Name the cluster of the object: connectionId or clusterUid.', {
        field: 'connectionId',
      });
    }
    const { apiVersion, kind, namespace, name } = query;
    const key: ResourceKey = { clusterUid, apiVersion, kind, namespace, name };
    const stored =
      this.#store.state().problem === undefined ? await told(() => this.#store.view(key)) : undefined;
    if (stored !== undefined) return this.#viewed(stored, 'database');
    const live = await this.#liveObject(key, signal);
    if (live !== undefined) return this.#viewed(live, 'live');
    throw new ApiError('not-found', `The database holds no ${kind} ${name}.`, {
      remedy: 'It may have been deleted meanwhile; look at the list anew.',
    });
  }

  /** Throws `ApiError('not-found')` for an unknown connection. */
  async kinds(query: {
    connectionId?: string | undefined;
    clusterUid?: string | undefined;
  }): Promise<RouteReplyInput<typeof resourceKinds>> {
    const clusterUid = this.#clusterOf(query);
    const { problem } = this.#store.state();
    if (problem !== undefined) return { kinds: [], rows: 0, problem };
    const counts = new Map<string, z.input<typeof KindCount> & { byNamespace: Map<string, number> }>();
    let rows = 0;
    for (const tally of await told(() => this.#store.tallies(clusterUid))) {
      const { apiVersion, kind, namespace } = tally;
      const key = `${apiVersion}/${kind}`;
      const count = counts.get(key) ?? { apiVersion, kind, rows: 0, namespaces: [], byNamespace: new Map() };
      count.rows += tally.rows;
      count.byNamespace.set(namespace, (count.byNamespace.get(namespace) ?? 0) + tally.rows);
      counts.set(key, count);
      rows += tally.rows;
    }
    const kinds = [...counts.values()].map(({ byNamespace, apiVersion, kind, rows: ofKind }) => ({
      apiVersion,
      kind,
      rows: ofKind,
      namespaces: [...byNamespace].map(([namespace, count]) => ({ namespace, rows: count })),
    }));
    return { kinds, rows };
  }

  #clusterOf(query: {
    connectionId?: string | undefined;
    clusterUid?: string | undefined;
  }): string | undefined {
    if (query.connectionId === undefined) return query.clusterUid;
    const connection = this.#connections.get(query.connectionId);
    if (connection === undefined) {
      throw new ApiError('not-found', `There is no connection ${query.connectionId}.`, {
        field: 'connectionId',
      });
    }
    // A cluster that never answered has no rows; its own id stands for it and matches none.
    return connection.clusterUid() ?? `unknown cluster of ${connection.id}`;
  }

  async #live(query: ListInput, clusterUid: string | undefined, signal: AbortSignal): Promise<ListReply> {
    const { problem } = this.#store.state();
    const told = problem === undefined ? {} : { problem };
    const connection = this.#mainConnection(query.connectionId, clusterUid);
    const api = connection?.api();
    if (connection === undefined || api === undefined) {
      const notice =
        'The database is empty, and there is no cluster to read from. Add a kubeconfig, or mend a connection.';
      return { items: [], source: 'live', notice, ...told };
    }
    const isWanted = query.kinds === undefined || query.kinds.length === 0 || query.kinds.includes('Node');
    const items =
      isWanted && query.cursor === undefined ? await this.#liveNodes(connection, api, signal) : [];
    const sought = query.search?.toLowerCase() ?? '';
    const notice =
      problem === undefined
        ? NOTHING_YET
        : `${problem.message} The nodes of ${connection.name} are read live from the API.`;
    return {
      items: items.filter((item) => item.name.toLowerCase().includes(sought)),
      source: 'live',
      notice,
      ...told,
    };
  }

  /** The one asked for; else the first that can be reached: connections are in the order of their cards. */
  #mainConnection(
    connectionId: string | undefined,
    clusterUid: string | undefined,
  ): DataConnection | undefined {
    if (connectionId !== undefined) return this.#connections.get(connectionId);
    const all = this.#connections.connections();
    if (clusterUid !== undefined) return all.find((connection) => connection.clusterUid() === clusterUid);
    return all.find((connection) => connection.api() !== undefined && connection.clusterUid() !== undefined);
  }

  async #liveNodes(connection: DataConnection, api: ClusterApi, signal: AbortSignal): Promise<Resource[]> {
    try {
      const list = await api.list(NODES, { limit: LIVE_LIMIT }, signal);
      const clusterUid = connection.clusterUid() ?? '';
      return list.items.flatMap((object) => {
        const change = decodeResource({ ...object, kind: 'Node', apiVersion: 'v1' }, LIVE, clusterUid);
        return typeof change === 'string' ? [] : [this.#shown(this.#storedOf(change))];
      });
    } catch (error) {
      throw clusterErrorOf(error, connection);
    }
  }

  /** Undefined where the object is not there, or is of a kind that we cannot name to the API. */
  async #liveObject(key: ResourceKey, signal: AbortSignal): Promise<StoredResource | undefined> {
    const connection = this.#connections
      .connections()
      .find((candidate) => candidate.clusterUid() === key.clusterUid);
    const api = connection?.api();
    const watched = DEFAULT_KINDS.find(
      (candidate) => candidate.kind === key.kind && candidate.apiVersion === key.apiVersion,
    );
    if (connection === undefined || api === undefined || watched === undefined) return undefined;
    try {
      const namespace = key.namespace === '' ? undefined : key.namespace;
      const object = await api.get({ kind: watched.resource, namespace, name: key.name }, signal);
      const change = decodeResource(
        { ...object, kind: key.kind, apiVersion: key.apiVersion },
        LIVE,
        key.clusterUid,
      );
      return typeof change === 'string' ? undefined : this.#storedOf(change);
    } catch (error) {
      if (error instanceof ClusterError && error.failure.kind === 'not-found') return undefined;
      throw clusterErrorOf(error, connection);
    }
  }

  #storedOf(change: ResourceChange): StoredResource {
    const now = this.#clock.now();
    return { ...change, firstSeenAtMs: now, lastSeenAtMs: now };
  }

  #viewed(stored: StoredResource, source: 'database' | 'live'): ViewReply {
    const metadata = stored.body['metadata'];
    const annotations =
      typeof metadata === 'object' && metadata !== null && 'annotations' in metadata
        ? metadata.annotations
        : undefined;
    return { ...this.#shown(stored), annotations: textMap(annotations), yaml: yamlText(stored.body), source };
  }

  #shown(row: ResourceRow): Resource {
    const connection = this.#connections
      .connections()
      .find((candidate) => candidate.clusterUid() === row.clusterUid);
    const { clusterUid, apiVersion, kind, namespace, name, uid, resourceVersion } = row;
    const identity = { clusterUid, apiVersion, kind, namespace, name, uid, resourceVersion };
    return {
      ...(connection === undefined ? {} : { connectionId: connection.id }),
      ...identity,
      labels: { ...row.labels },
      owners: row.owners.map((owner) => ({ ...owner })),
      ...(row.createdAt === undefined ? {} : { createdAt: row.createdAt }),
      firstSeenAt: isoTime(row.firstSeenAtMs),
      lastSeenAt: isoTime(row.lastSeenAtMs),
    };
  }
}

const LIVE = { type: 'upsert', isSnapshot: false } as const;

function textMap(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}

/** A database that cannot be used becomes the reply that says what to press. */
export async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new ApiError('not-available', error.problem.message, {
      remedy: error.problem.remedy,
      cause: error,
    });
  }
}

function clusterErrorOf(error: unknown, connection: DataConnection): unknown {
  if (!(error instanceof ClusterError)) return error;
  return new ApiError(
    'not-available',
    `The database is empty, and ${connection.name} could not be read: ${error.message}`,
    {
      remedy: 'Mend the connection to the cluster first.',
      cause: error,
    },
  );
}
