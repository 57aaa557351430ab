import type { DatabaseProblem, IntakeCounters, RejectedMessages } from '../../api/database.ts';
import type { DatabaseEvidence, Observation } from '../../api/evidence.ts';
import type { Clock, Intake, Log } from '../ports.ts';
import { isoTime } from '../timing.ts';
import { addCounters, ConnectionCounters, zeroCounters } from './counters.ts';
import { MessageBatch } from './message-batch.ts';
import { StoreError, type ResourceStore } from './store.ts';

type IncomingMessage = Parameters<Intake['accept']>[0];

/** Problems of the file itself. */
const DAMAGED: ReadonlySet<DatabaseProblem['kind']> = new Set(['corrupt', 'not-a-database', 'removed']);
/** Messages of one transaction at most: fewer commits write the same pages less often. It never waits to fill one. */
const BATCH_MESSAGES = 2000;
const BATCH_BYTES = 8 * 1024 * 1024;
/** While one batch is written the next is on its way. */
const MAX_IN_FLIGHT = 2;
/** Beyond these it is behind, which the page says; below half of them not any more. */
const BEHIND_MESSAGES = 20_000;
const BEHIND_BYTES = 64 * 1024 * 1024;
/** Beyond these what arrives is dropped, counted, and asked for again. */
const FULL_MESSAGES = 100_000;
const FULL_BYTES = 256 * 1024 * 1024;

/**
 * Takes what the Broker links receive, hands it to the store in batches, and counts. Memory is bounded: when the store
 * falls behind, `isBehind` says so; when that does not help, the newest are dropped and a re-sync is due.
 */
export class DataIntake implements Intake {
  readonly #store: ResourceStore;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #log: Log;
  readonly #connections = new Map<string, ConnectionCounters>();
  readonly #taps = new Set<(message: IncomingMessage) => void>();
  readonly #inFlight = new Set<Promise<void>>();
  /** Only the last has room for more. */
  #waiting: MessageBatch[] = [];
  #waitingMessages = 0;
  #waitingBytes = 0;
  #isBehind = false;
  #isPaused = false;
  #isPumpDue = false;
  #onLossMended: (connectionIds: readonly string[]) => void = () => undefined;

