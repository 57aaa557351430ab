import type { IntakeCounters, RejectedMessages } from '../../api/database.ts';
import type { KindFreshness } from '../../api/resource.ts';
import type { ConnectionReport } from './store.ts';
import { RateHistory, STEP_SECONDS } from './rate-history.ts';

const SAMPLES = 5;
const RECENT_SECONDS = 60;
/** What is told of rates changes in such steps, and looks back so far at most: this minute and the one before. */
export const RATE_STEP_MS = STEP_SECONDS * 1000;
export const RATE_WINDOW_MS = 2 * RECENT_SECONDS * 1000;
/** That a full copy was asked for is noticed within this time. */
const MARKS_KEPT_MS = 10_000;
const MARK_MS = 250;

interface KindCounter {
  messages: number;
  lastMessageAtMs: number;
  /** Of the minute that is being counted, and the one before it. */
  minute: number;
  inMinute: number;
  inMinuteBefore: number;
}

/** All that is counted of one connection since the server started. */
export class ConnectionCounters {
  readonly history: RateHistory;
  readonly totals: IntakeCounters = zeroCounters();
  /** Something was lost, and MeshSync has not been asked for everything since. */
  needsResync = false;
  lastMessageAtMs: number | undefined;
  lastStoredAtMs: number | undefined;
  meshsyncVersion: string | undefined;
  /** How many had been rejected before a moment of the last seconds. */
  #marks: { atMs: number; rejected: number }[] = [];
  #rejectedBeforeResync = 0;
  readonly #rejected = new Map<string, { count: number; samples: string[] }>();
  readonly #kinds = new Map<string, KindCounter>();

  constructor(nowMs: number) {
    this.history = new RateHistory(nowMs);
  }

  received(bytes: number, atMs: number): void {
    this.totals.received += 1;
    this.totals.receivedBytes += bytes;
    this.lastMessageAtMs = atMs;
    this.history.addMessage(atMs, bytes);
  }

  /** Lost, not stored: the next re-sync must bring it back. */
  dropped(messages: number, atMs: number): void {
    this.totals.dropped += messages;
    this.needsResync = true;
    this.history.add(atMs, { errors: messages });
  }

  /** @param tookMs from the arrival of the first message of the batch until it was stored */
  stored(report: ConnectionReport, tookMs: number, atMs: number): void {
    this.totals.stored += report.stored;
    this.totals.deleted += report.deleted;
    this.totals.unchanged += report.unchanged;
    this.totals.ignored += report.ignored;
    this.totals.rejected += report.rejected.length;
    if (report.rejected.length > 0) this.#mark(atMs);
    if (report.meshsyncVersion !== undefined) this.meshsyncVersion = report.meshsyncVersion;
    if (report.stored + report.deleted + report.unchanged > 0) this.lastStoredAtMs = atMs;
    this.history.add(atMs, { errors: report.rejected.length, storeMs: tookMs, batches: 1 });
    for (const { reason, sample } of report.rejected) this.#reject(reason, sample);
    for (const [kind, count] of Object.entries(report.kinds)) this.#countKind(kind, count, atMs);
  }

  /** A full copy was asked for: it makes good what was rejected before that moment, and nothing of what came after. */
  resyncAsked(askedAtMs: number): void {
    this.needsResync = false;
    const before = this.#marks.findLast(({ atMs }) => atMs <= askedAtMs);
    if (before !== undefined) this.#rejectedBeforeResync = before.rejected;
  }

  rejectedSinceResync(): number {
    return this.totals.rejected - this.#rejectedBeforeResync;
  }

  rejected(): RejectedMessages[] {
    return [...this.#rejected]
      .map(([reason, { count, samples }]) => ({ reason, count, samples: [...samples] }))
      .toSorted((one, other) => other.count - one.count);
  }

  kinds(rowsByKind: ReadonlyMap<string, number>, nowMs: number): KindFreshness[] {
    const kinds = new Set([...this.#kinds.keys(), ...rowsByKind.keys()]);
    return [...kinds].toSorted().map((kind) => {
      const counter = this.#kinds.get(kind);
      return {
        kind,
        rows: rowsByKind.get(kind) ?? 0,
        messages: counter?.messages ?? 0,
        ...(counter === undefined ? {} : { lastMessageAt: new Date(counter.lastMessageAtMs).toISOString() }),
        ratePerSecond: counter === undefined ? 0 : rateOf(counter, nowMs),
      };
    });
  }

  #mark(nowMs: number): void {
    const atMs = Math.ceil((nowMs + 1) / MARK_MS) * MARK_MS;
    const older = this.#marks.filter((mark) => mark.atMs < atMs);
    const recent = older.filter((mark) => atMs - mark.atMs < MARKS_KEPT_MS);
    const kept = recent.length === 0 ? older.slice(-1) : recent;
    this.#marks = [...kept, { atMs, rejected: this.totals.rejected }];
  }

  #reject(reason: string, sample: string): void {
    const entry = this.#rejected.get(reason) ?? { count: 0, samples: [] };
    entry.count += 1;
    if (sample !== '') entry.samples = [sample, ...entry.samples].slice(0, SAMPLES);
    this.#rejected.set(reason, entry);
  }

  #countKind(kind: string, count: number, atMs: number): void {
    const minute = minuteOf(atMs);
    const counter = this.#kinds.get(kind) ?? {
      messages: 0,
      lastMessageAtMs: atMs,
      minute,
      inMinute: 0,
      inMinuteBefore: 0,
    };
    if (counter.minute !== minute) {
      counter.inMinuteBefore = counter.minute === minute - 1 ? counter.inMinute : 0;
      counter.inMinute = 0;
      counter.minute = minute;
    }
    counter.messages += count;
    counter.inMinute += count;
    counter.lastMessageAtMs = atMs;
    this.#kinds.set(kind, counter);
  }
}

export function zeroCounters(): IntakeCounters {
  return {
    received: 0,
    receivedBytes: 0,
    stored: 0,
    deleted: 0,
    unchanged: 0,
    ignored: 0,
    rejected: 0,
    dropped: 0,
  };
}

export function addCounters(sum: IntakeCounters, more: IntakeCounters): IntakeCounters {
  return {
    received: sum.received + more.received,
    receivedBytes: sum.receivedBytes + more.receivedBytes,
    stored: sum.stored + more.stored,
    deleted: sum.deleted + more.deleted,
    unchanged: sum.unchanged + more.unchanged,
    ignored: sum.ignored + more.ignored,
    rejected: sum.rejected + more.rejected,
    dropped: sum.dropped + more.dropped,
  };
}

function minuteOf(atMs: number): number {
  return Math.floor(atMs / (RECENT_SECONDS * 1000));
}

/** Of the last sixty seconds: all of this minute, and of the one before the part that is that recent. */
function rateOf(counter: KindCounter, nowMs: number): number {
  const minute = minuteOf(nowMs);
  const intoMinute = (Math.floor(nowMs / RATE_STEP_MS) * STEP_SECONDS) % RECENT_SECONDS;
  const part = 1 - intoMinute / RECENT_SECONDS;
  const [current, before] =
    counter.minute === minute
      ? [counter.inMinute, counter.inMinuteBefore]
      : [0, counter.minute === minute - 1 ? counter.inMinute : 0];
  return Math.round(((current + before * part) / RECENT_SECONDS) * 100) / 100;
}
