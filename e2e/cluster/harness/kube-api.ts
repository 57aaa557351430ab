import { Agent, request as httpsRequest } from 'node:https';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const REQUEST_TIMEOUT_MS = 20_000;
const RELIST_PAUSE_MS = 200;

const Metadata = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  generation: z.number().optional(),
  creationTimestamp: z.string().optional(),
  deletionTimestamp: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  finalizers: z.array(z.string()).optional(),
  ownerReferences: z.array(z.looseObject({ kind: z.string(), name: z.string(), uid: z.string() })).optional(),
});
export const KubeObject = z.looseObject({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  metadata: Metadata,
  spec: z.record(z.string(), z.unknown()).optional(),
  status: z.record(z.string(), z.unknown()).optional(),
  data: z.record(z.string(), z.string()).optional(),
});
export type KubeObject = z.infer<typeof KubeObject>;
const KubeList = z.looseObject({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  metadata: z.looseObject({ resourceVersion: z.string() }),
  items: z.array(KubeObject),
});
type KubeList = z.infer<typeof KubeList>;
const WatchLine = z.object({ type: z.enum(['ADDED', 'MODIFIED', 'DELETED']), object: KubeObject });
export type ChangeType = z.infer<typeof WatchLine>['type'];
const Status = z.looseObject({ reason: z.string().optional(), message: z.string().optional() });

/** The API server answered with something other than success. */
export class KubeApiError extends Error {
  readonly status: number;
  readonly reason: string | undefined;
  constructor(status: number, reason: string | undefined, message: string) {
    super(message);
    this.name = 'KubeApiError';
    this.status = status;
    this.reason = reason;
  }
}

export interface Following {
  /** What is known now, by `namespace/name`. */
  objects(): ReadonlyMap<string, KubeObject>;
  stop(): void;
}

/** A minimal caller of the real API server: what tests and stand-ins do to a cluster, they do through this. */
export interface KubeApi {
  /** Parsed JSON of the reply, or its text. Throws `KubeApiError` for anything but 2xx. */
  request(method: string, path: string, body?: unknown, contentType?: string): Promise<unknown>;
  get(path: string): Promise<KubeObject>;
  /** Undefined when there is none. */
  find(path: string): Promise<KubeObject | undefined>;
  list(path: string): Promise<KubeList>;
  /** POST, or nothing when it exists already. */
  create(collection: string, object: object): Promise<void>;
  /** JSON merge patch. */
  patch(path: string, patch: object): Promise<KubeObject>;
  /** DELETE; nothing when it is absent already. */
  remove(path: string, options?: object): Promise<void>;
  /** Lists and watches without end, through restarts of the API server; every object is told at least once. */
  follow(collection: string, onChange: (type: ChangeType, object: KubeObject) => void): Following;
  close(): void;
}

/** Opens an API server by a token. Nothing is sent until something is asked. */
export function createKubeApi(options: { server: string; ca: string; token: string }): KubeApi {
  const agent = new Agent({ keepAlive: true, ca: options.ca, maxSockets: 8 });
  const following = new Set<Following>();

  function request(
    method: string,
    path: string,
    body?: unknown,
    contentType = 'application/json',
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const payload = body === undefined ? undefined : JSON.stringify(body);
      const req = httpsRequest(`${options.server}${path}`, {
        method,
        agent,
        timeout: REQUEST_TIMEOUT_MS,
        headers: {
          authorization: `Bearer ${options.token}`,
          accept: 'application/json',
          ...(payload === undefined
            ? {}
            : { 'content-type': contentType, 'content-length': Buffer.byteLength(payload) }),
        },
      });
      req.on('timeout', () => req.destroy(new Error(`${method} ${path}: no answer`)));
      req.on('error', reject);
      req.on('response', (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('error', reject);
        res.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const parsed = parseJson(text);
          const status = res.statusCode ?? 0;
          if (status >= 200 && status < 300) return resolve(parsed);
          const { reason, message } = Status.safeParse(parsed).data ?? {};
          reject(new KubeApiError(status, reason, `${method} ${path}: ${status} ${message ?? text}`));
        });
      });
      req.end(payload);
    });
  }

  /** Resolves when the server ended the watch, rejects when it broke. */
  function watch(path: string, onLine: (line: string) => void, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const req = httpsRequest(`${options.server}${path}`, {
        agent: false,
        ca: options.ca,
        signal,
        headers: { authorization: `Bearer ${options.token}`, accept: 'application/json' },
      });
      req.on('error', reject);
      req.on('response', (res) => {
        res.on('error', reject);
        res.on('close', resolve);
        // `terminated` events of the reader are of no interest: the response tells the end.
        createInterface({ input: res }).on('line', onLine).on('error', reject);
      });
      req.end();
    });
  }

  const api: KubeApi = {
    request,
    get: async (path) => KubeObject.parse(await request('GET', path)),
    async find(path) {
      try {
        return await api.get(path);
      } catch (error) {
        if (error instanceof KubeApiError && error.status === 404) return undefined;
        throw error;
      }
    },
    list: async (path) => KubeList.parse(await request('GET', path)),
    async create(collection, object) {
      try {
        await request('POST', collection, object);
      } catch (error) {
        if (!(error instanceof KubeApiError && error.reason === 'AlreadyExists')) throw error;
      }
    },
    patch: async (path, patch) =>
      KubeObject.parse(await request('PATCH', path, patch, 'application/merge-patch+json')),
    async remove(path, body) {
      try {
        await request('DELETE', path, body);
      } catch (error) {
        if (!(error instanceof KubeApiError && error.status === 404)) throw error;
      }
    },
    follow(collection, onChange) {
      const stopping = new AbortController();
      const known = new Map<string, KubeObject>();
      const tell = (type: ChangeType, object: KubeObject) => {
        const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
        if (type === 'DELETED') known.delete(key);
        else known.set(key, object);
        if (!stopping.signal.aborted) onChange(type, object);
      };
      async function once(): Promise<void> {
        const list = await api.list(collection);
        const kind = list.kind?.replace(/List$/, '');
        const named = list.items.map((item) => ({ ...item, apiVersion: list.apiVersion, kind }));
        const present = new Set(named.map((item) => item.metadata.uid));
        for (const old of known.values()) if (!present.has(old.metadata.uid)) tell('DELETED', old);
        for (const item of named) tell('ADDED', item);
        await watch(
          `${collection}?watch=1&timeoutSeconds=600&resourceVersion=${list.metadata.resourceVersion}`,
          (line) => {
            const event = WatchLine.safeParse(parseJson(line));
            // An ERROR line (410 Gone) is followed by the end of the watch, and that by a new list.
            if (event.success) tell(event.data.type, event.data.object);
          },
          stopping.signal,
        );
      }
      async function forever(): Promise<void> {
        while (!stopping.signal.aborted) {
          // A failed list or watch is tried again: the API server is stopped on purpose in some tests.
          await once().catch(() => undefined);
          await sleep(RELIST_PAUSE_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
        }
      }
      void forever();
      const handle: Following = {
        objects: () => known,
        stop() {
          following.delete(handle);
          stopping.abort();
        },
      };
      following.add(handle);
      return handle;
    },
    close() {
      for (const one of following) one.stop();
      agent.destroy();
    },
  };
  return api;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Logs, `/readyz` and the like answer in plain text.
    return text;
  }
}
