import type {
  ByteStream,
  ClusterApi,
  DiscoveredContext,
  KubeList,
  KubeMetadata,
  KubeObject,
  ListOptions,
  ObjectRef,
  ResourceKind,
  WatchEvent,
  WatchOptions,
} from '../ports.ts';
import { ClusterError } from '../ports.ts';

interface Watcher {
  readonly plural: string;
  readonly options: ListOptions;
  readonly onEvent: (event: WatchEvent) => void;
  readonly end: (error?: ClusterError) => void;
}

/** An API server in memory, with the ways it can fail that the observer must notice. */
export class FakeCluster implements ClusterApi {
  readonly server = 'https://cluster.example:6443';
  mode: 'answers' | 'refuses' | 'black-hole' | 'unauthorized' = 'answers';
  readonly forbidden = new Set<string>();
  /** Kinds that fail inside the API server. */
  readonly failing = new Set<string>();
  /** Watches stay open and say nothing. */
  isSilent = false;
  lists = 0;
  isClosed = false;
  readonly #objects = new Map<string, KubeObject>();
  readonly #watchers = new Set<Watcher>();
  #version = 100;

  constructor(uid = 'uid-one') {
    this.put('namespaces', { metadata: { name: 'kube-system', uid } });
  }

  context(fields: Partial<DiscoveredContext> = {}): DiscoveredContext {
    return {
      context: 'staging',
      cluster: 'staging',
      user: 'admin',
      server: this.server,
      source: '/home/ada/.kube/config',
      origin: 'kubeconfig',
      isCurrent: true,
      isTlsVerified: true,
      fingerprint: 'fingerprint-one',
      credentialsMark: 'mark-one',
      access: { open: () => this },
      ...fields,
    };
  }

  put(plural: string, object: Omit<KubeObject, 'metadata'> & { metadata: KubeMetadata }): void {
    this.#version += 1;
    const key = keyOf(plural, object.metadata);
    const type = this.#objects.has(key) ? 'MODIFIED' : 'ADDED';
    const stored = {
      ...object,
      metadata: {
        uid: `uid-${object.metadata.name}`,
        creationTimestamp: '2026-03-01T09:00:00Z',
        ...object.metadata,
        resourceVersion: String(this.#version),
      },
    };
    this.#objects.set(key, stored);
    this.#emit(plural, { type, object: stored });
  }

  drop(plural: string, namespace: string | undefined, name: string): void {
    this.#version += 1;
    const key = `${plural} ${namespace ?? ''}/${name}`;
    const object = this.#objects.get(key);
    if (object === undefined) return;
    this.#objects.delete(key);
    const metadata = { ...object.metadata, resourceVersion: String(this.#version) };
    this.#emit(plural, { type: 'DELETED', object: { ...object, metadata } });
  }

  /** Ends every watch the way a proxy does. */
  cutWatches(error?: ClusterError): void {
    for (const watcher of this.#watchers) watcher.end(error);
  }

  watches(): number {
    return this.#watchers.size;
  }

  async version(signal?: AbortSignal): Promise<string> {
    await this.#gate(signal);
    return 'v1.33.4';
  }

  async health(_path: 'livez' | 'readyz', signal?: AbortSignal) {
    await this.#gate(signal);
    return { isOk: true, failing: [], latencyMs: 12 };
  }

  async groups(signal?: AbortSignal): Promise<{ group: string; versions: string[] }[]> {
    await this.#gate(signal);
    return [{ group: 'meshery.io', versions: ['v1alpha2', 'v1alpha1'] }];
  }

  async get(ref: ObjectRef, signal?: AbortSignal): Promise<KubeObject> {
    await this.#gate(signal, ref.kind.plural);
    const object = this.#objects.get(`${ref.kind.plural} ${ref.namespace ?? ''}/${ref.name}`);
    if (object === undefined) throw new ClusterError({ kind: 'not-found', message: `${ref.name} not found` });
    return object;
  }

  async list(kind: ResourceKind, options: ListOptions, signal?: AbortSignal): Promise<KubeList> {
    this.lists += 1;
    const permissionKey =
      options.namespace === undefined ? kind.plural : `${kind.plural} in ${options.namespace}`;
    await this.#gate(signal, permissionKey);
    const items = [...this.#objects]
      .filter(([key, object]) => key.startsWith(`${kind.plural} `) && isSelected(object, options))
      .map(([, object]) => object);
    return { resourceVersion: String(this.#version), items: items.slice(0, options.limit ?? items.length) };
  }

  async watch(
    kind: ResourceKind,
    options: WatchOptions,
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const watcher: Watcher = {
        plural: kind.plural,
        options,
        onEvent,
        end: (error) => {
          this.#watchers.delete(watcher);
          if (error === undefined) resolve();
          else reject(error);
        },
      };
      this.#watchers.add(watcher);
      signal.addEventListener('abort', () => watcher.end(), { once: true });
    });
  }

  async create(): Promise<KubeObject> {
    throw readOnly();
  }

  async apply(): Promise<KubeObject> {
    throw readOnly();
  }

  async patch(): Promise<KubeObject> {
    throw readOnly();
  }

  async remove(): Promise<void> {
    throw readOnly();
  }

  async mayI(): Promise<{ isAllowed: boolean }> {
    return { isAllowed: true };
  }

  async logs(): Promise<string> {
    return '';
  }

  async forward(): Promise<ByteStream> {
    return { readable: new ReadableStream(), writable: new WritableStream(), close: () => {} };
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.cutWatches();
  }

  #emit(plural: string, event: Exclude<WatchEvent, { type: 'BOOKMARK' }>): void {
    if (this.isSilent) return;
    for (const watcher of this.#watchers) {
      if (watcher.plural === plural && isSelected(event.object, watcher.options)) watcher.onEvent(event);
    }
  }

  async #gate(signal?: AbortSignal, plural?: string): Promise<void> {
    switch (this.mode) {
      case 'refuses':
        throw new ClusterError({ kind: 'refused', message: 'connection refused' });
      case 'unauthorized':
        throw new ClusterError({ kind: 'unauthorized', message: 'the token expired' }, { status: 401 });
      case 'black-hole':
        await new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
        return;
      case 'answers':
        if (plural !== undefined && this.forbidden.has(plural)) {
          throw new ClusterError({ kind: 'forbidden', message: `${plural} is forbidden` }, { status: 403 });
        }
        if (plural !== undefined && this.failing.has(plural)) {
          throw new ClusterError(
            { kind: 'unavailable', message: `${plural}: internal error` },
            { status: 500 },
          );
        }
    }
  }
}

function readOnly(): ClusterError {
  return new ClusterError({ kind: 'other', message: 'this cluster is only looked at' });
}

function keyOf(plural: string, metadata: KubeMetadata): string {
  return `${plural} ${metadata.namespace ?? ''}/${metadata.name}`;
}

function isSelected(object: KubeObject, options: ListOptions): boolean {
  if (options.namespace !== undefined && object.metadata.namespace !== options.namespace) return false;
  const name = /^metadata\.name=(.*)$/.exec(options.fieldSelector ?? '')?.[1];
  return name === undefined || object.metadata.name === name;
}
