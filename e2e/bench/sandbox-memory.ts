/** Prints the heap of the thousand simulated clusters alone, in bytes: what is not the product's. Run with --expose-gc. */
import { createSandbox, createSystemClock } from '../../src/sandbox/index.ts';

createSandbox({ clock: createSystemClock(), seed: 1, world: 'thousand-connections' });
setTimeout(() => {
  globalThis.gc?.();
  console.log(JSON.stringify(process.memoryUsage()));
  process.exit(0);
}, 5000);
