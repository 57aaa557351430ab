/**
 * Everything the services need of the outside world. Three implementations stand behind it: `server/` (real),
 * `sandbox/` (a simulated world, also in the browser), and one port contract suite judges both.
 */
import type { DatabaseEvidence, Failure, Observation } from '../api/evidence.ts';
import type { KubeconfigPath } from '../api/kubeconfig.ts';
import type { SandboxFault, SandboxWorld } from '../api/sandbox.ts';

/** Time and randomness. Milliseconds since the epoch. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** 0 ≤ x < 1, for jitter. */
  random(): number;
  /** A new identifier, unguessable. */
  uuid(): string;
}

/** Structured log; never a secret, never a whole object. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

// ───────────────────────────── Kubernetes ─────────────────────────────

/** A kind of object, by the words of its URL. `group` is empty for the core group. */
export interface ResourceKind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

export interface ObjectRef {
  readonly kind: ResourceKind;
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** An object as the API server gives it: parsed JSON, `metadata` guaranteed, the rest unknown. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: KubeMetadata;
  readonly [field: string]: unknown;
}

export interface KubeMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly { apiVersion: string; kind: string; name: string; uid: string }[];
  readonly [field: string]: unknown;
}

export interface ListOptions {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Page size; the reply's `continue` leads to the next page. */
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  /** Asks for PartialObjectMetadata: metadata and nothing else. */
  readonly isMetadataOnly?: boolean | undefined;
}

export interface KubeList {
  readonly resourceVersion: string;
  readonly items: readonly KubeObject[];
  readonly continue?: string | undefined;
}

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

export interface WatchOptions extends ListOptions {
  readonly resourceVersion: string;
  /** The server ends the watch in good order after this; seconds. */
  readonly timeoutSeconds?: number | undefined;
}

export interface AccessQuestion {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** Thrown by every method of `ClusterApi`; rules branch on `failure.kind`, and on `status` where HTTP gave one. */
export class ClusterError extends Error {
  readonly failure: Failure;
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** `reason` of the Kubernetes Status body: NotFound, AlreadyExists, Conflict, Forbidden, Expired… */
  readonly reason: string | undefined;

  constructor(failure: Failure, detail: { status?: number; reason?: string; cause?: unknown } = {}) {
    super(failure.message, { cause: detail.cause });
    this.name = 'ClusterError';
    this.failure = failure;
    this.status = detail.status;
    this.reason = detail.reason;
  }
}

/** A two-way flow of bytes, a forwarded port for instance. */
export interface ByteStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  close(): void;
}

/** One cluster by one identity. Every method throws `ClusterError`. Nothing is cached, nothing is retried. */
export interface ClusterApi {
  /** URL of the API server. */
  readonly server: string;
  /** The way to it, for the ad hoc tests; absent where no steps can be told apart. */
  readonly way?: WayProbe;
  /** `GET /version`: gitVersion, `v1.33.4` for instance. */
  version(signal?: AbortSignal): Promise<string>;
  /** `GET /livez` or `/readyz` with `?verbose`; falls back to `/healthz` where they are missing. `failing` names the checks that fail; `timeMs` is what time it is there, to the second, where it says so. */
  health(
    path: 'livez' | 'readyz',
    signal?: AbortSignal,
  ): Promise<{ isOk: boolean; failing: string[]; latencyMs: number; timeMs?: number }>;
  /** Groups and versions served: `GET /apis`. */
  groups(signal?: AbortSignal): Promise<{ group: string; versions: string[] }[]>;
  get(ref: ObjectRef, signal?: AbortSignal): Promise<KubeObject>;
  list(kind: ResourceKind, options: ListOptions, signal?: AbortSignal): Promise<KubeList>;
  /**
   * Calls `onEvent` for each change after `resourceVersion` until the server ends the watch (resolves) or it fails
   * (rejects; kind `expired` when the version is too old). Aborting the signal ends it: it resolves.
   */
  watch(
    kind: ResourceKind,
    options: WatchOptions,
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
  ): Promise<void>;
  create(
    kind: ResourceKind,
    object: KubeObject,
    options?: { isDryRun?: boolean },
    signal?: AbortSignal,
  ): Promise<KubeObject>;
  /** Server-side apply, field manager `meshplay-troubleshooter`. Kind `conflict` when another manager owns a field and `isForced` is not set. */
  apply(
    kind: ResourceKind,
    object: KubeObject,
    options?: { isForced?: boolean; isDryRun?: boolean },
    signal?: AbortSignal,
  ): Promise<KubeObject>;
  /** JSON merge patch. */
  patch(
    ref: ObjectRef,
    patch: Readonly<Record<string, unknown>>,
    options?: { subresource?: 'status' | 'scale'; isDryRun?: boolean },
    signal?: AbortSignal,
  ): Promise<KubeObject>;
  remove(
    ref: ObjectRef,
    options?: { propagation?: 'Background' | 'Foreground' | 'Orphan'; isDryRun?: boolean; uid?: string },
    signal?: AbortSignal,
  ): Promise<void>;
  /** SelfSubjectAccessReview. */
  mayI(question: AccessQuestion, signal?: AbortSignal): Promise<{ isAllowed: boolean; reason?: string }>;
  logs(
    pod: { namespace: string; name: string; container?: string },
    options?: { tailLines?: number; isPrevious?: boolean; sinceSeconds?: number },
    signal?: AbortSignal,
  ): Promise<string>;
  /** Opens one connection to a port of a pod through the API server. */
  forward(pod: { namespace: string; name: string }, port: number, signal?: AbortSignal): Promise<ByteStream>;
  /** Ends every request and releases the sockets. */
  close(): Promise<void>;
}

