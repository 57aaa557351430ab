import { ASKING_OPTIONS, COMMON_OPTIONS, optionsOf } from './arguments.ts';
import type { Command, OptionMeta } from './command.ts';
import { table, wrapped } from './output/layout.ts';

export const PROGRAM = 'meshplay-troubleshooter';

/** The overview, made from the commands. */
export function overview(commands: readonly Command[], columns: number | undefined): string {
  return [
    ...paragraphs(
      `${PROGRAM} finds and fixes what is wrong with Meshplay Operator, MeshSync and Broker.`,
      columns,
    ),
    '',
    'Commands',
    list(
      commands.map((one) => [usage(one), one.summary]),
      columns,
    ),
    '',
    'Options of every command',
    list(
      [
        ...[...COMMON_OPTIONS, ...ASKING_OPTIONS].map(optionLine),
        ['--version', 'the version of this program'],
      ],
      columns,
    ),
    '',
    'Begin with',
    example('system status', 'what state everything is in'),
    example('system check', 'what is wrong, why, and what mends it'),
    example('system check --world welcome', 'the same on simulated clusters, without any of yours'),
    example('serve', 'the page and its server'),
    '',
    'Exit codes: 0 healthy, 1 findings, 2 wrong words or options, 3 could not observe.',
    `Help on one command: ${PROGRAM} COMMAND --help`,
  ].join('\n');
}

/** Help on one command. */
export function helpOf(command: Command, columns: number | undefined): string {
  return [
    `${PROGRAM} ${usage(command)}${command.options.length > 0 ? ' [options]' : ''}`,
    '',
    ...paragraphs(`${command.summary}.`, columns),
    '',
    'Options',
    list(optionsOf(command).map(optionLine), columns),
    '',
    'Examples',
    ...command.examples.map(([line, meaning]) => example(line, meaning)),
  ].join('\n');
}

function optionLine({ name, short, type, value, summary }: OptionMeta): [string, string] {
  const shortName = short === undefined ? '' : `-${short}, `;
  return [`${shortName}--${name}${type === 'string' ? ` ${value ?? 'VALUE'}` : ''}`, summary];
}

function list(rows: readonly (readonly [string, string])[], columns: number | undefined): string {
  return table(
    rows.map(([name, summary]) => [`  ${name}`, summary]),
    columns,
  );
}

/** The meaning above the line, so that the line can be copied whole. */
function example(line: string, meaning: string): string {
  return `  # ${meaning}\n  ${PROGRAM} ${line}`;
}

function paragraphs(text: string, columns: number | undefined): string[] {
  return columns === undefined ? [text] : wrapped(text, columns);
}

function usage(command: Command): string {
  return command.takes === undefined ? command.name : `${command.name} ${command.takes}`;
}
