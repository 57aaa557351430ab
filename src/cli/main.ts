import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../api/errors.ts';
import { ClientError } from '../client/client-error.ts';
import { openAccess } from './access.ts';
import { type CommandLine, formatOf, readCommandLine } from './arguments.ts';
import { type CommandContext, EXIT, type ExitCode, UsageError } from './command.ts';
import { commands } from './commands.ts';
import { helpOf, overview } from './help.ts';
import { createScreen, type Screen, type Streams } from './output/screen.ts';

const HELP = ['help', '--help', '-h'];
const VERSION = ['version', '--version', '-V'];

/** Runs one command line. @returns the exit code; never throws for what a person typed or a cluster did */
export async function runCli(
  args: readonly string[],
  streams: Streams,
  signal: AbortSignal,
): Promise<ExitCode> {
  const screen = createScreen(streams, process.env);
  try {
    return await runLine(args, screen, signal);
  } catch (error) {
    screen.progress('');
    if (signal.aborted) {
      screen.talk('Stopped.');
      return EXIT.notObserved;
    }
    return explain(error, screen);
  }
}

async function runLine(args: readonly string[], screen: Screen, signal: AbortSignal): Promise<ExitCode> {
  const [first] = args;
  if (first === undefined || (HELP.includes(first) && args.length === 1)) {
    screen.data(overview(commands, screen.columns));
    return EXIT.healthy;
  }
  if (VERSION.includes(first)) {
    const { productVersion } = await import('../server/config/version.ts');
    screen.data(productVersion);
    return EXIT.healthy;
  }
  const line = readCommandLine(first === 'help' ? [...args.slice(1), '--help'] : args, commands);
  if (line.options['help'] === true) {
    screen.data(helpOf(line.command, screen.columns));
    return EXIT.healthy;
  }
  return runCommand(line, screen, signal);
}

async function runCommand(
  { command, options, words }: CommandLine,
  screen: Screen,
  signal: AbortSignal,
): Promise<ExitCode> {
  const context: Omit<CommandContext, 'client' | 'isInProcess'> = {
    ...screen,
    format: formatOf(options['output']),
    options,
    words,
    signal,
    sleep: (ms) => sleep(ms, undefined, { signal }),
    readText,
    writeBytes,
  };
  const isLocal = typeof command.isLocal === 'function' ? command.isLocal(options) : command.isLocal === true;
  if (isLocal) {
    const client = { call: () => Promise.reject(new Error('this command asks no server')) };
    return command.run({ ...context, client, isInProcess: true });
  }
  const text = (name: string) => (typeof options[name] === 'string' ? options[name] : undefined);
  const ways = ['server', 'direct', 'world'].filter((name) => options[name] !== undefined);
  if (ways.length > 1) throw new UsageError(`--${ways.join(' and --')} contradict each other.`);
  const access = await openAccess(
    {
      server: text('server'),
      isDirect: options['direct'] === true,
      world: text('world'),
      needsFolder: command.needsFolder === true,
    },
    signal,
  );
  try {
    if (screen.isWatched) context.talk(`Asking ${access.source}.`);
    return await command.run({ ...context, client: access.client, isInProcess: access.isInProcess });
  } finally {
    screen.progress('');
    await access.close();
  }
}

/** Tells what went wrong; gives the exit code. */
function explain(error: unknown, screen: Screen): ExitCode {
  if (error instanceof Error && error.name === 'UsageError') {
    // The server’s own, of `serve`, is another class of the same name.
    screen.talk(`${error.message}\nTry --help.`);
    return EXIT.usage;
  }
  if (error instanceof ClientError || error instanceof ApiError) {
    screen.talk(`${error.message}${error.remedy === undefined ? '' : `\n→ ${error.remedy}`}`);
    return error instanceof ClientError ? exitOf(error.code) : EXIT.notObserved;
  }
  screen.talk(error instanceof Error ? error.message : String(error));
  return EXIT.notObserved;
}

function exitOf(code: ClientError['code']): ExitCode {
  switch (code) {
    case 'invalid-request':
    case 'not-found':
      return EXIT.usage;
    case 'unprocessable':
    case 'conflict':
      return EXIT.findings;
    default:
      return EXIT.notObserved;
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new UsageError(`${path} cannot be read: ${told(cause)}.`, cause);
  }
}

async function writeBytes(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes, { mode: 0o600 });
  } catch (cause) {
    throw new UsageError(`${path} cannot be written: ${told(cause)}.`, cause);
  }
}

function told(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Signals closer together than this are one: a terminal sends Ctrl-C to the whole group, and a parent hands it on. */
const ONE_SIGNAL_MS = 500;

/** The program: arguments, streams and signals of this process. Ctrl-C ends it in good order, a second one at once. */
export async function main(): Promise<void> {
  // What it writes is about other people’s clusters: for its owner alone.
  process.umask(0o077);
  const abort = new AbortController();
  let abortedAtMs = 0;
  const stop = (signal: NodeJS.Signals) => {
    if (!abort.signal.aborted) {
      abortedAtMs = Date.now();
      abort.abort(new Error(signal));
    } else if (Date.now() - abortedAtMs > ONE_SIGNAL_MS) process.exit(EXIT.notObserved);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // A reader that has seen enough (`| head`) closes the pipe; that is no failure of ours.
  process.stdout.on('error', () => process.exit(EXIT.healthy));
  process.exitCode = await runCli(
    process.argv.slice(2),
    { out: process.stdout, err: process.stderr },
    abort.signal,
  );
  process.off('SIGINT', stop);
  process.off('SIGTERM', stop);
}
