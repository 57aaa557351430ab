import type { BrokerSession } from '../ports.ts';

/** Beyond this what is remembered is let go: a message taken twice is stored once all the same. */
const REMEMBERED = 20_000;

/**
 * Two sessions of one Broker at the same time, while the link moves from one to the other. Both deliver, so that none
 * is lost; what both deliver counts once.
 */
export class Overlap {
  readonly sessions: readonly BrokerSession[];
  readonly #decoder = new TextDecoder('latin1');
  /** What one session has delivered and the other has not yet. */
  readonly #ahead = new Map<BrokerSession, Map<string, number>>();
  #remembered = 0;

  constructor(sessions: readonly [BrokerSession, BrokerSession]) {
    this.sessions = sessions;
    for (const session of sessions) this.#ahead.set(session, new Map());
  }

  /** True for a message that the other session has delivered already. */
  isTwin(session: BrokerSession, subject: string, body: Uint8Array): boolean {
    const key = `${subject} ${this.#decoder.decode(body)}`;
    for (const [other, messages] of this.#ahead) {
      const count = messages.get(key) ?? 0;
      if (other === session || count === 0) continue;
      if (count === 1) messages.delete(key);
      else messages.set(key, count - 1);
      this.#remembered -= 1;
      return true;
    }
    if (this.#remembered < REMEMBERED) {
      const own = this.#ahead.get(session);
      own?.set(key, (own.get(key) ?? 0) + 1);
      this.#remembered += 1;
    }
    return false;
  }
}
