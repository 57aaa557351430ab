import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { type PublishedPackage, publish } from './published.ts';
import { type Ended, type Spawned, spawned } from '../../src/cli/fixtures/spawned.ts';

/** Generous: a loaded machine is no failure. */
const LIMIT_MS = 300_000;
// oxlint-disable-next-line no-control-regex
const COLOUR = /\u001B\[/;
const KUBECONFIG = `apiVersion: v1
kind: Config
current-context: nowhere
clusters: [{ name: nowhere, cluster: { server: 'https://127.0.0.1:1' } }]
users: [{ name: nobody, user: { token: t } }]
contexts: [{ name: nowhere, context: { cluster: nowhere, user: nobody } }]
`;

let home: string;
let installed: PublishedPackage;
let server: Spawned;
let url: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'published-home-'));
  await writeFile(join(home, 'config'), KUBECONFIG, { mode: 0o600 });
  installed = await publish();
  server = start(['serve', '--port', '0', '--sandbox', '--world', 'welcome']);
  url = (await server.said(/is at (http:\/\/127\.0\.0\.1:\d+)/))[1] ?? '';
}, LIMIT_MS);
afterAll(async () => {
  server.child.kill('SIGKILL');
  await server.ended;
  await installed.remove();
  await rm(home, { recursive: true, force: true });
}, LIMIT_MS);

function start(args: readonly string[]): Spawned {
  return spawned(installed.bin, args, {
    cwd: home,
    env: {
      PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
      HOME: home,
      TMPDIR: tmpdir(),
      MESHPLAY_DATA_DIR: join(home, 'data'),
      KUBECONFIG: join(home, 'absent'),
    },
  });
}

/** Asks without naming the server: it is found by the data folder. */
async function run(line: string): Promise<Ended> {
  const ended = await start(line.split(' ')).ended;
  expect(COLOUR.test(ended.out + ended.err), 'no colours in a pipe').toBe(false);
  return ended;
}

const PARSERS = {
  json: (text: string): unknown => JSON.parse(text),
  yaml: (text: string): unknown => parse(text),
  // XML as far as it is needed: one root that is opened and closed.
  junit: (text: string): unknown => ({
    root: /^<\?xml [^>]*\?>\n<testsuites [^>]*>[\s\S]*<\/testsuites>\n$/.test(text),
  }),
};

