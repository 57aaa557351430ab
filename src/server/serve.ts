import type { Writable } from 'node:stream';
import { ApiError } from '../api/errors.ts';
import { readConfig, USAGE, UsageError } from './config/config.ts';
import { ListenError, startServer } from './listen.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** A supervisor kills what does not stop; this stops before. */
const STOP_LIMIT_MS = 3000;

type Environment = Readonly<Record<string, string | undefined>>;

interface Stdio {
  readonly out: Writable;
  readonly err: Writable;
}

/**
 * Runs the server for the flags given until `signal` aborts, and prints where it is. Throws `UsageError` for flags
 * that are not understood, `ListenError` when the port cannot be had, `ApiError` when the state database cannot be
 * opened, and an error when it does not stop within `stopLimitMs`.
 */
export async function serve(
  args: readonly string[],
  signal: AbortSignal,
  env: Environment = process.env,
  stdio: Stdio = { out: process.stdout, err: process.stderr },
  stopLimitMs: number = STOP_LIMIT_MS,
): Promise<void> {
  const config = readConfig(args, env);
  if (config === 'help') {
    stdio.out.write(USAGE);
    return;
  }
  const server = await startServer(config, env, (line) => stdio.err.write(line));
  for (const notice of server.notices) stdio.err.write(`${notice}\n`);
  stdio.out.write(`Meshplay Troubleshooter is at ${server.url}/settings\n`);
  await aborted(signal);
  await within(stopLimitMs, server.close());
}

/**
 * `serve` for a process of its own: until SIGINT or SIGTERM. Gives the exit code: 0 after a signal, 1 when it could
 * not start or stop, 2 when it was not understood.
 */
export async function runServer(
  args: readonly string[],
  env: Environment,
  stdio: Stdio = { out: process.stdout, err: process.stderr },
): Promise<number> {
  const stop = new AbortController();
  // Once: a second signal finds no listener and ends the process at once.
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  try {
    await serve(args, stop.signal, env, stdio);
    return 0;
  } catch (error) {
    return explain(error, stdio.err);
  }
}

/** Tells what went wrong; gives the exit code. An error nobody foresaw is thrown on. */
function explain(error: unknown, err: Writable): number {
  if (error instanceof UsageError) {
    err.write(`${error.message}\nSee --help.\n`);
    return EXIT_USAGE;
  }
  if (error instanceof ListenError || error instanceof StopError || error instanceof ApiError) {
    const remedy = error instanceof ApiError ? error.remedy : undefined;
    err.write(`${[error.message, remedy ?? ''].join(' ').trim()}\n`);
    return EXIT_FAILED;
  }
  throw error;
}

class StopError extends Error {
  constructor() {
    super('The server did not stop in time and is ended.');
    this.name = 'StopError';
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
}

async function within(limitMs: number, work: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new StopError()), limitMs);
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
