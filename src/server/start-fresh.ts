/**
 * `npm start`: builds the page when it was never built or when a source is newer, so that the start is quick and the
 * page never stale; then starts the server in this same process.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = [
  'src/app',
  'src/api',
  'src/client',
  'src/core',
  'public',
  'index.html',
  'vite.config.ts',
  'package-lock.json',
];

function newestMs(path: string): number {
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}

const built = statSync(join(ROOT, 'dist/page/index.html'), { throwIfNoEntry: false });
const isFresh = built !== undefined && SOURCES.every((path) => newestMs(join(ROOT, path)) <= built.mtimeMs);
if (!isFresh) {
  const { status } = spawnSync('vite', ['build', '--logLevel', 'warn'], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
await import('./start.ts');
