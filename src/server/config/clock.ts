import { randomUUID } from 'node:crypto';
import type { Clock } from '../../services/ports.ts';

/** Real time and real randomness. */
export const systemClock: Clock = {
  now: () => Date.now(),
  // Not node:timers/promises: each wait cut short there costs an AbortError with its stack, and most waits are.
  sleep: (ms, signal) =>
    new Promise((settle, fail) => {
      if (signal?.aborted === true) {
        fail(signal.reason);
        return;
      }
      const stop = () => {
        clearTimeout(timer);
        fail(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        settle();
      }, ms);
      signal?.addEventListener('abort', stop, { once: true });
    }),
  random: () => Math.random(),
  uuid: () => randomUUID(),
};
