import { parseArgs } from 'node:util';
import { type Command, FORMATS, type Format, type OptionMeta, UsageError } from './command.ts';

/** Options that every command understands which asks a server or the clusters. */
export const ASKING_OPTIONS: readonly OptionMeta[] = [
  {
    name: 'server',
    type: 'string',
    value: 'URL',
    summary:
      'the server to ask (MESHPLAY_SERVER); without one the server that runs here, else the kubeconfigs directly',
  },
  { name: 'direct', type: 'boolean', summary: 'the kubeconfigs directly, even where a server runs' },
  {
    name: 'world',
    type: 'string',
    value: 'NAME',
    summary: 'simulated clusters instead, to try the commands out: welcome, healthy',
  },
];

/** Options that every command understands. */
export const COMMON_OPTIONS: readonly OptionMeta[] = [
  {
    name: 'output',
    type: 'string',
    value: FORMATS.join('|'),
    short: 'o',
    summary: 'the format of what is printed; human unless given',
  },
  { name: 'help', type: 'boolean', short: 'h', summary: 'help on a command' },
];

/** A command line, understood. */
export interface CommandLine {
  readonly command: Command;
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly words: readonly string[];
}

/** Every option of a command, its own first; one of its own hides a common one of the same name. */
export function optionsOf(command: Command): OptionMeta[] {
  const own = new Set(command.options.map(({ name }) => name));
  const asking = command.isLocal === true ? [] : ASKING_OPTIONS;
  return [...command.options, ...[...asking, ...COMMON_OPTIONS].filter(({ name }) => !own.has(name))];
}

/** Throws `UsageError` for a command, an option or a word that there is not. */
export function readCommandLine(args: readonly string[], commands: readonly Command[]): CommandLine {
  const command = commandOf(args, commands);
  if (command === undefined) {
    const words = args.filter((one) => !one.startsWith('-'));
    const [noun = args[0] ?? ''] = words;
    const verbs = commands.filter(({ name }) => name.startsWith(`${noun} `)).map(({ name }) => name);
    throw new UsageError(
      verbs.length > 0
        ? `${words[1] === undefined ? `“${noun}” is not a whole command` : `There is no command “${noun} ${words[1]}”`}. There is: ${verbs.join(', ')}.`
        : `There is no command “${noun}”.`,
    );
  }
  const { values, positionals } = parsed(command, args.slice(command.name.split(' ').length));
  const expected = command.takes === undefined ? 0 : 1;
  if (positionals.length > expected)
    throw new UsageError(`${command.name} does not take “${positionals[expected] ?? ''}”.`);
  return { command, options: values, words: positionals };
}

/** The format asked for. Throws `UsageError` when there is none of that name. */
export function formatOf(value: string | boolean | undefined): Format {
  if (value === undefined) return 'human';
  const found = FORMATS.find((one) => one === value);
  if (found === undefined)
    throw new UsageError(`--output is one of ${FORMATS.join(', ')}, not “${String(value)}”.`);
  return found;
}

/** The command whose words the line begins with; the longest wins. */
function commandOf(args: readonly string[], commands: readonly Command[]): Command | undefined {
  const fits = (command: Command) => command.name.split(' ').every((word, index) => args[index] === word);
  return commands.filter(fits).toSorted((a, b) => b.name.length - a.name.length)[0];
}

function parsed(command: Command, args: readonly string[]) {
  const options = Object.fromEntries(
    optionsOf(command).map(({ name, type, short, isRepeatable }) => [
      name,
      {
        type,
        ...(short === undefined ? {} : { short }),
        ...(isRepeatable === true ? { multiple: true } : {}),
      },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return {
      values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, joined(value)])),
      positionals,
    };
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}

/** What may be repeated becomes one value with commas. */
function joined(value: string | boolean | (string | boolean)[] | undefined): string | boolean | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}
