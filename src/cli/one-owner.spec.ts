import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { environmentOf, LIMIT_MS, run, start } from './fixtures/program.ts';
import type { Spawned } from './fixtures/spawned.ts';

const Operations = z.object({ items: z.array(z.object({ id: z.string(), status: z.string() })) });

let home: string;
const running: Spawned[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cli-owner-'));
  for (const [name, value] of Object.entries(environmentOf(home))) vi.stubEnv(name, value);
  // Guests make their folders here, and are to leave none.
  vi.stubEnv('TMPDIR', home);
});
afterEach(async () => {
  for (const each of running.splice(0)) {
    each.child.kill('SIGKILL');
    await each.ended;
  }
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
}, LIMIT_MS);

/** A server on this home’s data folder, on a port nobody knows. */
async function serve(): Promise<Spawned> {
  const server = start(home, 'serve', '--port', '0', '--sandbox', '--world', 'healthy');
  running.push(server);
  await server.said(/is at http:/);
  return server;
}

const guests = async () =>
  (await readdir(home)).filter((name) => name.startsWith('meshplay-troubleshooter-'));

async function operations() {
  const { code, out, err } = await run('operation', 'list', '--output', 'json');
  expect(code, err).toBe(0);
  return Operations.parse(JSON.parse(out)).items;
}

describe('beside a server on another port', () => {
  it(
    'the command line finds it by the data folder and takes no operation of it for interrupted',
    async () => {
      await serve();
      const started = await run(
        'operation',
        'start',
        'redeploy',
        '--connection',
        'staging',
        '--no-wait',
        '--output',
        'json',
      );
      expect(started.code, started.err).toBe(0);
      const { id } = z
        .object({ id: z.string(), status: z.literal('running') })
        .parse(JSON.parse(started.out));
      const direct = await run('connection', 'list', '--direct', '--output', 'json');
      // The kubeconfigs themselves: here there is none.
      expect(JSON.parse(direct.out)).toEqual({ items: [] });
      expect(await guests()).toEqual([]);
      const meanwhile = (await operations()).find((one) => one.id === id);
      expect(['running', 'succeeded']).toContain(meanwhile?.status);
      const followed = await run('operation', 'watch', id);
      expect(followed.code, followed.out).toBe(0);
    },
    LIMIT_MS,
  );

  it(
    'what changes or tells the state is not done on a copy of it',
    async () => {
      const server = await serve();
      for (const line of ['operation list', 'database reset --confirm database', 'kubeconfig add config']) {
        const { code, out, err } = await run(...line.split(' '), '--direct');
        expect(code, line).toBe(3);
        expect(out).toBe('');
        expect(err).toContain(`process ${server.child.pid}`);
      }
    },
    LIMIT_MS,
  );

  it(
    'that does not answer any more, it says so and which process it is',
    async () => {
      const server = await serve();
      server.child.kill('SIGSTOP');
      const { code, err } = await run('system', 'status');
      server.child.kill('SIGCONT');
      expect(code).toBe(3);
      expect(err).toContain(`process ${server.child.pid}`);
      expect(err).toContain('--direct');
    },
    LIMIT_MS,
  );
});

describe('after a server that was killed', () => {
  it(
    'the folder is free, and its operation was interrupted indeed',
    async () => {
      const server = await serve();
      const started = await run(
        'operation',
        'start',
        'redeploy',
        '--connection',
        'staging',
        '--no-wait',
        '--output',
        'json',
      );
      expect(started.code, started.err).toBe(0);
      server.child.kill('SIGKILL');
      await server.ended;
      expect(await readdir(join(home, 'data'))).toContain('owner.json');
      const [one] = await operations();
      expect(['interrupted', 'succeeded']).toContain(one?.status);
      const again = await serve();
      expect(again.child.exitCode).toBeNull();
    },
    LIMIT_MS,
  );
});

describe('two commands at once without a server', () => {
  it(
    'look side by side, and the one that changes something waits and then says why it does not',
    async () => {
      await writeFile(
        join(home, 'absent'),
        `apiVersion: v1
kind: Config
clusters: [{ name: c, cluster: { server: 'https://127.0.0.1:1' } }]
users: [{ name: u, user: { token: t } }]
contexts: [{ name: nowhere, context: { cluster: c, user: u } }]
`,
        { mode: 0o600 },
      );
      const watch = start(home, 'connection', 'watch');
      running.push(watch);
      await watch.said(/nowhere/);
      const list = await run('connection', 'list', '--output', 'json');
      expect(list.code, list.err).toBe(3);
      expect(JSON.parse(list.out)).toMatchObject({ items: [{ name: 'nowhere', health: 'unknown' }] });
      expect(await guests()).toEqual([]);
      const reset = await run('database', 'reset', '--confirm', 'database');
      expect(reset.code).toBe(3);
      expect(reset.err).toContain(`in use by a command (process ${watch.child.pid}`);
    },
    LIMIT_MS,
  );
});
