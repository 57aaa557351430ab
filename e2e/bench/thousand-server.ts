/** The product over a thousand simulated clusters. Prints its address, and its memory and processor time for each line it is sent. Run with --expose-gc. */
import { createInterface } from 'node:readline';
import { readConfig } from '../../src/server/config/config.ts';
import { assembleServer } from '../../src/server/server.ts';

const [folder = ''] = process.argv.slice(2);
const config = readConfig(
  ['--data-dir', folder, '--sandbox', '--world', 'thousand-connections', '--port', '1'],
  process.env,
);
if (config === 'help') throw new Error('no help was asked for');
const server = await assembleServer(config, process.env, () => undefined);
const address = await server.app.listen({ host: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ address }));
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'end') break;
  const { user, system } = process.cpuUsage();
  globalThis.gc?.();
  console.log(JSON.stringify({ ...process.memoryUsage(), cpuMs: (user + system) / 1000 }));
}
await server.close();
process.exit(0);
