import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { ROOT, run } from '../run/command.ts';
import type { Bench } from './figure.ts';

const Manifest = z.record(
  z.string(),
  z.object({
    file: z.string(),
    isEntry: z.boolean().optional(),
    imports: z.array(z.string()).optional(),
    css: z.array(z.string()).optional(),
  }),
);

/** JavaScript and CSS that the first screen loads: the entry, what it imports statically, and their styles. */
export const size: Bench = {
  name: 'size',
  async run() {
    await run('vite', ['build', '--logLevel', 'warn']);
    const folder = join(ROOT, 'dist/page');
    const manifest = Manifest.parse(JSON.parse(await readFile(join(folder, '.vite/manifest.json'), 'utf8')));
    const files = new Set<string>();
    const add = (key: string): void => {
      const chunk = manifest[key];
      if (chunk === undefined || files.has(chunk.file)) return;
      files.add(chunk.file);
      for (const style of chunk.css ?? []) files.add(style);
      for (const other of chunk.imports ?? []) add(other);
    };
    for (const [key, chunk] of Object.entries(manifest)) if (chunk.isEntry === true) add(key);
    let bytes = 0;
    for (const file of files) bytes += gzipSync(await readFile(join(folder, file)), { level: 9 }).length;
    return [
      {
        name: 'first screen, JavaScript and CSS, gzip',
        value: bytes / 1000,
        unit: 'kB',
        budget: 150,
        note: `${files.size} files`,
      },
    ];
  },
};
