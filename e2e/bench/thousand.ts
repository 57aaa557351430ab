import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { createClient } from '../../src/client/client.ts';
import { type Bench, percentile } from './figure.ts';

const HERE = import.meta.dirname;
const REQUESTS = 200;
const CHANGING = 100;
const SETTLE_LIMIT_MS = 240_000;
const Memory = z.object({ heapUsed: z.number(), external: z.number(), arrayBuffers: z.number() });

/** A thousand connections: how fast they are told while a hundred of them change, and what memory each takes. */
export const thousand: Bench = {
  name: 'thousand',
  async run() {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--expose-gc', join(HERE, 'sandbox-memory.ts')],
      { maxBuffer: 1e6 },
    );
    const alone = Memory.parse(JSON.parse(stdout));
    const folder = await mkdtemp(join(tmpdir(), 'bench-thousand-'));
    const child = spawn(process.execPath, ['--expose-gc', join(HERE, 'thousand-server.ts'), folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const nextLine = async (): Promise<unknown> => {
      const { value } = await lines.next();
      return JSON.parse(String(value));
    };
    try {
      const startedMs = performance.now();
      const { address } = z.object({ address: z.string() }).parse(await nextLine());
      const client = createClient({ baseUrl: address, fetch, actor: 'bench', timeoutMs: 60_000 });
      const list = () => client.call('connectionList', { query: { limit: 1000 } });
      let settled = 0;
      while (performance.now() - startedMs < SETTLE_LIMIT_MS) {
        const page = await list();
        settled = page.items.filter((one) => one.seenAt !== undefined || one.rootCause !== undefined).length;
        if (settled === 1000) break;
        await sleep(1000);
      }
      // Clusters that cannot be reached are settled by the finding that says so.
      const settledMs = performance.now() - startedMs;
      child.stdin.write('memory\n');
      const together = Memory.parse(await nextLine());
      const perConnection = (together.heapUsed + together.external - alone.heapUsed - alone.external) / 1000;

      const ids = (await list()).items.slice(0, CHANGING).map((one) => one.id);
      const changing = new AbortController();
      const changes = change(client, ids, changing.signal);
      const samplesMs: number[] = [];
      for (let index = 0; index < REQUESTS; index += 1) {
        const sentMs = performance.now();
        const reply = await fetch(`${address}/api/connections?limit=1000`);
        await reply.arrayBuffer();
        samplesMs.push(performance.now() - sentMs);
        await sleep(50);
      }
      changing.abort();
      await changes;
      return [
        {
          name: '1,000 connections, observed after',
          value: settledMs / 1000,
          unit: 's',
          note: `${settled} of 1000`,
        },
        {
          name: '1,000 connections in one request, p50',
          value: percentile(samplesMs, 0.5),
          unit: 'ms',
          note: `while ${CHANGING} change`,
        },
        {
          name: '1,000 connections in one request, p99',
          value: percentile(samplesMs, 0.99),
          unit: 'ms',
          budget: 100,
          note: `while ${CHANGING} change`,
        },
        {
          name: 'memory a connection',
          value: perConnection / 1e6,
          unit: 'MB',
          budget: 0.5,
          note: 'the simulated clusters taken off',
        },
      ];
    } finally {
      child.stdin.write('end\n');
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** Breaks and mends the connections given, one after the other, each about once in three seconds. */
async function change(
  client: ReturnType<typeof createClient>,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (let round = 0; !signal.aborted; round += 1) {
    const action = round % 2 === 0 ? 'inject' : 'repair';
    for (const connectionId of ids) {
      if (signal.aborted) return;
      await client.call('sandboxFaultInject', { body: { connectionId, fault: 'remove-operator', action } });
      await sleep(30);
    }
  }
}
