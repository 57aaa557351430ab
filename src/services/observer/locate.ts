import { failureOf } from '../failure.ts';
import { ClusterError } from '../ports.ts';
import type { Clock, ClusterApi } from '../ports.ts';
import { ENDED, jittered, Wake, withDeadline } from '../timing.ts';
import { BROKER_NAMES, DEPLOYMENTS, MESHSYNC_NAMES, STATEFUL_SETS } from './kinds.ts';

const LOCATE_MS = 15_000;
const LOCATE_TIMEOUT_MS = 5000;

/**
 * Finds controllers that no resource and no operator points to any more: five lists by name over the whole cluster,
 * at the start and every fifteen seconds for as long as no home is known.
 */
export class Locator {
  readonly #clock: Clock;
  readonly #api: ClusterApi;
  readonly #isNeeded: () => boolean;
  readonly #onChange: () => void;
  readonly #closing = new AbortController();
  readonly #wake: Wake;
  #namespaces: ReadonlySet<string> = new Set();
  #isDone = false;
  #mustLook = true;
  #isForbidden = false;

  constructor(options: { clock: Clock; api: ClusterApi; isNeeded: () => boolean; onChange: () => void }) {
    this.#clock = options.clock;
    this.#api = options.api;
    this.#isNeeded = options.isNeeded;
    this.#onChange = options.onChange;
    this.#wake = new Wake(options.clock);
  }

  start(): void {
    void this.#run(this.#closing.signal);
  }

  close(): void {
    this.#closing.abort(ENDED);
  }

  /** Looks again now, whether a home is known or not. */
  ring(): void {
    this.#mustLook = true;
    this.#wake.ring();
  }

  namespaces(): ReadonlySet<string> {
    return this.#namespaces;
  }

  /** Looked once, with whatever outcome; before that nothing may be called absent. */
  isDone(): boolean {
    return this.#isDone;
  }

  isForbidden(): boolean {
    return this.#isForbidden;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#mustLook || this.#isNeeded()) {
        this.#mustLook = !(await this.#look(signal));
        if (signal.aborted) return;
        this.#onChange();
      }
      await this.#wake.sleep(jittered(this.#clock, this.#mustLook ? 2000 : LOCATE_MS), signal);
    }
  }

  /** True when the API server answered, be it with a refusal. */
  async #look(signal: AbortSignal): Promise<boolean> {
    const questions = [
      ...MESHSYNC_NAMES.map((name) => ({ kind: DEPLOYMENTS, name })),
      ...BROKER_NAMES.map((name) => ({ kind: STATEFUL_SETS, name })),
    ];
    const found = new Set<string>();
    let isForbidden = false;
    for (const { kind, name } of questions) {
      try {
        const list = await withDeadline(
          this.#clock,
          LOCATE_TIMEOUT_MS,
          signal,
          (inner) =>
            this.#api.list(
              kind,
              { fieldSelector: `metadata.name=${name}`, limit: 100, isMetadataOnly: true },
              inner,
            ),
          () =>
            new ClusterError({ kind: 'timeout', message: `The API server did not answer where ${name} is.` }),
        );
        for (const { metadata } of list.items)
          if (metadata.namespace !== undefined) found.add(metadata.namespace);
      } catch (error) {
        if (failureOf(error).kind !== 'forbidden') return false;
        isForbidden = true;
      }
    }
    this.#namespaces = found;
    this.#isForbidden = isForbidden;
    this.#isDone = true;
    return true;
  }
}
