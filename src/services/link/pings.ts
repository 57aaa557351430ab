import type { Failure } from '../../api/evidence.ts';
import { failureOf } from '../failure.ts';
import { BrokerError } from '../ports.ts';
import type { BrokerSession, Clock } from '../ports.ts';
import { rest, withDeadline } from '../timing.ts';

/** Two seconds of waiting and one and a half of patience: a dead Broker is known within four. */
const PING_EVERY_MS = 2000;
export const PING_TIMEOUT_MS = 1500;

/** Pings the session in use until none is, one does not answer, or the signal aborts. */
export async function pingForever(
  options: {
    clock: Clock;
    session: () => BrokerSession | undefined;
    onRoundTrip: (roundTripMs: number) => void;
    onDead: (failure: Failure) => void;
  },
  signal: AbortSignal,
): Promise<void> {
  const { clock, session: inUse, onRoundTrip, onDead } = options;
  for (let session = inUse(); session !== undefined && !signal.aborted; session = inUse()) {
    const asked = session;
    try {
      const roundTripMs = await withDeadline(
        clock,
        PING_TIMEOUT_MS + 100,
        signal,
        () => asked.roundTrip(PING_TIMEOUT_MS),
        () => new BrokerError({ kind: 'timeout', message: 'The Broker did not answer a ping in time.' }),
      );
      if (asked === inUse()) onRoundTrip(roundTripMs);
    } catch (error) {
      if (signal.aborted) return;
      // A session that was left meanwhile need not answer.
      if (asked === inUse()) return onDead(failureOf(error));
    }
    if (!(await rest(clock, PING_EVERY_MS, signal))) return;
  }
}

/** As with the latency of the API server: a number that only trembles is not news, and stays as it is shown. */
export function steadyRoundTrip(shownMs: number | undefined, roundTripMs: number): number {
  const rounded = Math.max(0, Math.round(roundTripMs * 10) / 10);
  const isNews = shownMs === undefined || Math.abs(rounded - shownMs) > Math.max(10, shownMs * 0.5);
  return isNews ? rounded : shownMs;
}