describe('the published program beside its server', () => {
  it('serves the API and the page', async () => {
    const health = await fetch(`${url}/api/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ connections: 4 });
    const page = await fetch(`${url}/settings`, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<div id="root">');
  });

  const named = { name: expect.any(String) };
  const rows: readonly (readonly [line: string, format: keyof typeof PARSERS, code: number, data: object])[] =
    [
      ['system status', 'yaml', 1, { connections: [named, named, named, named] }],
      ['system status --connection staging --verbose', 'json', 0, { connections: [{ name: 'staging' }] }],
      ['system check --connection legacy-dc2', 'json', 3, { runs: [{ rootCause: 'kubernetes-tcp' }] }],
      ['system check --connection staging --preflight', 'yaml', 0, { runs: [{ suites: ['kubernetes'] }] }],
      ['system check --connection prod-eu-1 --components', 'junit', 1, { root: true }],
      ['system check --connection staging --operator', 'json', 0, { runs: [{ suites: ['operator'] }] }],
      [
        'system check --connection staging --components --wait',
        'json',
        0,
        { runs: [{ suites: ['operator', 'broker', 'meshsync'], counts: { fail: 0 } }] },
      ],
      [
        'system check --connection staging --components --synthetic',
        'json',
        0,
        { runs: [{ status: 'done' }] },
      ],
      ['connection list', 'json', 1, { items: [named, named, named, named] }],
      ['connection test prod-eu-1', 'yaml', 1, { connectionName: 'prod-eu-1', status: 'done' }],
      [
        'operation start reconnect --connection staging',
        'json',
        0,
        { kind: 'reconnect', status: 'succeeded' },
      ],
      ['operation start install --connection staging --dry-run', 'yaml', 0, { changes: expect.any(Array) }],
      ['operation list', 'json', 0, { items: expect.any(Array) }],
      ['database status', 'json', 0, { rows: expect.any(Number), integrity: expect.any(Object) }],
      ['database reset --confirm database', 'yaml', 0, { kind: 'reset-database', status: 'succeeded' }],
      ['kubeconfig rediscover', 'yaml', 0, { paths: expect.any(Array), contexts: expect.any(Array) }],
      ['kubeconfig preview config', 'json', 0, { contexts: [{ context: 'nowhere', refusals: [] }] }],
      ['kubeconfig add config --agree loopback', 'json', 0, { added: [{ context: 'nowhere', isNew: true }] }],
      ['bundle --preview', 'json', 0, { parts: expect.any(Array), redactions: expect.any(Array) }],
      [
        'errors meshplay-server-1040',
        'yaml',
        0,
        { code: 'meshplay-server-1040', remedy: expect.any(String) },
      ],
    ];
  it.each(rows)(
    '%s as %s ends with %i, its data alone on stdout',
    async (line, format, code, data) => {
      const ended = await run(`${line} --output ${format}`);
      expect(ended.code, ended.out + ended.err).toBe(code);
      expect(PARSERS[format](ended.out)).toMatchObject(data);
    },
    LIMIT_MS,
  );

  it(
    'starts an operation without waiting, and follows it afterwards',
    async () => {
      const started = await run('operation start resync --connection staging --no-wait --output json');
      expect(started.code, started.err).toBe(0);
      const { id } = z.object({ id: z.string() }).parse(JSON.parse(started.out));
      const followed = await run(`operation watch ${id}`);
      expect(followed.code, followed.out + followed.err).toBe(0);
      expect(followed.out).toContain('succeeded');
    },
    LIMIT_MS,
  );

  it(
    'writes a bundle that it judges again',
    async () => {
      const written = await run('bundle --connection legacy-dc2 --out case.json');
      expect(written.code, written.err).toBe(0);
      expect((await stat(join(home, 'case.json'))).mode & 0o077).toBe(0);
      expect(await readFile(join(home, 'case.json'), 'utf8')).toContain('legacy-dc2');
      const judged = await run('system status --bundle case.json --output json');
      expect(judged.code, judged.err).toBe(3);
      expect(JSON.parse(judged.out)).toMatchObject({
        connections: [{ name: 'legacy-dc2', rootCause: { code: 'MT-K-01' } }],
      });
    },
    LIMIT_MS,
  );

  it.each([
    ['system nonsense', 2],
    ['system status --bogus', 2],
    ['connection test nowhere-at-all', 2],
    ['operation start explode', 2],
    ['database reset', 2],
    ['kubeconfig preview absent.yaml', 2],
    ['system status --server http://127.0.0.1:1', 3],
  ])(
    '%s ends with %i, says why on stderr and nothing on stdout',
    async (line, code) => {
      const ended = await run(line);
      expect(ended.code, ended.err).toBe(code);
      expect(ended.out).toBe('');
      expect(ended.err.trim().length).toBeGreaterThan(10);
    },
    LIMIT_MS,
  );

  it(
    'watches until Ctrl-C',
    async () => {
      const watch = start(['connection', 'watch', '--output', 'json']);
      await watch.said(/"items"[\s\S]*\n\{"items"/);
      watch.child.kill('SIGINT');
      const { code, err, out } = await watch.ended;
      // Broken off in the middle of a question it says so; else it ends with the verdict of what it last saw.
      expect(code, err).toBe(err.includes('Stopped.') ? 3 : 1);
      for (const line of out.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('items');
    },
    LIMIT_MS,
  );

  it(
    'completes',
    async () => {
      const { code, out } = await run('completion bash');
      expect(code).toBe(0);
      const script = join(home, 'completion.bash');
      await writeFile(script, out);
      const words = 'COMP_WORDS=(meshplay-troubleshooter system s); COMP_CWORD=2; _meshplay_troubleshooter';
      const completed = await spawned('bash', ['-c', `source ${script}; ${words}; echo "\${COMPREPLY[@]}"`], {
        env: { PATH: process.env['PATH'] },
      }).ended;
      expect(completed).toMatchObject({ code: 0, out: 'status\n' });
    },
    LIMIT_MS,
  );

  it(
    'leaves the data folder to one: a second server says who has it',
    async () => {
      const second = await run('serve --port 0');
      expect(second.code).toBe(3);
      expect(second.out).toBe('');
      expect(second.err).toContain(`in use by the server at ${url} (process ${server.child.pid}`);
      expect(second.err).toContain(`kill ${server.child.pid}`);
    },
    LIMIT_MS,
  );

  it(
    'ends at Ctrl-C in good order, and leaves the folder to the next',
    async () => {
      server.child.kill('SIGINT');
      const { code, err } = await server.ended;
      expect(code, err).toBe(0);
      const alone = await run('operation list --output json');
      expect(alone.code, alone.err).toBe(0);
      const { items } = z
        .object({ items: z.array(z.object({ status: z.string() })) })
        .parse(JSON.parse(alone.out));
      expect(items.length).toBeGreaterThan(2);
      expect(items.every(({ status }) => status === 'succeeded')).toBe(true);
    },
    LIMIT_MS,
  );
});
