import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type Ended, spawned } from '../../src/cli/fixtures/spawned.ts';
import { ROOT } from './command.ts';

const NAME = 'meshplay-troubleshooter';
const Manifest = z.object({
  bin: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()),
});

/** The package as somebody has it who installed it from a registry. */
export interface PublishedPackage {
  /** Holds `node_modules`. */
  readonly folder: string;
  /** What a shell finds as `meshplay-troubleshooter`. */
  readonly bin: string;
  /** What was packed, sorted. */
  readonly files: readonly string[];
  remove(): Promise<void>;
}

/**
 * Builds the program from the source as it is, packs it with npm and unpacks it into a `node_modules` of its own, with
 * the runtime dependencies beside it and nothing else: what the package forgot to name is not found there. The page
 * is the one built last (`npm ci` and `npm test` build it).
 */
export async function publish(): Promise<PublishedPackage> {
  const folder = await mkdtemp(join(tmpdir(), 'published-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const staged = join(folder, 'staged');
    await mkdir(staged);
    for (const file of ['package.json', 'README.md', 'LICENSE'])
      await cp(join(ROOT, file), join(staged, file));
    await cp(join(ROOT, 'dist/page'), join(staged, 'dist/page'), { recursive: true });
    await succeed(
      'vite',
      ['build', '--mode', 'program', '--outDir', join(staged, 'dist'), '--logLevel', 'warn'],
      ROOT,
    );
    await succeed('npm', ['pack', '--ignore-scripts', '--offline', '--pack-destination', folder], staged);
    const packed = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
    if (packed === undefined) throw new Error('npm pack made no archive.');
    await succeed('tar', ['-xzf', join(folder, packed)], folder);

    const modules = join(folder, 'node_modules');
    const installed = join(modules, NAME);
    await mkdir(modules);
    await cp(join(folder, 'package'), installed, { recursive: true });
    const { bin, dependencies } = Manifest.parse(
      JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')),
    );
    for (const dependency of Object.keys(dependencies)) {
      await mkdir(dirname(join(modules, dependency)), { recursive: true });
      await symlink(join(ROOT, 'node_modules', dependency), join(modules, dependency), 'dir');
    }
    const target = join(installed, bin[NAME] ?? 'package.json names no such program');
    // What npm does for every program of a package.
    await chmod(target, 0o755);
    await mkdir(join(modules, '.bin'));
    await symlink(target, join(modules, '.bin', NAME));
    const entries = await readdir(installed, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1))
      .toSorted();
    return { folder, bin: join(modules, '.bin', NAME), files, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function succeed(program: string, args: readonly string[], cwd: string): Promise<Ended> {
  const path = [join(ROOT, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(':');
  const ended = await spawned(program, args, { cwd, env: { ...process.env, PATH: path } }).ended;
  if (ended.code !== 0) throw new Error(`${program} ended with ${ended.code}: ${ended.out}${ended.err}`);
  return ended;
}
