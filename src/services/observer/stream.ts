import type { Failure, Observation, Stream as StreamStatus } from '../../api/evidence.ts';
import { failureOf } from '../failure.ts';
import {
  backoffMs,
  ENDED,
  isoTime,
  jittered,
  linkedController,
  rest,
  Wake,
  withDeadline,
  Waiters,
} from '../timing.ts';

import { Ledger } from './ledger.ts';
import type { Entry } from './ledger.ts';
import { keyOf, late, readPages } from './pages.ts';
import type { StreamHost, StreamSpec } from './stream-spec.ts';

const LIST_TIMEOUT_MS = 5000;
const AUDIT_TIMEOUT_MS = 2000;
/** How long a watch may lag behind a list before it counts as silent. */
const SILENCE_MS = 1200;
const FORBIDDEN_RETRY_MS = 1500;
const NOT_SERVED_RETRY_MS = 2000;
const UNAUTHORIZED_RETRY_MS = 24 * 3600 * 1000;
/** A watch that ends sooner than this is opened again with a pause, so that a broken proxy is not hammered. */
const SHORT_WATCH_MS = 1000;

/**
 * One list and its watch, with the proof that the watch still tells the truth: every few seconds a metadata-only list
 * is compared with what the watch has delivered. A watch that is merely open proves nothing (a proxy may hold it open
 * over a dead connection), and bookmarks come once a minute at best.
 */
export class ObjectStream<T> {
  readonly name: string;
  readonly #spec: StreamSpec<T>;
  readonly #host: StreamHost;
  readonly #closing = new AbortController();
  readonly #retry: Wake;
  readonly #auditNow: Wake;
  readonly #resumed: Wake;
  readonly #ledger: Ledger<T>;
  readonly #waiting = new Waiters();
  #cycle = new AbortController();
  #restartFailure: Failure | undefined;
  #isPaused = false;
  #state: StreamStatus['state'] = 'starting';
  #sinceMs: number;
  #provenMs: number | undefined;
  /** Looks are numbered, so that who asks for a proof can tell a new one from one that was under way. */
  #looks = 0;
  #decidedLook = 0;
  #failedMs: number | undefined;
  #failure: Failure | undefined;
  #attempts = 0;
  #version = '';
  /** What was last given out, until something changes: a thousand connections are read far more often than they move. */
  #status: StreamStatus | undefined;
  #observation: Observation<T[]> | undefined;

  constructor(spec: StreamSpec<T>, host: StreamHost) {
    this.name = spec.name;
    this.#spec = spec;
    this.#host = host;
    this.#ledger = new Ledger(spec, host.log);
    this.#sinceMs = host.clock.now();
    this.#retry = new Wake(host.clock);
    this.#auditNow = new Wake(host.clock);
    this.#resumed = new Wake(host.clock);
  }

  /** Starts watching; the stream runs until `close`. */
  start(): void {
    void this.#run(this.#closing.signal);
  }

  close(): void {
    this.#closing.abort(ENDED);
    this.#cycle.abort(ENDED);
    this.#waiting.settle();
  }