/** Opens a cluster by one identity; holds the credentials, which never leave the adapter. */
export interface ClusterAccess {
  open(): ClusterApi;
}

/** A context found in a kubeconfig, whether it can be used or not. */
export interface DiscoveredContext {
  readonly context: string;
  readonly cluster: string;
  readonly user: string;
  /** URL of the API server; empty where the file names none. */
  readonly server: string;
  /** File path, `in-cluster`, `uploaded` or `sandbox`. */
  readonly source: string;
  readonly origin: 'kubeconfig' | 'in-cluster' | 'uploaded' | 'sandbox';
  readonly isCurrent: boolean;
  readonly isTlsVerified: boolean;
  /** Host and port of its `proxy-url`, never the credentials for it. */
  readonly proxy?: string | undefined;
  /** Hash of server and certificate authority: identity until the cluster was reached. No credential goes into it. */
  readonly fingerprint: string;
  /** Changes with the credentials and the way to the server, so that a rotated token is seen as a change; tells nothing of them. */
  readonly credentialsMark: string;
  /** Why it cannot be used: invalid, exec program missing… */
  readonly problem?: Failure;
  /** Absent when there is a problem that makes it unusable. */
  readonly access?: ClusterAccess;
  /** A person asked for this way into its cluster; no other is taken in its place, also when it cannot be used. */
  readonly isPreferred?: boolean;
}

export interface Discovery {
  readonly paths: readonly KubeconfigPath[];
  readonly contexts: readonly DiscoveredContext[];
}

export interface KubeconfigSource {
  /** Reads every known place anew. Never throws: what is wrong is told per path and per context. */
  discover(): Promise<Discovery>;
}

// ─────────────────────────────── Broker ───────────────────────────────

/** How to get to a NATS port: an address to dial, or a stream opened through something else. */
export type Route =
  | { readonly kind: 'address'; readonly host: string; readonly port: number }
  | { readonly kind: 'stream'; readonly label: string; open(signal?: AbortSignal): Promise<ByteStream> };

/** Thrown by `BrokerConnector`; kind is refused, timeout, dns, auth, protocol, tls, unreachable… */
export class BrokerError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure, cause?: unknown) {
    super(failure.message, { cause });
    this.name = 'BrokerError';
    this.failure = failure;
  }
}

export interface BrokerInfo {
  readonly serverId: string;
  readonly serverName: string;
  readonly version: string;
  readonly isAuthRequired: boolean;
  readonly maxPayload: number;
  readonly clientId: number;
}

/** One NATS connection. It never reconnects by itself: who owns it resolves the address anew and dials again. */
export interface BrokerSession {
  readonly info: BrokerInfo;
  /** Rejections of a subscription end the session. A subscriber that throws is reported and harms nobody. */
  subscribe(subject: string, onMessage: (subject: string, body: Uint8Array) => void): void;
  publish(subject: string, body: Uint8Array): void;
  /** PING to PONG, milliseconds. Throws `BrokerError` of kind `timeout` when none comes within `timeoutMs`. */
  roundTrip(timeoutMs: number): Promise<number>;
  /** Resolves when the session has ended: with the reason, or with undefined after `close()`. */
  readonly closed: Promise<Failure | undefined>;
  close(): Promise<void>;
}

export interface BrokerConnector {
  /** One attempt, within `timeoutMs`. */
  connect(
    options: { route: Route; token?: string | undefined; name: string; timeoutMs: number },
    signal?: AbortSignal,
  ): Promise<BrokerSession>;
  /** `GET` on the monitoring port, parsed JSON; `path` begins with a slash. */
  monitor(options: { route: Route; path: string; timeoutMs: number }, signal?: AbortSignal): Promise<unknown>;
}

// ─────────────────────────────── Network ──────────────────────────────

/** What the certificate of an API server says, and how it stands to what the kubeconfig asks of it. */
export interface TlsAnswer {
  readonly subject: string;
  readonly issuer: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly names: readonly string[];
  /** What it has to be made out to: `tls-server-name` of the kubeconfig, or else the host of the URL. */
  readonly wantedName: string;
  readonly isMadeOutToIt: boolean;
  /** Why the authority of the kubeconfig does not vouch for it, in words; dates and names are told by themselves. */
  readonly distrust?: string | undefined;
}

