import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../../src/client/client.ts';
import { writeKubeconfig } from '../cluster/harness/kubeconfig.ts';
import { freePort } from '../cluster/harness/ports.ts';
import { startChild } from '../cluster/harness/process.ts';
import { startTcpProxy } from '../cluster/harness/proxy.ts';
import { ROOT } from '../run/command.ts';
import type { Bench } from './figure.ts';

const TOGETHER = 50;
const BLACK_HOLE = 'black-hole';
const SETTLE_LIMIT_MS = 60_000;
/** The longest limits of the checks that run against an address which takes a connection and never answers. */
const BLACK_HOLE_BUDGET_MS = 10_000;

/** Tests on demand: a black hole ends by its own limits, and fifty at once take little more than the slowest alone. */
export const checks: Bench = {
  name: 'checks',
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'bench-checks-'));
    const hole = await startTcpProxy({ mode: 'black-hole' });
    const kubeconfig = await writeKubeconfig({
      folder,
      contexts: [{ name: BLACK_HOLE, server: `https://127.0.0.1:${hole.port}`, token: 'none' }],
    });
    const port = await freePort();
    const baseUrl = `http://127.0.0.1:${port}`;
    const args = [
      '--port',
      String(port),
      '--data-dir',
      folder,
      '--sandbox',
      '--world',
      'hundred-connections',
    ];
    const child = await startChild({
      name: 'the product’s server',
      command: process.execPath,
      args: [join(ROOT, 'src/server/start.ts'), ...args],
      cwd: ROOT,
      env: {
        KUBECONFIG: kubeconfig,
        HOME: folder,
        MESHPLAY_DOCKER_HOSTS: '',
        KUBERNETES_SERVICE_HOST: undefined,
        KUBERNETES_SERVICE_PORT: undefined,
      },
      ready: async () => (await fetch(`${baseUrl}/api/health`)).ok,
      readyTimeoutMs: 60_000,
    });
    try {
      const client = createClient({ baseUrl, fetch, actor: 'bench', timeoutMs: 60_000 });
      const list = async () => (await client.call('connectionList', { query: { limit: 1000 } })).items;
      const isSettled = (one: { seenAt?: string | undefined; rootCause?: unknown }) =>
        one.seenAt !== undefined || one.rootCause !== undefined;
      let connections = await list();
      for (
        const startedMs = performance.now();
        !connections.every(isSettled) && performance.now() - startedMs < SETTLE_LIMIT_MS;
        connections = await list()
      )
        await sleep(500);

      /** Milliseconds from the press of *Test* to the last result. */
      const test = async (connectionId: string): Promise<number> => {
        const startedMs = performance.now();
        let run = await client.call('checkStart', { body: { connectionId } });
        while (run.status === 'running')
          run = await client.call('checkView', { params: { runId: run.id }, query: { waitMs: 20_000 } });
        return performance.now() - startedMs;
      };
      const blackHole = connections.find((one) => one.name === BLACK_HOLE);
      if (blackHole === undefined) throw new Error('the black hole is not among the connections');
      const blackHoleMs = await test(blackHole.id);
      const chosen = [blackHole, ...connections.filter((one) => one !== blackHole)].slice(0, TOGETHER);
      const aloneMs: number[] = [blackHoleMs];
      for (const one of chosen.slice(1)) aloneMs.push(await test(one.id));
      const startedMs = performance.now();
      await Promise.all(chosen.map((one) => test(one.id)));
      const togetherMs = performance.now() - startedMs;
      const slowestMs = Math.max(...aloneMs);
      const sumMs = aloneMs.reduce((sum, ms) => sum + ms, 0);
      return [
        {
          name: 'full test of a black hole, ends by its own limits',
          value: blackHoleMs,
          unit: 'ms',
          budget: BLACK_HOLE_BUDGET_MS,
        },
        {
          name: `${chosen.length} connections tested together`,
          value: togetherMs,
          unit: 'ms',
          note: `the slowest alone ${Math.round(slowestMs)} ms, one after the other ${Math.round(sumMs)} ms`,
        },
        {
          name: `${chosen.length} tested together, compared with the slowest alone`,
          value: togetherMs / slowestMs,
          unit: '×',
          budget: 1.5,
        },
      ];
    } finally {
      await child.stop();
      await hole.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};