  /** Stops asking while the API server is known to be away. */
  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#cycle.abort(ENDED);
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#attempts = 0;
    this.#resumed.ring();
    this.#retry.ring();
  }

  status(): StreamStatus {
    this.#status ??= {
      name: this.name,
      state: this.#state,
      sinceAt: isoTime(this.#sinceMs),
      ...(this.#provenMs === undefined ? {} : { provenAt: isoTime(this.#provenMs) }),
      attempts: this.#attempts,
      objects: this.#ledger.size(),
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    };
    return this.#status;
  }

  observation(): Observation<T[]> {
    this.#observation ??= this.#observe();
    return this.#observation;
  }

  #observe(): Observation<T[]> {
    if (this.#failure !== undefined) {
      return {
        status: 'failed',
        failure: this.#failure,
        failedAt: isoTime(this.#failedMs ?? this.#sinceMs),
        ...(this.#provenMs === undefined
          ? {}
          : { lastValue: this.values(), lastSeenAt: isoTime(this.#provenMs) }),
      };
    }
    if (this.#provenMs === undefined) return { status: 'pending' };
    return { status: 'seen', value: this.values(), seenAt: isoTime(this.#provenMs) };
  }

  /** The projections held now, whatever they are worth. */
  values(): T[] {
    return this.#ledger.values();
  }

  /** Proves the stream again, or tries it again now. True when it was proven after the call. */
  async prove(signal: AbortSignal): Promise<boolean> {
    const before = this.#looks;
    const isOver = () => this.#closing.signal.aborted || signal.aborted || this.#decidedLook > before;
    this.#retry.ring();
    this.#auditNow.ring();
    while (!isOver()) {
      await this.#waiting.next(signal);
    }
    return this.#failure === undefined && this.#decidedLook > before;
  }

  async #run(signal: AbortSignal): Promise<void> {
    let mustList = true;
    while (!signal.aborted) {
      if (this.#isPaused) {
        await this.#resumed.sleep(UNAUTHORIZED_RETRY_MS, signal);
        continue;
      }
      const { controller, release } = linkedController(signal);
      this.#cycle = controller;
      this.#restartFailure = undefined;
      const startedMs = this.#host.clock.now();
      let failure: Failure | undefined;
      let isWatching = false;
      try {
        if (mustList) await this.#list(controller.signal);
        isWatching = true;
        await this.#watch(controller.signal);
        mustList = false;
      } catch (error) {
        failure = failureOf(error);
      }
      release();
      if (controller.signal.aborted) {
        failure = this.#restartFailure;
        isWatching = false;
        mustList = true;
      }
      if (signal.aborted) return;
      if (failure !== undefined) {
        mustList = true;
        await this.#recover(failure, isWatching, signal);
      } else if (!this.#isPaused && this.#host.clock.now() - startedMs < SHORT_WATCH_MS) {
        await rest(this.#host.clock, jittered(this.#host.clock, SHORT_WATCH_MS / 2), signal);
      }
      controller.abort(ENDED);
    }
  }

  /** Says what is wrong and waits for as long as that kind of trouble deserves. */
  async #recover(failure: Failure, isWatchBroken: boolean, signal: AbortSignal): Promise<void> {
    const { clock } = this.#host;
    if (this.#isPaused) return;
    switch (failure.kind) {
      case 'expired':
        // Too old a version is the API server's ordinary way to ask for a new list; nothing is wrong.
        return;
      case 'not-found':
        // The kind is not served (any more), so there are no such objects: a fact, not a failure.
        this.#replace(new Map(), clock.now(), ++this.#looks);
        await this.#retry.sleep(jittered(clock, NOT_SERVED_RETRY_MS), signal);
        return;
      case 'forbidden': {
        this.#fail('stopped', this.#withPermission(failure));
        await this.#untilPermitted(signal);
        return;
      }
      case 'unauthorized':
        this.#fail('stopped', failure);
        void this.#host.onTrouble(signal);
        await this.#retry.sleep(UNAUTHORIZED_RETRY_MS, signal);
        return;
      default:
        this.#attempts += 1;
        if (isWatchBroken && this.#attempts === 1) {
          // Load balancers cut long requests as a matter of course; only a list that fails too makes it a failure.
          this.#enter('retrying');
          void this.#host.onTrouble(signal);
          await this.#retry.sleep(jittered(clock, 100), signal);
          return;
        }
        // With the API server itself away every stream fails alike, and that is told once, not stream by stream.
        if (failure.kind !== 'silent') await this.#host.onTrouble(signal);
        if (this.#isPaused || signal.aborted) return;
        this.#fail(failure.kind === 'silent' ? 'silent' : 'retrying', failure);
        await this.#retry.sleep(backoffMs(clock, this.#attempts, 400, 30_000), signal);
    }
  }

  #withPermission(failure: Failure): Failure {
    const { kind, options } = this.#spec;
    const permission = failure.permission ?? {
      verb: 'list',
      group: kind.group,
      resource: kind.plural,
      ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
    };
    return { ...failure, permission };
  }

  /** Asks for a single object until it is allowed: a permission given back is seen within two seconds. */
  async #untilPermitted(signal: AbortSignal): Promise<void> {
    const { clock, api, auditMs } = this.#host;
    while (!signal.aborted && !this.#isPaused) {
      await this.#retry.sleep(jittered(clock, Math.max(FORBIDDEN_RETRY_MS, auditMs() / 3)), signal);
      if (signal.aborted || this.#isPaused) return;
      const look = ++this.#looks;
      try {
        await withDeadline(
          clock,
          AUDIT_TIMEOUT_MS,
          signal,
          (inner) =>
            api.list(this.#spec.kind, { ...this.#spec.options, limit: 1, isMetadataOnly: true }, inner),
          () => late(this.name),
        );
        return;
      } catch (error) {
        const failure = failureOf(error);
        if (failure.kind !== 'forbidden') return;
        // Still forbidden: the moment it was last refused answers whoever asked for a proof.
        this.#failedMs = clock.now();
        this.#forget();
        this.#decide(look);
      }
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const startedMs = this.#host.clock.now();
    const look = ++this.#looks;
    const listed = new Map<string, Entry<T>>();
    this.#version = await readPages(
      this.#spec,
      this.#host,
      { isMetadataOnly: false, timeoutMs: LIST_TIMEOUT_MS },
      signal,
      (object) => {
        listed.set(keyOf(object.metadata), this.#ledger.entry(object));
      },
    );
    if (signal.aborted) return;
    this.#replace(listed, startedMs, look);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { clock, api } = this.#host;
    const { kind, options, isTracked } = this.#spec;
    let stop = () => {};
    const aborted = new Promise<void>((resolve) => {
      stop = resolve;
      signal.addEventListener('abort', stop, { once: true });
    });
    const auditing = linkedController(signal);
    void this.#auditForever(auditing.controller.signal);
    try {
      // The race lets go of a watch whose adapter cannot end it.
      await Promise.race([
        aborted,
        api.watch(
          kind,
          {
            ...options,
            resourceVersion: this.#version,
            timeoutSeconds: Math.round(300 + 240 * clock.random()),
          },
          (event) => {
            if (signal.aborted) return;
            if (event.type === 'BOOKMARK') {
              this.#version = event.resourceVersion;
              return;
            }
            const { metadata } = event.object;
            this.#version = metadata.resourceVersion ?? this.#version;
            if (!(isTracked?.(metadata) ?? true)) return;
            this.#ledger.take(event.type, event.object);
            this.#forget();
            this.#host.onChange();
          },
          signal,
        ),
      ]);
    } finally {
      signal.removeEventListener('abort', stop);
      auditing.release();
      auditing.controller.abort(ENDED);
    }
  }

  async #auditForever(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#auditNow.sleep(jittered(this.#host.clock, this.#host.auditMs()), signal);
      if (signal.aborted) return;
      const failure = await this.#audit(signal);
      if (signal.aborted) return;
      if (failure === undefined) continue;
      this.#restartFailure = failure;
      this.#cycle.abort(ENDED);
    }
  }

  /** Compares the watch with a list; gives what is wrong with it, if anything. */
  async #audit(signal: AbortSignal): Promise<Failure | undefined> {
    const { clock } = this.#host;
    const startedMs = clock.now();
    const look = ++this.#looks;
    this.#ledger.beginAudit();
    const listed = new Map<string, string>();
    try {
      await readPages(
        this.#spec,
        this.#host,
        { isMetadataOnly: true, timeoutMs: AUDIT_TIMEOUT_MS },
        signal,
        (object) => {
          listed.set(keyOf(object.metadata), object.metadata.resourceVersion ?? '');
        },
      );
    } catch (error) {
      return failureOf(error);
    }
    if (this.#ledger.missed(listed).length > 0) {
      if (!(await rest(clock, SILENCE_MS, signal))) return undefined;
      const missed = this.#ledger.missed(listed);
      if (missed.length > 0) {
        this.#host.log.warn({ stream: this.name, missed: missed.length }, 'watch is silent');
        return {
          kind: 'silent',
          message: `The watch of ${this.name} stopped telling of changes (${missed.length} missed); it is being restarted.`,
        };
      }
    }
    this.#prove(startedMs, look);
    return undefined;
  }

  #replace(entries: ReadonlyMap<string, Entry<T>>, atMs: number, look: number): void {
    this.#ledger.replace(entries);
    this.#forget();
    this.#prove(atMs, look);
    this.#host.onChange();
  }

  #prove(atMs: number, look: number): void {
    const wasLive = this.#state === 'live' && this.#failure === undefined;
    this.#provenMs = atMs;
    this.#failure = undefined;
    this.#failedMs = undefined;
    // The second proof in a row ends the back-off; the first is only the list that a restart begins with.
    if (this.#state === 'live') this.#attempts = 0;
    else this.#enter('live');
    this.#status = undefined;
    this.#observation = undefined;
    this.#decide(look);
    if (wasLive) this.#host.onProof();
    else this.#host.onChange();
  }

  #fail(state: StreamStatus['state'], failure: Failure): void {
    this.#failure = failure;
    this.#failedMs = this.#host.clock.now();
    if (this.#state !== state) this.#enter(state);
    this.#forget();
    this.#decide(++this.#looks);
    this.#host.onChange();
  }

  #enter(state: StreamStatus['state']): void {
    this.#state = state;
    this.#sinceMs = this.#host.clock.now();
    this.#status = undefined;
  }

  #forget(): void {
    this.#status = undefined;
    this.#observation = undefined;
  }

  #decide(look: number): void {
    this.#decidedLook = Math.max(this.#decidedLook, look);
    this.#waiting.settle();
  }
}
