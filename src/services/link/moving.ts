import { failureOf } from '../failure.ts';
import { BrokerError } from '../ports.ts';
import type { BrokerSession, Log } from '../ports.ts';
import { closeQuietly } from './climb.ts';
import { PING_TIMEOUT_MS } from './pings.ts';

/** How long a way that is slow may take to deliver what is on it; meanwhile the other one is in use. */
const DRAIN_TIMEOUT_MS = 30_000;

/**
 * Moves from one session to another without losing a message: the new one subscribes first, both deliver until the old
 * one has told everything that was sent before, and only then it is closed. Throws when the new one does not answer,
 * or `take` refuses because the link has ended meanwhile.
 */
export async function moveBetween(
  old: BrokerSession,
  next: BrokerSession,
  using: { log: Log; subscribe: (session: BrokerSession) => void; take: () => boolean },
): Promise<void> {
  const { log, subscribe, take } = using;
  subscribe(next);
  // Once a ping comes back the Broker knows the subscriptions sent before it.
  await next.roundTrip(PING_TIMEOUT_MS);
  if (!take()) throw new BrokerError({ kind: 'unavailable', message: 'The link has ended.' });
  try {
    // And once this one does, all that was on its way has been delivered. It may take its time: the way that is left
    // is the slow one, and what waits on it is lost when it is closed. Without the new one nothing is waited for.
    await Promise.race([old.roundTrip(DRAIN_TIMEOUT_MS), next.closed]);
  } catch (error) {
    log.info({ reason: failureOf(error).message }, 'the way that was left does not answer any more');
  }
  await closeQuietly(old, log);
}
