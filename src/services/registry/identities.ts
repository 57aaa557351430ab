import { z } from 'zod';
import { failureOf } from '../failure.ts';
import type { Log, StateStore } from '../ports.ts';

const COLLECTION = 'clusters';
const Cluster = z.object({
  connectionId: z.string(),
  keys: z.array(z.string()),
  name: z.string().optional(),
});
/** Names of connections whose cluster never told who it is; the others are kept with their cluster. */
const NAMES = 'connection-names';
const Named = z.object({ name: z.string() });

interface Known {
  readonly connectionId: string;
  readonly keys: Set<string>;
  /** As it is written. */
  name: string | undefined;
}

/**
 * Which connection a context belongs to, and what the connection is called. Before a cluster was reached its id comes
 * from the context's fingerprint; once `kube-system` told its UID, every context that leads there has the id that
 * existed first. The name is that of the context by which it was first seen, until a person gives another: contexts
 * and credentials come and go. Both are kept over restarts.
 */
export class Identities {
  readonly #state: StateStore;
  readonly #log: Log;
  readonly #clusters = new Map<string, Known>();
  readonly #names = new Map<string, string>();
  /** Connections whose name has a document of its own. */
  readonly #keptNames = new Map<string, string>();
  /** UID by key, and the ids that are taken: a thousand clusters are placed at once. */
  readonly #uidOfKey = new Map<string, string>();
  readonly #taken = new Set<string>();

  constructor(options: { state: StateStore; log: Log }) {
    this.#state = options.state;
    this.#log = options.log;
  }

