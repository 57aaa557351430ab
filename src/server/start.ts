/** The server as a process of its own, until it is told to stop. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// What it writes is about other people’s clusters: for its owner alone.
process.umask(0o077);
// Loading seven hundred TypeScript files is most of a start. Compiled once, they are remembered; `npm ci` runs it once.
enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/compiled'));
// Imported only now, so that it comes from the cache.
const { runServer } = await import('./serve.ts');
process.exit(await runServer(process.argv.slice(2), process.env));
