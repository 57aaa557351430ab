import { z } from 'zod';
import { failureOf } from '../failure.ts';
import type { Log, StateStore } from '../ports.ts';

const COLLECTION = 'clusters';
const Cluster = z.object({ connectionId: z.string(), keys: z.array(z.string()) });

/**
 * Which connection a context belongs to. Before a cluster was reached its id comes from the context's fingerprint;
 * once `kube-system` told its UID, every context that leads there has the id that existed first. Kept over restarts.
 */
export class Identities {
  readonly #state: StateStore;
  readonly #log: Log;
  readonly #clusters = new Map<string, { connectionId: string; keys: Set<string> }>();
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
        const { connectionId, keys } = parsed.data;
        this.#clusters.set(id, { connectionId, keys: new Set(keys) });
        this.#taken.add(connectionId);
        for (const key of keys) this.#uidOfKey.set(key, id);
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
    const cluster = this.#clusters.get(uid) ?? {
      connectionId: this.#free(connectionId, uid),
      keys: new Set(),
    };
    const isNews = keys.some((key) => !cluster.keys.has(key)) || !this.#clusters.has(uid);
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
    const value = { connectionId: cluster.connectionId, keys: [...cluster.keys] };
    void this.#state.write(COLLECTION, uid, value).catch((error: unknown) => {
      this.#log.error({ reason: failureOf(error).message }, 'identity of a cluster could not be kept');
    });
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