  constructor(options: { store: ResourceStore; clock: Pick<Clock, 'now'>; log: Log }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  accept(message: IncomingMessage): void {
    const counters = this.#countersOf(message.connectionId);
    counters.received(message.body.length, message.receivedAtMs);
    for (const tap of this.#taps) tap(message);
    if (this.#waitingMessages >= FULL_MESSAGES || this.#waitingBytes + message.body.length > FULL_BYTES) {
      counters.dropped(1, message.receivedAtMs);
      return;
    }
    this.#batchFor(message.body.length).add(message);
    this.#waitingMessages += 1;
    this.#waitingBytes += message.body.length;
    this.#judgePressure();
    this.#schedule();
  }

  isBehind(): boolean {
    return this.#isBehind;
  }

  isPaused(): boolean {
    return this.#isPaused;
  }

  evidence(connectionId: string, clusterUid: string | undefined): Observation<DatabaseEvidence> {
    const now = this.#clock.now();
    const state = this.#store.state();
    const counters = this.#connections.get(connectionId);
    const lastWriteAtMs = clusterUid === undefined ? undefined : state.lastWriteAtMsByCluster[clusterUid];
    const value: DatabaseEvidence = {
      rows: clusterUid === undefined ? 0 : (state.rowsByCluster[clusterUid] ?? 0),
      ...(lastWriteAtMs === undefined ? {} : { lastWriteAt: isoTime(lastWriteAtMs) }),
      isBehind: this.#isBehind,
      rejected: counters?.rejectedSinceResync() ?? 0,
    };
    const { problem } = state;
    if (problem !== undefined) {
      // Only a reset mends a file that is of no use any more.
      const isDamaged = DAMAGED.has(problem.kind);
      const message = `${problem.message} ${problem.remedy}`;
      const failure = { kind: isDamaged ? ('damaged' as const) : ('unavailable' as const), message };
      return { status: 'failed', failure, failedAt: problem.at };
    }
    return clusterUid === undefined ? { status: 'pending' } : { status: 'seen', value, seenAt: isoTime(now) };
  }

  /** Calls `listener` with every message as it arrives, before it is queued. Gives the way to stop it. */
  tap(listener: (message: IncomingMessage) => void): () => void {
    this.#taps.add(listener);
    return () => this.#taps.delete(listener);
  }

  /** Called when the store works again and something was lost meanwhile: MeshSync must be asked for everything. */
  onLossMended(listener: (connectionIds: readonly string[]) => void): void {
    this.#onLossMended = listener;
  }

  /** MeshSync was asked for everything: what was lost comes back. */
  resyncAsked(connectionId: string, askedAtMs: number): void {
    this.#connections.get(connectionId)?.resyncAsked(askedAtMs);
  }

  counters(connectionId: string): ConnectionCounters {
    return this.#countersOf(connectionId);
  }

  /** Forgets a connection that is gone. */
  forget(connectionId: string): void {
    this.#connections.delete(connectionId);
  }

  totals(): {
    counters: IntakeCounters;
    rejected: RejectedMessages[];
    waiting: number;
    oldestWaitingAtMs: number | undefined;
  } {
    const rejected = new Map<string, RejectedMessages>();
    let counters = zeroCounters();
    for (const connection of this.#connections.values()) {
      counters = addCounters(counters, connection.totals);
      for (const { reason, count, samples } of connection.rejected()) {
        const known = rejected.get(reason) ?? { reason, count: 0, samples: [] };
        rejected.set(reason, {
          reason,
          count: known.count + count,
          samples: [...known.samples, ...samples].slice(0, 5),
        });
      }
    }
    return {
      counters,
      rejected: [...rejected.values()],
      waiting: this.#waitingMessages,
      oldestWaitingAtMs: this.#waiting[0]?.firstAtMs,
    };
  }

  /** Messages wait from now on; resolves when nothing is being written any more. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    await Promise.all(this.#inFlight);
  }

  resume(): void {
    this.#isPaused = false;
    this.#schedule();
  }

  /** Resolves when everything that has arrived so far is stored or counted as lost. */
  async drained(): Promise<void> {
    while (!this.#isPaused && (this.#waiting.length > 0 || this.#inFlight.size > 0)) {
      this.#pump();
      await Promise.all(this.#inFlight);
    }
  }

  /** In a microtask, so that all messages of one packet of the network go together. */
  #schedule(): void {
    if (this.#isPumpDue || this.#isPaused) return;
    this.#isPumpDue = true;
    queueMicrotask(() => {
      this.#isPumpDue = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (!this.#isPaused && this.#inFlight.size < MAX_IN_FLIGHT) {
      const batch = this.#takeBatch();
      if (batch === undefined) return;
      const write = this.#write(batch);
      this.#inFlight.add(write);
      void write.finally(() => {
        this.#inFlight.delete(write);
        this.#schedule();
      });
    }
  }

  #batchFor(bytes: number): MessageBatch {
    const last = this.#waiting.at(-1);
    if (last !== undefined && last.length < BATCH_MESSAGES && last.bytes + bytes <= BATCH_BYTES) return last;
    const batch = new MessageBatch();
    this.#waiting.push(batch);
    return batch;
  }

  #takeBatch(): MessageBatch | undefined {
    const batch = this.#waiting.shift();
    if (batch === undefined) return undefined;
    this.#waitingMessages -= batch.length;
    this.#waitingBytes -= batch.bytes;
    this.#judgePressure();
    return batch;
  }

  async #write(batch: MessageBatch): Promise<void> {
    const firstAtMs = batch.firstAtMs ?? this.#clock.now();
    try {
      const report = await this.#store.accept(batch);
      const now = this.#clock.now();
      for (const connection of report.connections) {
        this.#countersOf(connection.connectionId).stored(connection, Math.max(0, now - firstAtMs), now);
      }
      this.#mendLoss();
    } catch (error) {
      this.#lose(batch, error);
    }
  }

  #lose(batch: MessageBatch, error: unknown): void {
    const now = this.#clock.now();
    for (const { connectionId, messages } of batch.senders)
      this.#countersOf(connectionId).dropped(messages, now);
    const kind = error instanceof StoreError ? error.problem.kind : 'other';
    const cause =
      error instanceof StoreError && error.cause instanceof Error ? error.cause.message : String(error);
    this.#log.warn({ problem: kind, messages: batch.length, cause }, 'messages could not be stored');
  }

  /** Only once the queue is empty: a re-sync while it overflows would make it worse. */
  #mendLoss(): void {
    if (this.#waiting.length > 0) return;
    const lost = [...this.#connections]
      .filter(([, counters]) => counters.needsResync)
      .map(([connectionId]) => connectionId);
    if (lost.length > 0) this.#onLossMended(lost);
  }

  #judgePressure(): void {
    const share = Math.max(this.#waitingMessages / BEHIND_MESSAGES, this.#waitingBytes / BEHIND_BYTES);
    if (share >= 1) this.#isBehind = true;
    else if (share < 0.5) this.#isBehind = false;
  }

  #countersOf(connectionId: string): ConnectionCounters {
    let counters = this.#connections.get(connectionId);
    if (counters === undefined) {
      counters = new ConnectionCounters(this.#clock.now());
      this.#connections.set(connectionId, counters);
    }
    return counters;
  }
}