  async load(): Promise<void> {
    try {
      for (const { id, value } of await this.#state.list(COLLECTION)) {
        const parsed = Cluster.safeParse(value);
        if (!parsed.success) continue;
        const { connectionId, keys, name } = parsed.data;
        this.#clusters.set(id, { connectionId, keys: new Set(keys), name });
        this.#taken.add(connectionId);
        for (const key of keys) this.#uidOfKey.set(key, id);
        if (name !== undefined) this.#names.set(connectionId, name);
      }
      for (const { id, value } of await this.#state.list(NAMES)) {
        const parsed = Named.safeParse(value);
        if (!parsed.success) continue;
        this.#keptNames.set(id, parsed.data.name);
        if (!this.#names.has(id)) this.#names.set(id, parsed.data.name);
      }
    } catch (error) {
      this.#log.error({ reason: failureOf(error).message }, 'identities of clusters could not be read');
    }
  }

  /** The connection a context key belongs to. */
  idOf(key: string): string {
    const cluster = this.#clusters.get(this.#uidOfKey.get(key) ?? '');
    return cluster?.connectionId ?? `c-${hash(key)}`;
  }

  /** The cluster that answered last for a connection. */
  uidOf(connectionId: string): string | undefined {
    for (const [uid, cluster] of this.#clusters) if (cluster.connectionId === connectionId) return uid;
    return undefined;
  }

  /**
   * What a connection is called; `seen`, the name it has by its contexts, where it has none yet. One that is `taken`
   * gets a number: names are what people confirm by.
   */
  nameOf(connectionId: string, seen: string, taken: ReadonlySet<string>): string {
    const wished = this.#names.get(connectionId) ?? seen;
    let name = wished;
    for (let count = 2; taken.has(name); count += 1) name = `${wished} (${count})`;
    this.#names.set(connectionId, name);
    // By its contexts it would be called otherwise after a restart.
    if (name !== seen) this.#keepName(connectionId, name);
    return name;
  }

  /** Rejects when the name cannot be kept: it is called as before then, which it would be after a restart. */
  async rename(connectionId: string, name: string): Promise<void> {
    const uid = this.uidOf(connectionId);
    await (uid === undefined
      ? this.#state.write(NAMES, connectionId, { name })
      : this.#state.write(COLLECTION, uid, this.#valueOf(uid, name)));
    this.#names.set(connectionId, name);
    if (uid === undefined) this.#keptNames.set(connectionId, name);
    // Its cluster may have become known meanwhile, or by another context: that was written with the former name.
    const now = this.uidOf(connectionId);
    if (now !== undefined) this.#save(now);
  }

  /** The connection was deleted; should it come again, it is seen for the first time. */
  forgetName(connectionId: string): void {
    this.#names.delete(connectionId);
    const uid = this.uidOf(connectionId);
    if (uid !== undefined) this.#save(uid);
    if (!this.#keptNames.delete(connectionId)) return;
    void this.#state.remove(NAMES, connectionId).catch((error: unknown) => {
      this.#log.error({ reason: failureOf(error).message }, 'name of a connection could not be removed');
    });
  }

  #keepName(connectionId: string, name: string): void {
    const uid = this.uidOf(connectionId);
    if (uid !== undefined) {
      if (this.#clusters.get(uid)?.name !== name) this.#save(uid);
      return;
    }
    if (this.#keptNames.get(connectionId) === name) return;
    this.#keptNames.set(connectionId, name);
    void this.#state.write(NAMES, connectionId, { name }).catch((error: unknown) => {
      this.#log.error({ reason: failureOf(error).message }, 'name of a connection could not be kept');
    });
  }

  /**
   * Notes that the cluster with this UID answered for these keys. True when that moves them to another connection,
   * so that connections must be placed anew.
   */
  learn(uid: string, connectionId: string, keys: readonly string[]): boolean {
    for (const key of keys) {
      const other = this.#uidOfKey.get(key);
      if (other === undefined || other === uid) continue;
      // The address now leads to another cluster (a recreated one, mostly); the old one no longer answers there.
      const left = this.#clusters.get(other);
      left?.keys.delete(key);
      if (left !== undefined && left.keys.size > 0) this.#save(other);
      else this.#forget(other);
    }
    const cluster: Known = this.#clusters.get(uid) ?? {
      connectionId: this.#free(connectionId, uid),
      keys: new Set(),
      name: undefined,
    };
    const name = this.#names.get(cluster.connectionId);
    const isNews =
      keys.some((key) => !cluster.keys.has(key)) || !this.#clusters.has(uid) || cluster.name !== name;
    for (const key of keys) {
      cluster.keys.add(key);
      this.#uidOfKey.set(key, uid);
    }
    this.#clusters.set(uid, cluster);
    this.#taken.add(cluster.connectionId);
    if (isNews) this.#save(uid);
    return cluster.connectionId !== connectionId;
  }

  #free(connectionId: string, uid: string): string {
    return this.#taken.has(connectionId) ? `c-${hash(`${connectionId} ${uid}`)}` : connectionId;
  }

  #save(uid: string): void {
    const cluster = this.#clusters.get(uid);
    if (cluster === undefined) return;
    cluster.name = this.#names.get(cluster.connectionId);
    void this.#state.write(COLLECTION, uid, this.#valueOf(uid, cluster.name)).catch((error: unknown) => {
      this.#log.error({ reason: failureOf(error).message }, 'identity of a cluster could not be kept');
    });
  }

  #valueOf(uid: string, name: string | undefined) {
    const cluster = this.#clusters.get(uid);
    return {
      connectionId: cluster?.connectionId,
      keys: [...(cluster?.keys ?? [])],
      ...(name === undefined ? {} : { name }),
    };
  }

  #forget(uid: string): void {
    this.#taken.delete(this.#clusters.get(uid)?.connectionId ?? '');
    this.#clusters.delete(uid);
    void this.#state.remove(COLLECTION, uid).catch((error: unknown) => {
      this.#log.error({ reason: failureOf(error).message }, 'identity of a cluster could not be removed');
    });
  }
}

/** FNV-1a over 64 bits: a short, stable name in any runtime. It protects nothing. */
function hash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text))
    value = ((value ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return value.toString(36).padStart(13, '0');
}
