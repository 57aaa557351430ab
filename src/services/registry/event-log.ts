import { Event } from '../../api/event.ts';
import { failureOf } from '../failure.ts';
import type { Clock, Log, StateStore } from '../ports.ts';
import { ENDED, isoTime, rest } from '../timing.ts';

const KEPT = 2000;
const COLLECTION = 'events';
/** Events come in bursts; one write a second of all that is new is enough. */
const FLUSH_AFTER_MS = 1000;

export type NewEvent = Omit<Event, 'id' | 'at' | 'isRead'>;

/** The last two thousand things that happened, newest first; kept over restarts. */
export class EventLog {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #state: StateStore;
  readonly #closing = new AbortController();
  readonly #unsaved = new Set<string>();
  readonly #unremoved = new Set<string>();
  #events: Event[] = [];
  #isFlushDue = false;
  #version = 0;
  #problem: string | undefined;

  constructor(options: { clock: Clock; log: Log; state: StateStore }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#state = options.state;
  }

  /** Reads what was kept; a document that is none of ours any more is left out. */
  async load(): Promise<void> {
    try {
      const kept = await this.#state.list(COLLECTION);
      const events = kept.flatMap(({ value }) => {
        const parsed = Event.safeParse(value);
        return parsed.success ? [parsed.data] : [];
      });
      this.#events = events.toSorted((a, b) => b.at.localeCompare(a.at)).slice(0, KEPT);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Writes what is not written yet; nothing is accepted for writing afterwards. */
  async close(): Promise<void> {
    this.#closing.abort(ENDED);
    await this.#flush();
  }

  add(event: NewEvent): void {
    const made: Event = { ...event, id: this.#clock.uuid(), at: isoTime(this.#clock.now()), isRead: false };
    this.#events.unshift(made);
    this.#unsaved.add(made.id);
    for (const old of this.#events.splice(KEPT)) {
      this.#unsaved.delete(old.id);
      this.#unremoved.add(old.id);
    }
    this.#changed();
  }

  /** Newest first. */
  list(): readonly Event[] {
    return this.#events;
  }

  version(): number {
    return this.#version;
  }

  /** Why the log is not kept at present, in a sentence. */
  problem(): string | undefined {
    return this.#problem;
  }

  /** Marks as read the events named, or all up to a time; gives how many were unread. */
  markRead(which: { ids?: readonly string[] | undefined; upToAt?: string | undefined }): number {
    const ids = which.ids === undefined ? undefined : new Set(which.ids);
    const upToMs = which.upToAt === undefined ? Infinity : Date.parse(which.upToAt);
    let read = 0;
    this.#events = this.#events.map((event) => {
      const isMeant = ids === undefined ? Date.parse(event.at) <= upToMs : ids.has(event.id);
      if (!isMeant || event.isRead) return event;
      read += 1;
      this.#unsaved.add(event.id);
      return { ...event, isRead: true };
    });
    if (read > 0) this.#changed();
    return read;
  }

  #changed(): void {
    this.#version += 1;
    if (this.#isFlushDue || this.#closing.signal.aborted) return;
    this.#isFlushDue = true;
    void rest(this.#clock, FLUSH_AFTER_MS, this.#closing.signal).then((isDue) => {
      this.#isFlushDue = false;
      return isDue ? this.#flush() : undefined;
    });
  }

  async #flush(): Promise<void> {
    const unsaved = new Set(this.#unsaved);
    const unremoved = [...this.#unremoved];
    this.#unsaved.clear();
    this.#unremoved.clear();
    try {
      const events = this.#events.filter((event) => unsaved.has(event.id));
      await Promise.all(events.map((event) => this.#state.write(COLLECTION, event.id, event)));
      await Promise.all(unremoved.map((id) => this.#state.remove(COLLECTION, id)));
      this.#problem = undefined;
    } catch (error) {
      for (const id of unsaved) this.#unsaved.add(id);
      for (const id of unremoved) this.#unremoved.add(id);
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const reason = failureOf(error).message;
    this.#problem = `Events are not being kept: ${reason}`;
    this.#log.error({ reason }, 'events could not be kept');
  }
}
