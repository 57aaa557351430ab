#!/usr/bin/env node
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ClientError } from '../client/client-error.ts';
import { openAccess } from './access.ts';
import {
  type Command,
  type CommandContext,
  EXIT,
  type ExitCode,
  FORMATS,
  type Format,
  UsageError,
} from './command.ts';
import { commands } from './commands.ts';
import { helpOf, overview } from './help.ts';

/** Where a command writes, so that it can be run in a test. */
export interface Streams {
  readonly out: { write(text: string): unknown; isTTY?: boolean };
  readonly err: { write(text: string): unknown; isTTY?: boolean };
}

/** Runs one command line. @returns the exit code; never throws for what a person typed or a cluster did */
export async function runCli(
  args: readonly string[],
  streams: Streams,
  signal: AbortSignal,
): Promise<ExitCode> {
  const talk = (text: string) => void streams.err.write(`${text}\n`);
  try {
    const command = commandOf(args);
    if (command === undefined) {
      const isAsked = args.length === 0 || args[0] === 'help' || args[0] === '--help' || args[0] === '-h';
      if (!isAsked)
        throw new UsageError(
          `There is no command “${args
            .filter((one) => !one.startsWith('-'))
            .slice(0, 2)
            .join(' ')}”.`,
        );
      streams.out.write(`${overview(commands)}\n`);
      return EXIT.healthy;
    }
    const { values, words } = parse(command, args.slice(command.name.split(' ').length));
    if (values['help'] === true) {
      streams.out.write(`${helpOf(command)}\n`);
      return EXIT.healthy;
    }
    return await runCommand(command, values, words, streams, signal);
  } catch (error) {
    if (signal.aborted) {
      talk('Stopped.');
      return EXIT.notObserved;
    }
    if (error instanceof Error && error.name === 'UsageError') {
      // The server’s own, of `serve`, is another class of the same name.
      talk(`${error.message}\nTry --help.`);
      return EXIT.usage;
    }
    if (error instanceof ClientError) {
      talk(`${error.message}${error.remedy === undefined ? '' : `\n→ ${error.remedy}`}`);
      return error.code === 'invalid-request' || error.code === 'not-found'
        ? EXIT.usage
        : error.code === 'unprocessable' || error.code === 'conflict'
          ? EXIT.findings
          : EXIT.notObserved;
    }
    talk(error instanceof Error ? error.message : String(error));
    return EXIT.notObserved;
  }
}

async function runCommand(
  command: Command,
  options: Record<string, string | boolean | undefined>,
  words: readonly string[],
  streams: Streams,
  signal: AbortSignal,
): Promise<ExitCode> {
  const format = formatOf(options['output']);
  const isTerminal = streams.out.isTTY === true && process.env['NO_COLOR'] === undefined;
  const server = typeof options['server'] === 'string' ? options['server'] : undefined;
  let drawnLines = 0;
  const context: Omit<CommandContext, 'client'> = {
    format,
    options,
    words,
    signal,
    isTerminal,
    data: (text) => void streams.out.write(`${text}\n`),
    talk: (text) => void streams.err.write(`${text}\n`),
    redraw: (text) => {
      if (isTerminal && drawnLines > 0) streams.out.write(`\u001B[${drawnLines}A\u001B[0J`);
      streams.out.write(`${text}\n`);
      drawnLines = text.split('\n').length;
    },
    sleep: (ms) => sleep(ms, undefined, { signal }),
    readText: (path) => readFile(path, 'utf8'),
    writeBytes: (path, bytes) => writeFile(path, bytes, { mode: 0o600 }),
  };
  const isLocal = typeof command.isLocal === 'function' ? command.isLocal(options) : command.isLocal === true;
  if (isLocal) {
    const client = { call: () => Promise.reject(new Error('this command asks no server')) };
    return command.run({ ...context, client });
  }
  const access = await openAccess(server, options['direct'] === true, signal);
  try {
    if (streams.err.isTTY === true) context.talk(`Asking ${access.source}.`);
    return await command.run({ ...context, client: access.client });
  } finally {
    await access.close();
  }
}

/** The command whose words the line begins with; the longest wins. */
function commandOf(args: readonly string[]): Command | undefined {
  const fits = (command: Command) => command.name.split(' ').every((word, index) => args[index] === word);
  return commands.filter(fits).toSorted((a, b) => b.name.length - a.name.length)[0];
}

function parse(command: Command, args: readonly string[]) {
  const options = Object.fromEntries(
    [
      ...command.options,
      { name: 'output', type: 'string' as const },
      { name: 'server', type: 'string' as const },
      { name: 'direct', type: 'boolean' as const },
      { name: 'help', type: 'boolean' as const },
    ].map((one) => [
      one.name,
      {
        type: one.type,
        ...(one.name === 'help' ? { short: 'h' } : one.name === 'output' ? { short: 'o' } : {}),
      },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const expected = command.takes === undefined ? 0 : 1;
    if (positionals.length > expected)
      throw new UsageError(`${command.name} does not take “${positionals[expected] ?? ''}”.`);
    return { values: values as Record<string, string | boolean | undefined>, words: positionals };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function formatOf(value: string | boolean | undefined): Format {
  if (value === undefined) return 'human';
  const found = FORMATS.find((one) => one === value);
  if (found === undefined)
    throw new UsageError(`--output is one of ${FORMATS.join(', ')}, not “${String(value)}”.`);
  return found;
}

if (import.meta.main) {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort(new Error('interrupted')));
  process.once('SIGTERM', () => abort.abort(new Error('terminated')));
  // A reader that has seen enough (`| head`) closes the pipe; that is no failure of ours.
  process.stdout.on('error', () => process.exit(EXIT.healthy));
  process.exitCode = await runCli(
    process.argv.slice(2),
    { out: process.stdout, err: process.stderr },
    abort.signal,
  );
}
