import { createServer } from 'node:net';

/**
 * Below the range the kernel takes the ports of outgoing connections from. A port of that range may be gone again
 * while a server restarts: even a client that dials it meanwhile can be given it, and connects to itself.
 */
const LOWEST = 15_000;
const HIGHEST = 32_000;
const ATTEMPTS = 50;

/** A TCP port that was free a moment ago on `host`. Throws when fifty tries found none. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (await isPortFree(host, port)) return port;
  }
  throw new Error(`no free port on ${host}`);
}

/** Whether `port` can be bound on `host` now. */
export function isPortFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** Words of programs that found the port they were given taken. */
const TAKEN = /address already in use|EADDRINUSE|failed to listen/i;
const STARTS = 3;

/**
 * Starts something on a free port; on another one when somebody else was quicker between choosing and listening.
 * For programs that cannot choose a port themselves and tell it.
 */
export async function onFreePort<T>(start: (port: number) => Promise<T>, host?: string): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort(host));
    } catch (error) {
      if (attempt === STARTS || !TAKEN.test(String(error))) throw error;
    }
  }
}
