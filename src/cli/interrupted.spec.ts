import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckRun } from '../api/check.ts';
import { COLOUR, LIMIT_MS, start } from './fixtures/program.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cli-interrupted-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe('Ctrl-C while a server works', () => {
  const asked: string[] = [];
  let fake: Server;
  let url: string;
  beforeAll(async () => {
    const connection = {
      id: 'c1',
      name: 'slow',
      health: 'healthy',
      seenAt: '2026-01-01T00:00:00.000Z',
      controllers: [],
      hops: [],
      ratePerSecond: 0,
    };
    const running: CheckRun = {
      id: 'r1',
      connectionId: 'c1',
      connectionName: 'slow',
      suites: ['kubernetes'],
      status: 'running',
      startedAt: '2026-01-01T00:00:00.000Z',
      results: [],
      counts: { pass: 0, warn: 0, fail: 0, skip: 0 },
    };
    fake = createServer((request, response) => {
      const path = new URL(request.url ?? '', 'http://fake').pathname;
      asked.push(`${request.method ?? ''} ${path}`);
      const answer = (body: unknown) =>
        response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
      if (path === '/api/server') answer({});
      else if (path === '/api/connections') answer({ items: [connection], counts: {} });
      else if (path === '/api/checks') answer(running);
      else if (path.endsWith('/cancel')) answer({ ...running, status: 'cancelled' });
      // The run itself never ends: nothing is answered.
    });
    fake.listen(0, '127.0.0.1');
    await once(fake, 'listening');
    const address = fake.address();
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }, LIMIT_MS);
  afterAll(async () => {
    fake.closeAllConnections();
    fake.close();
    await once(fake, 'close');
  }, LIMIT_MS);

  it(
    'cancels the running test on the server and ends',
    async () => {
      const check = start(home, 'system', 'check', '--server', url);
      while (!asked.includes('GET /api/checks/r1')) {
        if (check.child.exitCode !== null) throw new Error(`ended early: ${(await check.ended).err}`);
        await sleep(50);
      }
      check.child.kill('SIGINT');
      const { code, err } = await check.ended;
      expect(code, err).toBe(3);
      expect(err).toContain('Stopped.');
      expect(asked).toContain('POST /api/checks/r1/cancel');
    },
    LIMIT_MS,
  );
});

describe('Ctrl-C while this process works', () => {
  it(
    'ends a watch with the verdict of what it last saw, and leaves nothing behind',
    async () => {
      const watch = start(home, 'connection', 'watch', '--world', 'healthy');
      await watch.said(/staging[\s\S]*staging/);
      watch.child.kill('SIGINT');
      const { code, out, err } = await watch.ended;
      expect(code, err).not.toBeNull();
      // Just started, it may not have seen everything yet; broken off in a question, it says so.
      expect([0, 1, 3]).toContain(code);
      expect(COLOUR.test(out)).toBe(false);
    },
    LIMIT_MS,
  );

  it(
    'ends a test that would go on',
    async () => {
      const check = start(home, 'system', 'check', '--world', 'nothing-deployed', '--wait');
      await check.said(/Not yet\n {2}fresh: /);
      check.child.kill('SIGTERM');
      const { code, out, err } = await check.ended;
      expect(code, err).toBe(3);
      expect(err).toContain('Stopped.');
      expect(out).toBe('');
    },
    LIMIT_MS,
  );
});
