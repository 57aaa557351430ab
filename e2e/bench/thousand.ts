import { execFile } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { createClient } from '../../src/client/client.ts';
import { type Bench, percentile } from './figure.ts';
import { startThousandProduct } from './thousand-product.ts';

const HERE = import.meta.dirname;
const REQUESTS = 200;
const CHANGING = 100;
const ALONE_MS = 10_000;
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
    const product = await startThousandProduct();
    try {
      const { address, client } = product;
      const together = await product.vitals();
      const perConnection = (together.heapUsed + together.external - alone.heapUsed - alone.external) / 1000;

      const ids = (await client.call('connectionList', { query: { limit: 1000 } })).items
        .slice(0, CHANGING)
        .map((one) => one.id);
      const changing = new AbortController();
      const changes = change(client, ids, changing.signal);
      // What the changes take without any request, so that the two can be told apart.
      const before = await product.vitals();
      await sleep(ALONE_MS);
      const unasked = await product.vitals();
      const samplesMs: number[] = [];
      const askedMs = performance.now();
      for (let index = 0; index < REQUESTS; index += 1) {
        const sentMs = performance.now();
        const reply = await fetch(`${address}/api/connections?limit=1000`);
        await reply.arrayBuffer();
        samplesMs.push(performance.now() - sentMs);
        await sleep(50);
      }
      const elapsedMs = performance.now() - askedMs;
      const asked = await product.vitals();
      changing.abort();
      await changes;
      const busyShare = (unasked.cpuMs - before.cpuMs) / ALONE_MS;
      const load = `while ${CHANGING} change; load of the machine ${(loadavg()[0] ?? 0).toFixed(1)} on ${availableParallelism()}`;
      return [
        {
          name: '1,000 connections, observed after',
          value: product.settledMs / 1000,
          unit: 's',
          note: `${product.settled} of 1000`,
        },
        {
          name: '1,000 connections in one request, p50',
          value: percentile(samplesMs, 0.5),
          unit: 'ms',
          note: load,
        },
        {
          name: '1,000 connections in one request, p99',
          value: percentile(samplesMs, 0.99),
          unit: 'ms',
          budget: 100,
          note: load,
        },
        {
          name: '1,000 connections in one request, processor time',
          value: (asked.cpuMs - unasked.cpuMs - busyShare * elapsedMs) / REQUESTS,
          unit: 'ms',
          note: `beside ${(busyShare * 100).toFixed(0)} % of a core for the clusters and what observes them`,
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
      await product.stop();
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