/**
 * The way to one API server, step by step, for the ad hoc tests; the steps are those of every request. Each throws
 * `ClusterError` with the kind of failure; kind `proxy` or `proxy-auth` carries the status of the proxy’s answer.
 */
export interface WayProbe {
  /** Host and port of `proxy-url`, never its credentials. */
  readonly proxy: string | undefined;
  /** Addresses of the API server’s name. Not to be asked where a proxy resolves it. */
  resolve(signal: AbortSignal): Promise<readonly string[]>;
  /** Asks the proxy once for a tunnel to the API server; milliseconds it took. */
  askProxy(signal: AbortSignal): Promise<number>;
  /** Opens and closes one TCP connection, through the proxy where there is one; milliseconds it took. */
  dial(signal: AbortSignal): Promise<number>;
  /** Shakes hands without judging the certificate, and gives it. */
  shakeHands(signal: AbortSignal): Promise<TlsAnswer>;
}

/** This machine’s own network. Throws `ClusterError` with the kind of failure. */
export interface NetworkProbe {
  /** Opens and closes one TCP connection; milliseconds it took. */
  dial(host: string, port: number, signal: AbortSignal): Promise<number>;
}

/** The key that seals credentials, as far as it may be told: never the key. */
export interface KeyReport {
  readonly source: 'environment' | 'file';
  /** Of the file. */
  readonly path?: string | undefined;
  /** Of the file, octal: `600`. */
  readonly mode?: string | undefined;
  /** False for a file that is made when the first credential is sealed. */
  readonly isPresent: boolean;
  readonly problem?: { readonly message: string; readonly remedy?: string | undefined } | undefined;
}

/** What only the process can see of its own place, for the ad hoc tests; each throws when it cannot be seen. */
export interface PlaceProbe {
  /** The disk of the data folder. */
  disk(): Promise<{ folder: string; freeBytes: number; totalBytes: number }>;
  key(): KeyReport;
  /** Where it listens; undefined for a process that opens no port. */
  listener(): { host: string; port: number } | undefined;
}

// ────────────────────────────── Database ──────────────────────────────

/** `state.db`: what must not be lost. Small, synchronous in effect, safe against a kill at any moment. */
export interface StateStore {
  /** Reads one document; undefined when there is none. */
  read(collection: string, id: string): Promise<unknown>;
  list(collection: string): Promise<{ id: string; value: unknown }[]>;
  write(collection: string, id: string, value: unknown): Promise<void>;
  remove(collection: string, id: string): Promise<void>;
}

/** What takes the messages of MeshSync that the Broker links receive: parse, batch, store, count. */
export interface Intake {
  /** Never throws and never blocks: a bad message is counted by reason. `clusterUid` is absent until the cluster told it. */
  accept(message: {
    connectionId: string;
    clusterUid: string | undefined;
    subject: string;
    body: Uint8Array;
    receivedAtMs: number;
  }): void;
  /** True while storing is slower than what arrives. What there is no room for is dropped, counted, and asked for again. */
  isBehind(): boolean;
  evidence(connectionId: string, clusterUid: string | undefined): Observation<DatabaseEvidence>;
}

/** Seals credentials at rest. */
export interface Vault {
  /** Throws `ApiError('not-available')` when there is no key. */
  seal(plain: string): Promise<string>;
  open(sealed: string): Promise<string>;
}

/** Controls of the simulated worlds, where there are any. */
export interface SandboxControl {
  readonly worlds: readonly SandboxWorld[];
  readonly faults: readonly SandboxFault[];
  current(): string | undefined;
  injected(): { context: string; fault: string }[];
  /** Its contexts are found by the next `discover()`. Throws `ApiError('not-found')`. */
  enter(world: string): void;
  leave(): void;
  /** True when the kubeconfig changed with it, and must be discovered again. Throws `ApiError('not-found')`. */
  inject(context: string, fault: string): boolean;
  repair(context: string, fault: string): boolean;
}

export interface Ports {
  readonly clock: Clock;
  readonly log: Log;
  readonly kubeconfigs: KubeconfigSource;
  readonly brokers: BrokerConnector;
  /** Absent in a browser, which cannot dial. */
  readonly network?: NetworkProbe | undefined;
  /** Absent in a browser, which has neither disk nor port. */
  readonly place?: PlaceProbe | undefined;
  readonly state: StateStore;
  /** Absent where there is no database (it could not be opened, for instance). */
  readonly intake?: Intake | undefined;
  readonly sandbox?: SandboxControl | undefined;
  readonly environment: {
    readonly version: string;
    readonly runtime: string;
    /** The server runs in a pod; `kube-system` of that cluster decides whether it is the same. */
    readonly isInCluster: boolean;
    readonly isOffline: boolean;
    /** Names to try for the Docker host, in order; empty in a browser. */
    readonly dockerHosts: readonly string[];
    /** Event-loop delay p99 of the last minute and resident memory. */
    vitals(): { eventLoopDelayMs: number; memoryMb: number };
  };
}
