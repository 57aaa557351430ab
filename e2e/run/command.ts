import { spawn } from 'node:child_process';
import { delimiter, resolve } from 'node:path';

/** The folder of the project. */
export const ROOT = resolve(import.meta.dirname, '../..');
/** The tests start hundreds of processes of ours; compiled once, the sources are remembered for all of them. */
const COMPILE_CACHE = resolve(ROOT, 'node_modules/.cache/compiled');

/** Runs a program to its end with its output on ours; gives its exit code, 1 where a signal or the time limit ended it. */
export async function run(
  program: string,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly timeoutMs?: number } = {},
): Promise<number> {
  console.log(`\n> ${[program, ...args].join(' ')}`);
  const path = [resolve(ROOT, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter);
  const child = spawn(program, args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: path, NODE_COMPILE_CACHE: COMPILE_CACHE, ...options.env },
    ...(options.timeoutMs === undefined
      ? {}
      : { timeout: options.timeoutMs, killSignal: 'SIGKILL' as const }),
  });
  return new Promise((settle) => {
    child.once('error', (error) => {
      console.error(`${program} could not be started: ${error.message}`);
      settle(1);
    });
    child.once('exit', (code) => settle(code ?? 1));
  });
}
