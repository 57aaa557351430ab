import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { Bundle } from '../api/bundle.ts';
import { judgeBundle } from '../core/bundle/open.ts';
import { expectWellFormed, LIMIT_MS, run as runLine, start } from './fixtures/program.ts';
import type { Spawned } from './fixtures/spawned.ts';

let home: string;
let server: Spawned;
let url: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cli-server-'));
  server = start(home, 'serve', '--port', '0', '--sandbox', '--world', 'welcome');
  url = (await server.said(/is at (http:\/\/127\.0\.0\.1:\d+)/))[1] ?? '';
}, LIMIT_MS);
afterAll(async () => {
  server.child.kill('SIGKILL');
  await server.ended;
  await rm(home, { recursive: true, force: true });
}, LIMIT_MS);

const run = (line: string) => runLine(...line.split(' '), '--server', url);

describe('every command that tells something', () => {
  it.each([
    ['system status', 1, z.object({ connections: z.array(z.object({ name: z.string() })).length(4) })],
    ['system check --preflight', 3, z.object({ runs: z.array(z.object({ id: z.string() })).length(4) })],
    ['connection list', 1, z.object({ items: z.array(z.object({ health: z.string() })).length(4) })],
    ['connection test legacy-dc2', 3, z.object({ rootCause: z.literal('kubernetes-tcp') })],
    [
      'operation start install --connection staging --dry-run',
      0,
      z.object({ changes: z.array(z.object({})) }),
    ],
    ['operation list', 0, z.object({ items: z.array(z.object({})) })],
    ['database status', 0, z.object({ rows: z.number() })],
    ['kubeconfig rediscover', 0, z.object({ contexts: z.array(z.object({})).min(4) })],
    ['bundle --preview', 0, z.object({ redactions: z.array(z.object({})) })],
    ['errors MT-B-04', 0, z.object({ code: z.literal('MT-B-04') })],
  ])(
    'says the same in every format: %s',
    async (line, code, shape) => {
      const asked = line.startsWith('errors') ? (text: string) => runLine(...text.split(' ')) : run;
      const json = await asked(`${line} --output json`);
      expect(json.code, json.err).toBe(code);
      expect(() => shape.parse(JSON.parse(json.out))).not.toThrow();
      const yaml = await asked(`${line} -o yaml`);
      expect(yaml.code).toBe(code);
      expect(() => shape.parse(parse(yaml.out))).not.toThrow();
      const junit = await asked(`${line} --output junit`);
      expect(junit.code).toBe(code);
      expectWellFormed(junit.out);
      const human = await asked(line);
      expect(human.code).toBe(code);
      expect(human.out.length).toBeGreaterThan(20);
      expect(human.out).not.toMatch(/undefined|\[object|NaN/);
    },
    LIMIT_MS,
  );
});

describe('system check', () => {
  it(
    'asks what the flag says, and no more',
    async () => {
      const preflight = await run('system check --connection staging --preflight');
      expect(preflight.code, preflight.out).toBe(0);
      expect(preflight.out).not.toContain('Its resource exists');
      const short = await run('system check --components --connection prod-eu-1 --short');
      expect(short.code).toBe(1);
      expect(short.out).toContain('Root cause: Broker');
      expect(short.out).not.toContain('✓');
      const found = await run('system check --connection prod-eu --output junit');
      expect(found.code, found.err).toBe(1);
      expect(found.out).toContain('<failure message=');
      expect(await run('connection test nowhere')).toMatchObject({ code: 2, out: '' });
    },
    LIMIT_MS,
  );
});

describe('operations', () => {
  it(
    'are started, followed and listed, and the database is reset by name only',
    async () => {
      expect(await run('database reset')).toMatchObject({ code: 2 });
      const reset = await run('database reset --confirm database --output json');
      expect(reset.code, reset.out + reset.err).toBe(0);
      const { id } = z
        .object({ id: z.string(), status: z.literal('succeeded') })
        .parse(JSON.parse(reset.out));
      const list = await run('operation list --output yaml');
      expect(parse(list.out)).toMatchObject({ items: [{ id, kind: 'reset-database' }] });
      expect(await run(`operation watch ${id}`)).toMatchObject({ code: 0 });
      expect((await run('operation list')).out).toMatch(/STARTED +STATUS +ID +WHAT\n.*succeeded/);
    },
    LIMIT_MS,
  );
});

describe('a bundle', () => {
  it(
    'is for its owner alone, and is judged offline as the server did',
    async () => {
      const file = join(home, 'case.json');
      const written = await run(`bundle --out ${file}`);
      expect(written.code, written.err).toBe(0);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const bundle = Bundle.parse(JSON.parse(await readFile(file, 'utf8')));
      const offline = await runLine('system', 'status', '--bundle', file, '--output', 'json');
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
      expect(await runLine('system', 'status', '--bundle', file)).toMatchObject({ code: 2, out: '' });
      expect(await run('bundle --out /absent/folder/case.json')).toMatchObject({ code: 2, out: '' });
    },
    LIMIT_MS,
  );
});
