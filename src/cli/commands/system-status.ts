import type { ConnectionSummary } from '../../api/connection.ts';
import { OPERATION_KINDS } from '../../api/operation.ts';
import { openBundleFile } from '../bundle-file.ts';
import { type Command, type CommandContext, EXIT, type ExitCode, UsageError } from '../command.ts';
import { exitOf, findConnection, settledConnections } from '../connections.ts';
import { PROGRAM } from '../help.ts';
import { write } from '../output/formats.ts';
import { paragraph, table } from '../output/layout.ts';
import { healthWord, verdictMark } from '../output/paint.ts';
import type { Screen } from '../output/screen.ts';

/** `system status`: Operator, MeshSync and Broker of every connection. */
export const systemStatus: Command = {
  name: 'system status',
  summary: 'Operator, MeshSync and Broker of every connection',
  options: [
    {
      name: 'connection',
      type: 'string',
      value: 'NAME',
      summary: 'only this one: name, id, or the beginning of one',
    },
    { name: 'bundle', type: 'string', value: 'FILE', summary: 'judge this support bundle instead, offline' },
    { name: 'verbose', type: 'boolean', summary: 'with the evidence of each state and every finding' },
  ],
  examples: [
    ['system status', 'all controllers of all connections'],
    ['system status --connection prod-eu-1 --verbose', 'one of them, with the evidence'],
    ['system status --output json', 'for a script; the exit code says how it is'],
    ['system status --bundle case-1.json', 'of a bundle somebody sent'],
  ],
  isLocal: (options) => typeof options['bundle'] === 'string',
  async run(context) {
    const { connection: wanted, bundle: file } = context.options;
    if (typeof file === 'string') return statusOfBundle(context, file);
    let items = await settledConnections(context);
    if (typeof wanted === 'string') {
      const { id } = await findConnection(context, wanted);
      items = items.filter((one) => one.id === id);
    }
    const server = await context.client.call('serverView', {}, { signal: context.signal });
    show(context, { server, connections: items }, items);
    if (items.length === 0)
      context.talk(
        'There is no connection. Give a kubeconfig (KUBECONFIG, ~/.kube/config), or see `kubeconfig rediscover` for the paths tried.',
      );
    return items.length === 0 ? EXIT.notObserved : exitOf(items);
  },
};

async function statusOfBundle(context: CommandContext, file: string): Promise<ExitCode> {
  const { bundle, connections } = await openBundleFile(context, file);
  const wanted = context.options['connection'];
  const items = connections.filter(
    (one) => typeof wanted !== 'string' || one.name === wanted || one.id === wanted,
  );
  if (items.length === 0 && typeof wanted === 'string')
    throw new UsageError(`There is no connection “${wanted}” in ${file}.`);
  const { takenAt, product } = bundle;
  context.talk(
    `A bundle taken at ${takenAt} by version ${product.version}, judged by the rules of this one.`,
  );
  show(context, { takenAt, product, connections: items }, items);
  return exitOf(items);
}

function show(context: CommandContext, data: unknown, items: readonly ConnectionSummary[]): void {
  write(
    context,
    data,
    () => human(items, context, context.options['verbose'] === true),
    () =>
      items.flatMap((one) =>
        one.controllers.map((state) => ({
          suite: one.name,
          name: state.controller,
          ...(state.verdict === 'good'
            ? {}
            : state.verdict === 'unknown'
              ? { skipped: state.because.map((because) => because.text).join('; ') }
              : { failure: `${state.state}: ${state.because.map((because) => because.text).join('; ')}` }),
        })),
      ),
  );
}

/** Narrower terminals have no room for six columns: there each connection has a heading instead. */
const WIDE_COLUMNS = 120;

const TITLES = { operator: 'Operator', meshsync: 'MeshSync', broker: 'Broker' } as const;

function human(items: readonly ConnectionSummary[], screen: Screen, isVerbose: boolean): string {
  const { paint, columns } = screen;
  const isNarrow = columns !== undefined && columns < WIDE_COLUMNS;
  const states = isNarrow
    ? items.flatMap((one, index) => [
        ...(index === 0 ? [] : ['']),
        `${paint.strong(one.name)}  ${healthWord(one.health, paint)}`,
        table(
          controllerRows(one, screen, isVerbose).map(([controller = '', ...others]) => [
            `  ${controller}`,
            ...others,
          ]),
          columns,
        ),
      ])
    : [
        table(
          [
            ['CONNECTION', 'HEALTH', 'CONTROLLER', 'STATE', 'VERSION', 'BECAUSE'].map(paint.strong),
            ...items.flatMap((one) =>
              controllerRows(one, screen, isVerbose).map((row, index) => [
                ...(index === 0 ? [one.name, healthWord(one.health, paint)] : ['', '']),
                ...row,
              ]),
            ),
          ],
          columns,
        ),
      ];
  const causes = items.flatMap((one) =>
    one.rootCause === undefined
      ? []
      : [
          '',
          paragraph(
            '',
            `${paint.strong(one.name)}: ${one.rootCause.summary} ${paint.quiet(one.rootCause.code)}`,
            columns,
          ),
          ...(isVerbose ? [paragraph('  ', one.rootCause.cause, columns)] : []),
          ...remedy(one),
        ],
  );
  return [...states, ...causes].join('\n');
}

/** Controller, state, version and why; one reason for all three is told once. */
function controllerRows(one: ConnectionSummary, { paint }: Screen, isVerbose: boolean): string[][] {
  const whys = one.controllers.map(({ because }) =>
    (isVerbose ? because : because.slice(0, 1)).map(({ text }) => text).join('; '),
  );
  return one.controllers.map((state, index) => [
    TITLES[state.controller],
    `${verdictMark(state.verdict, paint)} ${state.state}`,
    state.version ?? '',
    index > 0 && whys[index] === whys[index - 1] ? paint.quiet('the same') : (whys[index] ?? ''),
  ]);
}

/** What mends it from here; acts of the page, trying again for instance, need no command. */
function remedy(one: ConnectionSummary): string[] {
  const cause = one.rootCause;
  if (cause === undefined) return [];
  const best = cause.remedies.find((each) => each.kind !== 'operation' || isOperation(each.operation));
  switch (best?.kind) {
    case undefined:
      return [];
    case 'command':
      // To be copied, so never broken into lines.
      return [`  → ${best.command}`];
    case 'operation': {
      const controllers =
        best.controllers === undefined ? '' : ` --controllers ${best.controllers.join(',')}`;
      return [
        `  → ${best.label}: ${PROGRAM} operation start ${best.operation} --connection ${word(one.name)}${controllers} --mends ${cause.code}`,
      ];
    }
    case 'link':
      return [`  → ${PROGRAM} errors ${cause.code}`];
  }
}

/** As a shell takes it for one word. */
function word(text: string): string {
  return /^[\w.@:/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function isOperation(kind: string): boolean {
  return (OPERATION_KINDS as readonly string[]).includes(kind);
}
