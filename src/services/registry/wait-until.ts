import type { Clock } from '../ports.ts';
import { ENDED, linkedController, rest } from '../timing.ts';
import type { Waiters } from '../timing.ts';

/**
 * True once `isMet`, asked again whenever the waiters are settled; false after `timeoutMs` or when what is waited on
 * has ended. Rejects with the signal's reason.
 */
export async function waitUntil(options: {
  clock: Clock;
  waiters: Waiters;
  isMet: () => boolean;
  isEnded: () => boolean;
  timeoutMs: number;
  signal: AbortSignal;
}): Promise<boolean> {
  const { clock, waiters, isMet, isEnded, timeoutMs, signal } = options;
  const { controller, release } = linkedController(signal);
  let isOver = false;
  const expire = async () => {
    await rest(clock, timeoutMs, controller.signal);
    isOver = true;
    waiters.settle();
  };
  void expire();
  try {
    for (;;) {
      if (signal.aborted) throw signal.reason;
      if (isMet()) return true;
      if (isOver || isEnded()) return false;
      await waiters.next(signal);
    }
  } finally {
    release();
    controller.abort(ENDED);
  }
}
