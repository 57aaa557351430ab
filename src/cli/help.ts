import type { Command } from './command.ts';

export const PROGRAM = 'meshplay-troubleshooter';

const COMMON = [
  ['--output human|json|yaml|junit', 'the format of what is printed; human unless given'],
  [
    '--server URL',
    'the server to ask; without one a running server on port 9081 is used, else the kubeconfigs directly',
  ],
  ['--direct', 'the kubeconfigs directly, even where a server runs'],
  ['--help', 'help on a command'],
] as const;

/** The overview, made from the commands. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((one) => usage(one).length), ...COMMON.map(([name]) => name.length));
  return [
    `${PROGRAM}: finds and fixes what is wrong with Meshplay Operator, MeshSync and Broker`,
    '',
    'Commands',
    ...commands.map((one) => `  ${usage(one).padEnd(width)}  ${one.summary}`),
    '',
    'Options of every command',
    ...COMMON.map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Exit codes: 0 healthy, 1 findings, 2 wrong words or options, 3 could not observe.',
  ].join('\n');
}

/** Help on one command. */
export function helpOf(command: Command): string {
  const options = [
    ...command.options.map(
      (one) => [`--${one.name}${one.type === 'string' ? ' VALUE' : ''}`, one.summary] as const,
    ),
    ...COMMON,
  ];
  const width = Math.max(...options.map(([name]) => name.length));
  return [
    `${PROGRAM} ${usage(command)}`,
    '',
    `${command.summary}.`,
    '',
    'Options',
    ...options.map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Examples',
    ...command.examples.map((one) => `  ${PROGRAM} ${one}`),
  ].join('\n');
}

function usage(command: Command): string {
  return command.takes === undefined ? command.name : `${command.name} ${command.takes}`;
}
