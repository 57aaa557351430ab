import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type PublishedPackage, publish } from './published.ts';
import { type Ended, type Spawned, spawned } from '../../src/cli/fixtures/spawned.ts';

/** Generous: it builds, packs and starts some forty programs, and a loaded machine is no failure. */
const LIMIT_MS = 300_000;
// oxlint-disable-next-line no-control-regex
const COLOUR = /\u001B\[/;

let home: string;
let installed: PublishedPackage;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'published-home-'));
  installed = await publish();
}, LIMIT_MS);
afterAll(async () => {
  await installed.remove();
  await rm(home, { recursive: true, force: true });
}, LIMIT_MS);

/** A person's shell, with a home and kubeconfigs of nobody. */
function shell(changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    HOME: home,
    TMPDIR: tmpdir(),
    MESHPLAY_DATA_DIR: join(home, 'data'),
    KUBECONFIG: join(home, 'absent'),
    ...changes,
  };
}

function start(args: readonly string[], changes: NodeJS.ProcessEnv = {}): Spawned {
  return spawned(installed.bin, args, { cwd: home, env: shell(changes) });
}

async function run(line: string, changes: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const ended = await start(line.split(' '), changes).ended;
  expect(COLOUR.test(ended.out + ended.err), 'no colours in a pipe').toBe(false);
  return ended;
}

describe('the package', () => {
  it('holds the program, the page and nothing of the workshop', () => {
    expect(installed.files).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'package.json',
        'dist/cli/bin.js',
        'dist/page/index.html',
        'dist/server/storage/reader-worker.js',
        'dist/server/storage/writer-worker.js',
      ]),
    );
    const others = installed.files.filter(
      (file) => !/^(LICENSE|README\.md|package\.json|dist\/.+\.(js|css|html|svg|json))$/.test(file),
    );
    expect(others).toEqual([]);
    expect(
      installed.files.filter((file) => /spec|offline|mocks?\/|mockServiceWorker|\.vite/.test(file)),
    ).toEqual([]);
  });

  it(
    'needs no build, no types and no server for its words',
    async () => {
      const manifest: unknown = JSON.parse(
        await readFile(join(installed.folder, 'node_modules/meshplay-troubleshooter/package.json'), 'utf8'),
      );
      const version = await run('--version');
      expect(version, version.err).toMatchObject({ code: 0, err: '' });
      expect(manifest).toMatchObject({ version: version.out.trim() });
      const error = await run('errors MT-B-04 --output json');
      expect(error, error.err).toMatchObject({ code: 0 });
      expect(JSON.parse(error.out)).toMatchObject({ code: 'MT-B-04', cause: expect.any(String) });
    },
    LIMIT_MS,
  );

  it(
    'looks at clusters without a server, and throws away what a simulated world kept',
    async () => {
      const { code, out, err } = await run('system status --world healthy --output json');
      expect(code, err).toBe(0);
      expect(JSON.parse(out)).toMatchObject({
        server: { runtime: `Node ${process.versions.node}` },
        connections: [{ name: 'prod-eu-1' }, { name: 'prod-us-1' }, { name: 'staging' }],
      });
      await expect(stat(join(home, 'data'))).rejects.toThrow('ENOENT');
      const none = await run('system status --output yaml');
      expect(none.code, none.err).toBe(3);
      expect(parse(none.out)).toMatchObject({ connections: [] });
      expect((await stat(join(home, 'data'))).mode & 0o077).toBe(0);
    },
    LIMIT_MS,
  );
});

describe('an older Node', () => {
  const old = (version: string) => [
    '--import',
    `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'${version}'}})`,
  ];
  const withOldNode = (args: readonly string[]) =>
    spawned(process.execPath, [...old('20.19.0'), installed.bin, ...args], { cwd: home, env: shell() }).ended;

  it(
    'is told what is needed',
    async () => {
      const { code, out, err } = await withOldNode(['--version']);
      expect(code).toBe(3);
      expect(out).toBe('');
      expect(err).toContain('needs Node 24 or newer, and this is Node 20.19.0');
      expect(err).toContain('→ Install Node 24');
    },
    LIMIT_MS,
  );

  it(
    'hands over to the Node that was installed beside the package, its exit code too',
    async () => {
      const beside = join(installed.folder, 'node_modules/node');
      await mkdir(join(beside, 'bin'), { recursive: true });
      await writeFile(join(beside, 'package.json'), '{"name":"node","version":"24.0.0"}');
      await writeFile(
        join(beside, 'bin/node'),
        `#!/bin/sh\necho "handed over" >&2\nexec "${process.execPath}" "$@"\n`,
      );
      await chmod(join(beside, 'bin/node'), 0o755);
      try {
        const version = await withOldNode(['--version']);
        expect(version).toMatchObject({ code: 0, err: 'handed over\n' });
        expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/);
        expect(await withOldNode(['nonsense'])).toMatchObject({ code: 2, out: '' });
      } finally {
        await rm(beside, { recursive: true });
      }
    },
    LIMIT_MS,
  );
});
