import type { Candidate } from '../../api/evidence.ts';
import { failureOf } from '../failure.ts';
import type { BrokerSession, Clock, Log } from '../ports.ts';
import { jittered, rest, Wake } from '../timing.ts';
import type { Way } from './candidates.ts';
import type { Dialled } from './dial.ts';

/** A direct way that did not answer is asked again after this, then after twice as long, and so on. */
const FIRST_TRY_MS = 30_000;
const LONGEST_TRY_MS = 300_000;
/** Evidence that changes all the time is no reason to dial all the time. */
const PAUSE_MS = 1000;

export interface Climbing {
  readonly clock: Clock;
  readonly log: Log;
  /** The way in use. */
  readonly way: () => Way | undefined;
  /** Every way there is by what is known now. */
  readonly ways: () => Way[];
  readonly dial: (ways: readonly Way[], signal: AbortSignal) => Promise<Dialled>;
  /** Whether what answered is the Broker we are connected to already; anything but yes is no. */
  readonly isOurBroker: (chosen: NonNullable<Dialled['chosen']>, signal: AbortSignal) => Promise<boolean>;
  readonly moveTo: (chosen: NonNullable<Dialled['chosen']>) => Promise<void>;
  readonly onTried: (dialled: Dialled) => void;
}

/**
 * Brings a link that stands on a forwarded port to a direct way once one works. Only from there: a forwarded port
 * costs the API server a stream and carries less, while one direct way is as good as another, and moving between them
 * would be a risk without a gain.
 */
export class Climb {
  readonly #options: Climbing;
  readonly #wake: Wake;
  #known = '';

  constructor(options: Climbing) {
    this.#options = options;
    this.#wake = new Wake(options.clock);
  }

  /** Tells that the evidence changed: a direct way that is new or different is tried at once. */
  waysChanged(): void {
    if (this.#isOnTop()) return;
    if (addressesOf(this.#direct()) !== this.#known) this.#wake.ring();
  }

  /** Runs until the link stands on a direct way, or the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    let tries = 0;
    this.#known = addressesOf(this.#direct());
    while (!signal.aborted && !this.#isOnTop()) {
      const waitMs = Math.min(LONGEST_TRY_MS, FIRST_TRY_MS * 2 ** Math.min(tries, 10));
      await this.#wake.sleep(jittered(clock, waitMs), signal);
      if (signal.aborted || this.#isOnTop()) return;
      const ways = this.#direct();
      const addresses = addressesOf(ways);
      tries = addresses === this.#known ? tries + 1 : 0;
      this.#known = addresses;
      if (ways.every((way) => way.skipped !== undefined)) continue;
      await this.#try(ways, signal);
      if (!(await rest(clock, PAUSE_MS, signal))) return;
    }
  }

  async #try(ways: readonly Way[], signal: AbortSignal): Promise<void> {
    const { dial, isOurBroker, moveTo, onTried, log } = this.#options;
    const dialled = await dial(ways, signal);
    const { chosen } = dialled;
    let hasMoved = false;
    try {
      if (signal.aborted) return;
      onTried(dialled);
      if (chosen === undefined || !(await isOurBroker(chosen, signal)) || signal.aborted) return;
      await moveTo(chosen);
      hasMoved = true;
    } catch (error) {
      log.warn({ reason: failureOf(error).message }, 'the link did not move to a direct way');
    } finally {
      if (!hasMoved) await closeQuietly(chosen?.session, log);
    }
  }

  #isOnTop(): boolean {
    return this.#options.way()?.kind !== 'port-forward';
  }

  #direct(): Way[] {
    return this.#options.ways().filter((way) => way.kind !== 'port-forward');
  }
}

/** What was tried now in place of what was known of the same kinds of ways; the order stays that of preference. */
export function withTried(known: readonly Candidate[], tried: readonly Candidate[]): Candidate[] {
  const kinds = new Set(tried.map(({ kind }) => kind));
  return [...tried, ...known.filter(({ kind }) => !kinds.has(kind))];
}

/** Closes a session that is of no use any more; that it does not close well harms nobody. */
export async function closeQuietly(session: BrokerSession | undefined, log: Log): Promise<void> {
  try {
    await session?.close();
  } catch (error) {
    log.warn({ reason: failureOf(error).message }, 'broker session did not close cleanly');
  }
}

function addressesOf(ways: readonly Way[]): string {
  return ways.map(({ kind, address, skipped }) => `${kind} ${address} ${skipped?.kind ?? ''}`).join('\n');
}
