import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from './poll.ts';

const LOG_LIMIT = 400_000;
const STOP_GRACE_MS = 3_000;
/** Lets the kernel end a child whose parent was killed before it could clean up. */
const SETPRIV = '/usr/bin/setpriv';

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface Child {
  readonly pid: number;
  /** Everything it wrote, the last 400 kB of it. */
  output(): string;
  isRunning(): boolean;
  /** SIGTERM, three seconds, SIGKILL; resolves when it is gone. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: its sockets stay open and say nothing. Resolves once all its threads stand still. */
  freeze(): Promise<void>;
  thaw(): void;
}

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Asked until true; a throw counts as *not yet*. */
  readonly ready: (child: { output(): string }) => Promise<boolean> | boolean;
  readonly readyTimeoutMs?: number;
}

/** Starts a program that dies with this process. Throws with the end of its log when it ends or is not ready in time. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const bound = existsSync(SETPRIV);
  const command = bound ? SETPRIV : options.command;
  const args = bound ? ['--pdeathsig', 'KILL', options.command, ...options.args] : options.args;
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let log = '';
  const keep = (chunk: Buffer) => {
    log = (log + chunk.toString('utf8')).slice(-LOG_LIMIT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let failure: Error | undefined;
  const gone = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      failure = error;
      running.delete(child);
      resolve();
    });
    child.once('exit', () => {
      running.delete(child);
      resolve();
    });
  });
  const isRunning = () => failure === undefined && child.exitCode === null && child.signalCode === null;
  const handle: Child = {
    pid: child.pid ?? -1,
    output: () => log,
    isRunning,
    async stop() {
      // A frozen process takes no SIGTERM until it runs again.
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const giveUp = new AbortController();
      await Promise.race([
        gone,
        sleep(STOP_GRACE_MS, undefined, { signal: giveUp.signal }).catch(() => undefined),
      ]);
      giveUp.abort();
      await handle.kill();
    },
    async kill() {
      if (isRunning()) child.kill('SIGKILL');
      await gone;
    },
    async freeze() {
      child.kill('SIGSTOP');
      await untilStopped(child.pid);
    },
    thaw: () => void child.kill('SIGCONT'),
  };
  let died = false;
  try {
    await waitFor(
      `${options.name} ready`,
      () => {
        died = !isRunning();
        return died || options.ready(handle);
      },
      { timeoutMs: options.readyTimeoutMs ?? 60_000 },
    );
    if (died) throw new Error(`${options.name} ended`, { cause: failure });
  } catch (error) {
    await handle.kill();
    throw new Error(`${options.name} did not start:\n${log.slice(-4_000)}`, { cause: error });
  }
  return handle;
}

/** A signal is only on its way when `kill` returns: until it arrives, a program on another core goes on answering. */
async function untilStopped(pid: number | undefined): Promise<void> {
  if (pid === undefined || process.platform !== 'linux') return sleep(200);
  const isStopped = async () => {
    const threads = await readdir(`/proc/${pid}/task`);
    const stats = await Promise.all(
      threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8')),
    );
    // The name, which may hold anything, ends at the last parenthesis; the state is the letter behind it.
    return stats.every((stat) => /^\) [Tt]/.test(stat.slice(stat.lastIndexOf(')'))));
  };
  await waitFor(`process ${pid} stands still`, isStopped, { everyMs: 5 });
}
