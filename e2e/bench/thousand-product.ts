import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createClient } from '../../src/client/client.ts';

const SETTLE_LIMIT_MS = 240_000;
const Vitals = z.object({
  heapUsed: z.number(),
  external: z.number(),
  arrayBuffers: z.number(),
  cpuMs: z.number(),
});

/** The product over a thousand simulated clusters, in a process of its own. */
export interface ThousandProduct {
  readonly address: string;
  readonly client: ReturnType<typeof createClient>;
  /** How many connections were looked at, and after what time; from the start of the process on. */
  readonly settled: number;
  readonly settledMs: number;
  /** Bytes, after a collection of garbage, and the processor time of the process until now. */
  vitals(): Promise<z.infer<typeof Vitals>>;
  stop(): Promise<void>;
}

/** Starts it and waits until every connection was looked at, or for four minutes. */
export async function startThousandProduct(): Promise<ThousandProduct> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-thousand-'));
  const child = spawn(
    process.execPath,
    ['--expose-gc', join(import.meta.dirname, 'thousand-server.ts'), folder],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<unknown> => {
    const { value } = await lines.next();
    return JSON.parse(String(value));
  };
  const stop = async () => {
    child.stdin.write('end\n');
    setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const startedMs = performance.now();
    const { address } = z.object({ address: z.string() }).parse(await nextLine());
    const client = createClient({ baseUrl: address, fetch, actor: 'bench', timeoutMs: 60_000 });
    let settled = 0;
    while (performance.now() - startedMs < SETTLE_LIMIT_MS) {
      const page = await client.call('connectionList', { query: { limit: 1000 } });
      // Clusters that cannot be reached are settled by the finding that says so.
      settled = page.items.filter((one) => one.seenAt !== undefined || one.rootCause !== undefined).length;
      if (settled === 1000) break;
      await sleep(1000);
    }
    return {
      address,
      client,
      settled,
      settledMs: performance.now() - startedMs,
      vitals: async () => {
        child.stdin.write('vitals\n');
        return Vitals.parse(await nextLine());
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
