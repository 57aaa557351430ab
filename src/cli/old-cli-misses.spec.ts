import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createClient } from '../client/client.ts';
import { LIMIT_MS, run, start } from './fixtures/program.ts';
import type { Spawned } from './fixtures/spawned.ts';

/** How long a world may take until its story is told, on a loaded machine. */
const TOLD_LIMIT_MS = 120_000;

const Status = z.object({
  connections: z.array(
    z.object({
      name: z.string(),
      controllers: z.array(z.object({ controller: z.string(), state: z.string() })),
      rootCause: z.object({ code: z.string() }).optional(),
    }),
  ),
});
const Checks = z.object({ runs: z.array(z.object({ rootCause: z.string().optional() })) });

interface Miss {
  /** What domain.md 6 says of the old `system status` and `system check`. */
  readonly old: string;
  readonly world: string;
  readonly connection: string;
  /** What both commands end with. */
  readonly code: number;
  /** Code of the root cause, and the check that names it. */
  readonly cause: string;
  readonly check: string;
}

const MISSES: readonly Miss[] = [
  {
    old: 'a pod is found by its name, and its container crashes',
    world: 'crash-looping',
    connection: 'crashing',
    code: 1,
    cause: 'MT-B-04',
    check: 'broker-workload',
  },
  {
    old: 'a pod is found by its name, and its image cannot be pulled',
    world: 'image-pull-failing',
    connection: 'no-image',
    code: 1,
    cause: 'MT-O-20',
    check: 'operator-pods',
  },
  {
    old: 'every pod runs, and MeshSync has no link to the Broker',
    world: 'meshsync-not-connected',
    connection: 'unlinked',
    code: 1,
    cause: 'MT-M-19',
    check: 'meshsync-connected',
  },
  {
    old: 'every pod runs, and the server is no client of the Broker',
    world: 'wrong-token',
    connection: 'wrong-token',
    code: 1,
    cause: 'MT-B-17',
    check: 'broker-token',
  },
  {
    old: 'every pod runs, and the Broker has no address outside; the ClusterIP was dialled until it timed out',
    world: 'broker-without-external-address',
    connection: 'inside-only',
    code: 1,
    cause: 'MT-B-21',
    check: 'broker-ways',
  },
  {
    old: 'every pod runs and every link is up, and no data comes',
    world: 'stale-data',
    connection: 'stale',
    code: 1,
    cause: 'MT-S-05',
    check: 'meshsync-answers',
  },
  {
    old: 'missing Broker and MeshSync are only an information',
    world: 'operator-only',
    connection: 'half-done',
    code: 1,
    cause: 'MT-O-22',
    check: 'broker-resource',
  },
  {
    old: 'a missing Operator ends with exit code 0',
    world: 'nothing-deployed',
    connection: 'fresh',
    code: 1,
    cause: 'MT-O-01',
    check: 'operator-definitions',
  },
  {
    old: 'an Operator that is gone, while its Broker and MeshSync still run',
    world: 'orphaned-controllers',
    connection: 'orphans',
    code: 1,
    cause: 'MT-O-04',
    check: 'operator-workload',
  },
  {
    old: 'the pod of MeshSync is absent, and its test passes',
    world: 'empty-database',
    connection: 'silent-start',
    code: 1,
    cause: 'MT-M-13',
    check: 'meshsync-workload',
  },
  {
    old: '“prerequisites met” where the API server does not answer',
    world: 'api-unreachable',
    connection: 'black-hole',
    code: 3,
    cause: 'MT-K-02',
    check: 'kubernetes-tls',
  },
  {
    old: 'only the current context is looked at, and another one no longer lets anybody in',
    world: 'api-unreachable',
    connection: 'expired-login',
    code: 3,
    cause: 'MT-K-07',
    check: 'kubernetes-authentication',
  },
];

let home: string;
let server: Spawned;
let url: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cli-misses-'));
  server = start(home, 'serve', '--port', '0', '--sandbox', '--world', 'healthy');
  url = (await server.said(/is at (http:\/\/127\.0\.0\.1:\d+)/))[1] ?? '';
}, LIMIT_MS);
afterAll(async () => {
  server.child.kill('SIGKILL');
  await server.ended;
  await rm(home, { recursive: true, force: true });
}, LIMIT_MS);

const ask = (...words: string[]) => run(...words, '--server', url, '--output', 'json');

async function enter(world: string): Promise<void> {
  const client = createClient({ baseUrl: url, fetch: (to, init) => fetch(to, init), actor: 'spec' });
  await client.call('sandboxEnter', { body: { world } });
}

async function statusOf(connection: string) {
  const { code, out } = await ask('system', 'status');
  const found = Status.parse(JSON.parse(out)).connections.find(({ name }) => name === connection);
  return { code, cause: found?.rootCause?.code, controllers: found?.controllers };
}

describe('what the old command line misses', () => {
  it.each(MISSES)(
    '$old',
    async ({ world, connection, code, cause, check }) => {
      await enter(world);
      await expect
        .poll(async () => (await statusOf(connection)).cause, { timeout: TOLD_LIMIT_MS, interval: 300 })
        .toBe(cause);
      const status = await ask('system', 'status', '--connection', connection);
      expect(status.code, status.out).toBe(code);
      const tested = await ask('system', 'check', '--connection', connection);
      expect(Checks.parse(JSON.parse(tested.out)).runs[0]?.rootCause, tested.out).toBe(check);
      expect(tested.code, tested.out).toBe(code);
      expect(tested.err).not.toContain('has passed');
    },
    LIMIT_MS,
  );

  it(
    'the Broker of the new generation, whose pod has another name (meshery-nats-0)',
    async () => {
      await enter('healthy');
      await expect
        .poll(async () => (await statusOf('prod-us-1')).controllers, {
          timeout: TOLD_LIMIT_MS,
          interval: 300,
        })
        .toContainEqual({ controller: 'broker', state: 'CONNECTED' });
      const check = await ask('system', 'check', '--connection', 'prod-us-1', '--components', '--wait');
      expect(check.code, check.out).toBe(0);
      expect(check.err).toContain('Every check that must pass has passed.');
    },
    LIMIT_MS,
  );
});
