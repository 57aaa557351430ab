import type { ApiServer, Failure, Observation } from '../../api/evidence.ts';
import type { z } from 'zod';
import { failureOf } from '../failure.ts';
import { ClusterError } from '../ports.ts';
import type { Clock, ClusterApi } from '../ports.ts';
import { backoffMs, ENDED, isoTime, jittered, Wake, withDeadline, Waiters } from '../timing.ts';

type ApiServerSeen = z.infer<typeof ApiServer>;

const PROBE_TIMEOUT_MS = 2500;
/** A refused probe is asked once more after this: one dropped connection is not a dead API server. */
const SECOND_LOOK_MS = 300;
const VERSION_AGE_MS = 60_000;
/** Somebody who has just mended a cluster looks at the page and waits; one small request in five seconds is cheap. */
const LONGEST_WAIT_MS = 5000;
const UNAUTHORIZED_RETRY_MS = 24 * 3600 * 1000;

/**
 * Asks `/readyz` about every two seconds, so that a dead API server is known within five: two seconds of waiting and
 * two and a half of its own limit. Costs half a request a second and connection.
 */
export class ApiProbe {
  readonly #clock: Clock;
  readonly #api: ClusterApi;
  readonly #intervalMs: () => number;
  readonly #onChange: (isReachable: boolean) => void;
  readonly #closing = new AbortController();
  readonly #wake: Wake;
  readonly #waiting = new Waiters();
  #observation: Observation<ApiServerSeen> = { status: 'pending' };
  #nextTryMs: number | undefined;
  #attempts = 0;
  #version: { text: string; readMs: number } | undefined;
  #begun = 0;
  #ended = 0;

  constructor(options: {
    clock: Clock;
    api: ClusterApi;
    intervalMs: () => number;
    onChange: (isReachable: boolean) => void;
  }) {
    this.#clock = options.clock;
    this.#api = options.api;
    this.#intervalMs = options.intervalMs;
    this.#onChange = options.onChange;
    this.#wake = new Wake(options.clock);
  }

  start(): void {
    void this.#run(this.#closing.signal);
  }

  close(): void {
    this.#closing.abort(ENDED);
    this.#waiting.settle();
  }

  observation(): Observation<ApiServerSeen> {
    return this.#observation;
  }

  nextTryMs(): number | undefined {
    return this.#nextTryMs;
  }

  /** Looks now and resolves when a probe that began after the call has ended. */
  async prove(signal: AbortSignal): Promise<boolean> {
    // The look under way may have begun before the call, so it does not count.
    const before = this.#begun;
    while (this.#ended <= before && !signal.aborted && !this.#closing.signal.aborted) {
      this.#wake.ring();
      await this.#waiting.next(signal);
    }
    return this.#observation.status === 'seen';
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const look = ++this.#begun;
      const failure = await this.#look(signal);
      if (signal.aborted) return;
      let waitMs = jittered(this.#clock, this.#intervalMs());
      if (failure === undefined) {
        this.#attempts = 0;
        this.#nextTryMs = undefined;
      } else {
        this.#attempts += 1;
        waitMs =
          failure.kind === 'unauthorized'
            ? UNAUTHORIZED_RETRY_MS
            : backoffMs(this.#clock, this.#attempts, 1000, Math.max(LONGEST_WAIT_MS, 2 * this.#intervalMs()));
        this.#nextTryMs = failure.kind === 'unauthorized' ? undefined : this.#clock.now() + waitMs;
      }
      this.#ended = look;
      this.#onChange(failure === undefined);
      this.#waiting.settle();
      await this.#wake.sleep(waitMs, signal);
    }
  }

  async #look(signal: AbortSignal): Promise<Failure | undefined> {
    let failure: Failure | undefined;
    for (const isLastLook of [false, true]) {
      try {
        const value = await withDeadline(
          this.#clock,
          PROBE_TIMEOUT_MS,
          signal,
          (inner) => this.#ask(inner),
          () =>
            new ClusterError({
              kind: 'timeout',
              message: 'The API server did not answer within 2.5 seconds.',
            }),
        );
        this.#observation = { status: 'seen', value, seenAt: isoTime(this.#clock.now()) };
        return undefined;
      } catch (error) {
        failure = failureOf(error);
        if (signal.aborted) return failure;
        const isFinal = failure.kind === 'timeout' || failure.kind === 'unauthorized' || this.#attempts > 0;
        if (isLastLook || isFinal) break;
        await this.#clock.sleep(SECOND_LOOK_MS, signal).catch(() => undefined); // aborted: asked about above
      }
    }
    if (failure !== undefined) this.#fail(failure);
    return failure;
  }

  async #ask(signal: AbortSignal): Promise<ApiServerSeen> {
    const isVersionOld = (this.#version?.readMs ?? -Infinity) < this.#clock.now() - VERSION_AGE_MS;
    const isRecovering = this.#observation.status !== 'seen';
    if (isVersionOld || isRecovering) {
      try {
        this.#version = { text: await this.#api.version(signal), readMs: this.#clock.now() };
      } catch (error) {
        // Who may not read the version may still read the rest; the answer itself proves the API server alive.
        if (failureOf(error).kind !== 'forbidden') throw error;
        this.#version = { text: '', readMs: this.#clock.now() };
      }
    }
    const version = this.#version?.text ?? '';
    const startedMs = this.#clock.now();
    try {
      const health = await this.#api.health('readyz', signal);
      const latencyMs = this.#steady(health.latencyMs);
      return { version, latencyMs, isReady: health.isOk, notReady: health.failing };
    } catch (error) {
      if (failureOf(error).kind !== 'forbidden') throw error;
      return { version, latencyMs: this.#steady(this.#clock.now() - startedMs), isReady: true, notReady: [] };
    }
  }

  /** Keeps the latency shown while it only trembles: a number that changes at every look would defeat every ETag. */
  #steady(latencyMs: number): number {
    const rounded = Math.max(0, Math.round(latencyMs));
    if (this.#observation.status !== 'seen') return rounded;
    const before = this.#observation.value.latencyMs;
    return Math.abs(rounded - before) <= Math.max(10, before * 0.5) ? before : rounded;
  }

  #fail(failure: Failure): void {
    const before = this.#observation;
    const last =
      before.status === 'seen'
        ? { lastValue: before.value, lastSeenAt: before.seenAt }
        : before.status === 'failed' && before.lastValue !== undefined
          ? {
              lastValue: before.lastValue,
              ...(before.lastSeenAt === undefined ? {} : { lastSeenAt: before.lastSeenAt }),
            }
          : {};
    this.#observation = { status: 'failed', failure, failedAt: isoTime(this.#clock.now()), ...last };
  }
}
