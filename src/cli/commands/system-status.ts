import type { ConnectionSummary } from '../../api/connection.ts';
import { OPERATION_KINDS } from '../../api/operation.ts';
import { openBundleFile } from '../bundle-file.ts';
import { type Command, type CommandContext, EXIT, type ExitCode, UsageError } from '../command.ts';
import { exitOf, findConnection, settledConnections } from '../connections.ts';
import { write } from '../output/formats.ts';
import { healthWord, type Paint, paintFor, table, verdictMark } from '../output/paint.ts';

/** `system status`: Operator, MeshSync and Broker of every connection. */
export const systemStatus: Command = {
  name: 'system status',
  summary: 'Operator, MeshSync and Broker of every connection',
  options: [
    { name: 'connection', type: 'string', summary: 'only this one: name, id, or the beginning of one' },
    { name: 'bundle', type: 'string', summary: 'judge this support bundle instead, offline' },
    { name: 'verbose', type: 'boolean', summary: 'with the evidence of each state and every finding' },
  ],
  examples: [
    'system status',
    'system status --connection prod-eu-1 --verbose',
    'system status --output json',
    'system status --bundle case-1.json',
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
    () => human(items, paintFor(context.isTerminal), context.options['verbose'] === true),
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

const TITLES = { operator: 'Operator', meshsync: 'MeshSync', broker: 'Broker' } as const;

function human(items: readonly ConnectionSummary[], paint: Paint, isVerbose: boolean): string {
  const header = ['CONNECTION', 'HEALTH', 'CONTROLLER', 'STATE', 'VERSION', 'BECAUSE'].map(paint.strong);
  const rows = items.flatMap((one) =>
    one.controllers.map((state, index) => [
      index === 0 ? one.name : '',
      index === 0 ? healthWord(one.health, paint) : '',
      TITLES[state.controller],
      `${verdictMark(state.verdict, paint)} ${state.state}`,
      state.version ?? '',
      (isVerbose ? state.because : state.because.slice(0, 1)).map((because) => because.text).join('; '),
    ]),
  );
  const causes = items.flatMap((one) =>
    one.rootCause === undefined
      ? []
      : [
          `${paint.strong(one.name)}: ${one.rootCause.summary} ${paint.quiet(one.rootCause.code)}`,
          ...(isVerbose ? [`  ${one.rootCause.cause}`] : []),
          ...remedy(one),
        ],
  );
  return [table([header, ...rows]), ...(causes.length > 0 ? ['', ...causes] : [])].join('\n');
}

function remedy(one: ConnectionSummary): string[] {
  const best = one.rootCause?.remedies[0];
  if (best === undefined) return [];
  switch (best.kind) {
    case 'command':
      return [`  → ${best.command}`];
    case 'operation':
      // Some remedies are acts of the page, trying again for instance, and no operation.
      if (!isOperation(best.operation)) return [`  → ${best.label}`];
      return [
        `  → ${best.label}: meshplay-troubleshooter operation start ${best.operation} --connection ${one.name}`,
      ];
    case 'link':
      return [`  → ${best.label}`];
  }
}

function isOperation(kind: string): boolean {
  return (OPERATION_KINDS as readonly string[]).includes(kind);
}
