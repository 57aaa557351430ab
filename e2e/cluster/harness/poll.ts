import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until the answer is neither undefined nor false; gives it, with the time it took.
 * Throws after `timeoutMs`, with the last error as cause: a question that fails is asked again, not given up.
 */
export async function waitFor<T>(
  what: string,
  question: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs = 30_000, everyMs = 50 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<{ value: T; elapsedMs: number }> {
  const startedAt = performance.now();
  let cause: unknown;
  for (;;) {
    try {
      const value = await question();
      if (value !== undefined && value !== false) return { value, elapsedMs: performance.now() - startedAt };
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() - startedAt > timeoutMs) {
      throw new Error(`${what}: not within ${timeoutMs} ms`, { cause });
    }
    await sleep(everyMs);
  }
}
