import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { Bundle } from '../api/bundle.ts';
import type { CheckRun } from '../api/check.ts';
import { judgeBundle } from '../core/bundle/open.ts';
import { runCli } from './main.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
/** Generous: a loaded machine is no failure. */
const LIMIT_MS = 120_000;

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cli-spec-'));
}, LIMIT_MS);
afterAll(async () => {
  await rm(home, { recursive: true, force: true });
}, LIMIT_MS);

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Running {
  readonly child: ChildProcess;
  /** Resolves when the pattern stands in what was written so far, stdout and stderr together. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
}

/** The program as a process of its own, with a home and kubeconfigs of nobody. */
function start(args: readonly string[]): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      MESHPLAY_DATA_DIR: join(home, 'data'),
      KUBECONFIG: join(home, 'absent'),
      FORCE_COLOR: undefined,
    },
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = once(child, 'close').then(([code]): Ended => ({
    code: typeof code === 'number' ? code : null,
    out,
    err,
  }));
  return {
    child,
    ended,
    async said(pattern) {
      for (;;) {
        const found = pattern.exec(`${out}\n${err}`);
        if (found !== null) return found;
        if (child.exitCode !== null)
          throw new Error(`ended with ${child.exitCode} before it said ${String(pattern)}: ${out}${err}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}

/** The same command line in this process: what is printed and how it ends are the same, and it starts at once. */
async function run(...args: string[]): Promise<Ended> {
  let out = '';
  let err = '';
  const code = await runCli(
    args,
    { out: { write: (text) => (out += text) }, err: { write: (text) => (err += text) } },
    new AbortController().signal,
  );
  return { code, out, err };
}

// oxlint-disable-next-line no-control-regex
const COLOUR = /\u001B\[/;

/** Enough of XML to see that what is opened is closed, and that nothing stands unescaped. */
function expectWellFormed(xml: string): void {
  const stack: string[] = [];
  const body = xml.replace(/^<\?xml[^?]*\?>\n/, '');
  const left = body.replace(
    /<(\/?)([a-z-]+)((?: [a-z]+="[^"<&]*(?:&[a-z]+;[^"<&]*)*")*)(\/?)>/g,
    (_, close: string, name: string, _attributes, self: string) => {
      // What does not close what was opened last is left, and found below.
      if (close === '/') return stack.pop() === name ? '' : `<${name}>`;
      if (self !== '/') stack.push(name);
      return '';
    },
  );
  expect(stack).toEqual([]);
  expect(left).not.toMatch(/[<>]/);
  expect(left).not.toMatch(/&(?!(?:amp|lt|gt|quot);)/);
}

describe('the program', () => {
  it(
    'answers wrong words with 2, and names them',
    async () => {
      const [command, option] = await Promise.all([
        start(['system', 'nonsense']).ended,
        start(['system', 'status', '--bogus']).ended,
      ]);
      expect(command.code, command.err).toBe(2);
      expect(command.err).toContain('system nonsense');
      expect(command.out).toBe('');
      expect(option.code, option.err).toBe(2);
      expect(option.err).toContain('--bogus');
      expect(await run('errors', 'MT-X-99')).toMatchObject({ code: 2, out: '' });
      expect(await run('operation', 'start', 'explode', '--server', 'http://127.0.0.1:1')).toMatchObject({
        code: 3,
      });
      expect(await run('connection', 'list', '--output', 'xml')).toMatchObject({ code: 2 });
      expect(await run('database', 'reset', 'now')).toMatchObject({ code: 2 });
    },
    LIMIT_MS,
  );

  it(
    'helps, completes, and explains codes without a server',
    async () => {
      const help = await run('--help');
      expect(help).toMatchObject({ code: 0, err: '' });
      for (const name of [
        'system status',
        'system check',
        'connection test',
        'operation start',
        'database reset',
        'bundle',
        'completion',
      ]) {
        expect(help.out).toContain(name);
        const one = await run(...name.split(' '), '--help');
        expect(one.code).toBe(0);
        expect(one.out).toContain('Examples');
      }
      for (const shell of ['bash', 'zsh', 'fish'])
        expect((await run('completion', shell)).out).toContain('rediscover');
      const code = await run('errors', 'MT-B-04', '--output', 'json');
      expect(code.code).toBe(0);
      expect(JSON.parse(code.out)).toMatchObject({
        code: 'MT-B-04',
        cause: expect.any(String),
        remedy: expect.any(String),
      });
    },
    LIMIT_MS,
  );

  it(
    'without a server and without a cluster says that nothing could be observed, with 3',
    async () => {
      const { code, out, err } = await start(['system', 'status', '--direct', '--output', 'json']).ended;
      expect(code, err).toBe(3);
      expect(JSON.parse(out)).toMatchObject({ connections: [] });
      expect(err).toContain('kubeconfig rediscover');
      expect(COLOUR.test(out + err)).toBe(false);
    },
    LIMIT_MS,
  );

  it(
    'says with 3 that a server named does not answer',
    async () => {
      expect(await run('system', 'status', '--server', 'http://127.0.0.1:1')).toMatchObject({
        code: 3,
        out: '',
      });
    },
    LIMIT_MS,
  );
});

describe('beside a server', () => {
  let server: Running;
  let url: string;
  beforeAll(async () => {
    server = start([
      'serve',
      '--port',
      '0',
      '--sandbox',
      '--world',
      'welcome',
      '--data-dir',
      join(home, 'server'),
    ]);
    url = (await server.said(/is at (http:\/\/127\.0\.0\.1:\d+)/))[1] ?? '';
  }, LIMIT_MS);
  afterAll(async () => {
    server.child.kill('SIGINT');
    await server.ended;
  }, LIMIT_MS);

  it(
    'tells the status in every format, data on stdout and nothing else',
    async () => {
      const json = await run('system', 'status', '--server', url, '--output', 'json');
      const Status = z.object({ connections: z.array(z.object({ name: z.string(), health: z.string() })) });
      const { connections } = Status.parse(JSON.parse(json.out));
      expect(connections.map((one) => one.name).toSorted()).toEqual([
        'edge-lab',
        'legacy-dc2',
        'prod-eu-1',
        'staging',
      ]);
      expect(json.code).toBe(1);
      const yaml = await run('system', 'status', '--server', url, '-o', 'yaml');
      expect(Status.parse(parse(yaml.out)).connections).toHaveLength(4);
      const junit = await run('system', 'status', '--server', url, '--output', 'junit');
      expectWellFormed(junit.out.trimEnd());
      expect(junit.out).toContain('<testsuite name="staging"');
      const human = await run('connection', 'list', '--server', url);
      expect(human.out).toContain('legacy-dc2');
      expect(COLOUR.test(human.out + human.err)).toBe(false);
    },
    LIMIT_MS,
  );

  it(
    'tests connections, each verdict with its exit code',
    async () => {
      const blind = await run('connection', 'test', 'legacy-dc2', '--server', url, '--output', 'json');
      expect(blind.code, blind.err).toBe(3);
      expect(JSON.parse(blind.out)).toMatchObject({ status: 'done', rootCause: 'kubernetes-answers' });
      const found = await run(
        'system',
        'check',
        '--connection',
        'prod-eu',
        '--server',
        url,
        '--output',
        'junit',
      );
      expect(found.code, found.err).toBe(1);
      expectWellFormed(found.out.trimEnd());
      expect(found.out).toContain('<failure message=');
      const preflight = await run(
        'system',
        'check',
        '--connection',
        'staging',
        '--preflight',
        '--server',
        url,
      );
      expect(preflight.code, preflight.out).toBe(0);
      expect(preflight.out).not.toContain('Its resource exists');
      const short = await run(
        'system',
        'check',
        '--components',
        '--connection',
        'prod-eu-1',
        '--short',
        '--server',
        url,
      );
      expect(short.out).toContain('Root cause');
      expect(short.out).not.toContain('✓');
      expect(await run('connection', 'test', 'nowhere', '--server', url)).toMatchObject({ code: 2, out: '' });
    },
    LIMIT_MS,
  );

  it(
    'starts, follows and lists operations, and resets the database',
    async () => {
      const dry = await run(
        'operation',
        'start',
        'install',
        '--connection',
        'staging',
        '--dry-run',
        '--server',
        url,
        '--output',
        'json',
      );
      expect(dry.code, dry.err).toBe(0);
      expect(JSON.parse(dry.out)).toMatchObject({ changes: expect.any(Array) });
      const status = await run('database', 'status', '--server', url, '--output', 'json');
      expect(status.code, status.out).toBe(0);
      expect(await run('database', 'reset', '--server', url)).toMatchObject({ code: 2 });
      const reset = await run(
        'database',
        'reset',
        '--confirm',
        'database',
        '--server',
        url,
        '--output',
        'json',
      );
      expect(reset.code, reset.out + reset.err).toBe(0);
      const { id } = z
        .object({ id: z.string(), status: z.literal('succeeded') })
        .parse(JSON.parse(reset.out));
      const list = await run('operation', 'list', '--server', url, '--output', 'yaml');
      expect(parse(list.out)).toMatchObject({ items: [{ id, kind: 'reset-database' }] });
      expect(await run('operation', 'watch', id, '--server', url)).toMatchObject({ code: 0 });
    },
    LIMIT_MS,
  );

  it(
    'writes a bundle for its owner alone, and judges it offline as the server did',
    async () => {
      const preview = await run('bundle', '--preview', '--server', url, '--output', 'json');
      expect(JSON.parse(preview.out)).toMatchObject({
        parts: expect.any(Array),
        redactions: expect.any(Array),
      });
      const file = join(home, 'case.json');
      const written = await run('bundle', '--out', file, '--server', url);
      expect(written.code, written.err).toBe(0);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const bundle = Bundle.parse(JSON.parse(await readFile(file, 'utf8')));
      const offline = await run('system', 'status', '--bundle', file, '--output', 'json');
      expect(offline.code, offline.err).toBe(1);
      const Causes = z.object({
        connections: z.array(
          z.object({ name: z.string(), rootCause: z.object({ code: z.string() }).optional() }),
        ),
      });
      const told = Causes.parse(JSON.parse(offline.out)).connections.map((one) => [
        one.name,
        one.rootCause?.code,
      ]);
      expect(told).toEqual(judgeBundle(bundle).map((one) => [one.name, one.rootCause?.code]));
      expect(told).toContainEqual(['legacy-dc2', 'MT-K-01']);
      expect(told).toContainEqual(['staging', undefined]);
      await writeFile(file, '{"format":"other"}');
      expect(await run('system', 'status', '--bundle', file)).toMatchObject({ code: 2, out: '' });
    },
    LIMIT_MS,
  );

  it(
    'watches until Ctrl-C',
    async () => {
      const watch = start(['connection', 'watch', '--server', url]);
      await watch.said(/legacy-dc2[\s\S]*legacy-dc2/);
      watch.child.kill('SIGINT');
      const { code, out, err } = await watch.ended;
      // Broken off in the middle of a question it says so; else it ends with the verdict of what it last saw.
      expect(code, err).toBe(err.includes('Stopped.') ? 3 : 1);
      expect(COLOUR.test(out)).toBe(false);
    },
    LIMIT_MS,
  );

  it(
    'is served until Ctrl-C, which ends it in good order',
    async () => {
      server.child.kill('SIGINT');
      const { code, err } = await server.ended;
      expect(code, err).toBe(0);
    },
    LIMIT_MS,
  );
});

describe('Ctrl-C', () => {
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
      const check = start(['system', 'check', '--server', url]);
      while (!asked.includes('GET /api/checks/r1')) {
        if (check.child.exitCode !== null) throw new Error(`ended early: ${(await check.ended).err}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
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
