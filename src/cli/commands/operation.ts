import { OPERATION_KINDS, type Operation, OperationRequest, type Recheck } from '../../api/operation.ts';
import { type Command, type CommandContext, EXIT, type ExitCode, UsageError } from '../command.ts';
import { findConnection, settledConnections } from '../connections.ts';
import { write } from '../output/formats.ts';
import { paragraph, table } from '../output/layout.ts';
import type { Paint } from '../output/paint.ts';

const POLL_MS = 300;

export const operationStartCommand: Command = {
  name: 'operation start',
  summary: 'Starts an operation and follows it to its end',
  takes: '<kind>',
  options: [
    { name: 'connection', type: 'string', value: 'NAME', summary: 'on which connection' },
    {
      name: 'controllers',
      type: 'string',
      value: 'NAMES',
      summary: 'operator, broker, meshsync; joined by commas',
    },
    { name: 'family', type: 'string', value: 'NAME', summary: 'meshplay or meshery, for an installation' },
    { name: 'namespace', type: 'string', value: 'NAME', summary: 'where to install' },
    { name: 'version', type: 'string', value: 'TAG', summary: 'image tag of the Operator' },
    { name: 'remove-definitions', type: 'boolean', summary: 'uninstall: the definitions too' },
    { name: 'remove-namespace', type: 'boolean', summary: 'uninstall: the namespace too' },
    {
      name: 'release-finalizers',
      type: 'boolean',
      summary: 'consent to release finalizers nobody will finish',
    },
    {
      name: 'confirm',
      type: 'string',
      value: 'NAME',
      summary: 'the name that a destructive operation asks for',
    },
    {
      name: 'mends',
      type: 'string',
      value: 'CODE',
      summary: 'code of the finding this is to mend; it is looked for again at the end',
    },
    { name: 'dry-run', type: 'boolean', summary: 'only show what would be done' },
    { name: 'no-wait', type: 'boolean', summary: 'do not follow it; needs a server that runs' },
  ],
  needsFolder: true,
  examples: [
    ['operation start install --connection staging', 'install Operator, Broker and MeshSync'],
    ['operation start uninstall --connection staging --dry-run', 'what would be removed'],
    ['operation start uninstall --connection staging --confirm staging', 'remove it'],
    ['operation start reconnect --connection prod-eu-1', 'dial the Broker anew and ask for everything again'],
    [
      'operation start redeploy --connection staging --controllers meshsync --mends MT-M-12',
      'mend a finding, and see at the end whether it is gone',
    ],
  ],
  async run(context) {
    if (context.isInProcess && context.options['no-wait'] === true) {
      throw new UsageError(
        'No server runs, so this program itself does the work and must stay until it is done: leave out --no-wait, or start a server with `serve`.',
      );
    }
    const request = await requestOf(context);
    const { paint, columns } = context;
    if (context.options['dry-run'] === true) {
      const preview = await context.client.call(
        'operationPreview',
        { body: request },
        { signal: context.signal },
      );
      write(
        context,
        preview,
        () =>
          [
            paint.strong(preview.title),
            ...preview.changes.map(({ action, kind, namespace, name, note }) =>
              paragraph(
                `  ${action.padEnd(7)} `,
                `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}${note === undefined ? '' : ` (${note})`}`,
                columns,
              ),
            ),
            ...preview.warnings.map((one) => paint.attention(paragraph('  ! ', one, columns))),
            ...(preview.refusal === undefined
              ? []
              : [paint.broken(paragraph('  × ', preview.refusal, columns))]),
            ...(preview.confirmName === undefined ? [] : [`  To do it: --confirm ${preview.confirmName}`]),
          ].join('\n'),
        () => [{ suite: 'operation', name: preview.title, failure: preview.refusal }],
      );
      return preview.refusal === undefined ? EXIT.healthy : EXIT.findings;
    }
    const started = await context.client.call(
      'operationStart',
      { body: request },
      { signal: context.signal },
    );
    if (context.options['no-wait'] === true) {
      write(
        context,
        started,
        () => `${started.title}: ${started.id}`,
        () => [],
      );
      return EXIT.healthy;
    }
    return follow(context, started);
  },
};

export const operationWatch: Command = {
  name: 'operation watch',
  summary: 'Follows an operation to its end',
  takes: '<id>',
  options: [],
  needsFolder: true,
  examples: [['operation watch 4f1c2a90-66b5-4c3e-9d0a-6b1f0a7d5c11', 'an id that `operation list` tells']],
  async run(context) {
    const [operationId] = context.words;
    if (operationId === undefined) throw new UsageError('Name the operation: operation watch <id>.');
    return follow(
      context,
      await context.client.call('operationView', { params: { operationId } }, { signal: context.signal }),
    );
  },
};

export const operationListCommand: Command = {
  name: 'operation list',
  summary: 'What was done, newest first',
  options: [],
  needsFolder: true,
  examples: [
    ['operation list', 'what was done here, by whom, and how it ended'],
    ['operation list --output json', 'the same for a script'],
  ],
  async run(context) {
    const page = await context.client.call(
      'operationList',
      { query: { limit: 100 } },
      { signal: context.signal },
    );
    const { paint, columns } = context;
    write(
      context,
      page,
      () =>
        page.items.length === 0
          ? 'Nothing was done yet.'
          : table(
              [
                ['STARTED', 'STATUS', 'ID', 'WHAT'].map(paint.strong),
                ...page.items.map((one) => [
                  one.startedAt,
                  statusWord(one, paint),
                  paint.quiet(one.id),
                  `${one.title}${one.connectionName === undefined ? '' : ` on ${one.connectionName}`}`,
                ]),
              ],
              columns,
            ),
      () =>
        page.items.map((one) => ({
          suite: 'operations',
          name: `${one.title} ${one.startedAt}`,
          failure: one.status === 'failed' ? one.summary : undefined,
        })),
    );
    return EXIT.healthy;
  },
};

async function requestOf(context: CommandContext) {
  const { options } = context;
  const [kind] = context.words;
  if (kind === undefined || !(OPERATION_KINDS as readonly string[]).includes(kind)) {
    throw new UsageError(`Name the kind of operation: ${OPERATION_KINDS.join(', ')}.`);
  }
  const wanted = options['connection'];
  if (typeof wanted === 'string') await settledConnections(context);
  const connectionId = typeof wanted === 'string' ? (await findConnection(context, wanted)).id : undefined;
  const text = (name: string) => (typeof options[name] === 'string' ? options[name] : undefined);
  const parsed = OperationRequest.safeParse({
    kind,
    connectionId,
    controllers: text('controllers')
      ?.split(',')
      .map((one) => one.trim()),
    install: { family: text('family'), namespace: text('namespace'), version: text('version') },
    removeDefinitions: options['remove-definitions'] === true,
    removeNamespace: options['remove-namespace'] === true,
    releaseFinalizers: options['release-finalizers'] === true,
    confirm: text('confirm'),
    ...mendsOf(text('mends'), connectionId),
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UsageError(
      `--${issue?.path.map(String).at(-1) ?? 'options'}: ${issue?.message ?? 'is not valid'}`,
    );
  }
  return parsed.data;
}

function mendsOf(code: string | undefined, connectionId: string | undefined) {
  if (code === undefined) return {};
  if (connectionId === undefined) {
    throw new UsageError('--mends: say by --connection where the finding was found.');
  }
  return { mends: { code: code.toUpperCase(), connectionId } };
}

function recheckLine({ code, verdict, observed, replacedBy }: Recheck, paint: Paint): string {
  const instead = replacedBy === undefined ? '' : ` (now ${replacedBy})`;
  switch (verdict) {
    case 'fixed':
      return `${paint.good(`✓ ${code} is fixed.`)} ${observed}`;
    case 'still-there':
      return `${paint.broken(`× ${code} is still there${instead}, because:`)} ${observed}`;
    case 'not-known':
      return `${paint.attention(`! ${code}: whether it is fixed cannot be told yet.`)} ${observed}`;
  }
}

/** Follows it to the end; Ctrl-C leaves it running, for it is the server's work. */
export async function follow(context: CommandContext, first: Operation): Promise<ExitCode> {
  const { paint, columns } = context;
  let operation = first;
  let told = '';
  while (operation.status === 'running') {
    const step = operation.steps.find((one) => one.status === 'running');
    const line =
      step === undefined ? '' : `${step.title}${step.message === undefined ? '' : `: ${step.message}`}`;
    if (line !== told) context.talk(line);
    told = line;
    await context.sleep(POLL_MS);
    operation = await context.client.call(
      'operationView',
      { params: { operationId: operation.id } },
      { signal: context.signal },
    );
  }
  const ended = operation;
  write(
    context,
    ended,
    () =>
      [
        `${paint.strong(ended.title)}: ${statusWord(ended, paint)}`,
        ...ended.steps.flatMap((step) => [
          paragraph(
            `  ${step.status.padEnd(9)} `,
            `${step.title}${step.message === undefined ? '' : `: ${step.message}`}`,
            columns,
          ),
          ...step.details.map((detail) => paint.quiet(paragraph(' '.repeat(12), detail, columns))),
        ]),
        ...(ended.summary === undefined ? [] : [paragraph('', ended.summary, columns)]),
        ...(ended.remedy === undefined ? [] : [paragraph('→ ', ended.remedy, columns)]),
        ...(ended.recheck === undefined ? [] : [recheckLine(ended.recheck, paint)]),
      ].join('\n'),
    () => [
      ...ended.steps.map((step) => ({
        suite: ended.title,
        name: step.title,
        failure: step.status === 'failed' ? (step.message ?? 'failed') : undefined,
        skipped: step.status === 'skipped' ? 'skipped' : undefined,
      })),
      ...(ended.recheck === undefined
        ? []
        : [
            {
              suite: ended.title,
              name: `${ended.recheck.code} is fixed`,
              failure: ended.recheck.verdict === 'fixed' ? undefined : ended.recheck.observed,
            },
          ]),
    ],
  );
  // What was to be mended and is not is a finding, however well the steps went.
  const isMended = ended.recheck === undefined || ended.recheck.verdict === 'fixed';
  return ended.status === 'succeeded' && isMended ? EXIT.healthy : EXIT.findings;
}

function statusWord(operation: Operation, paint: Paint): string {
  switch (operation.status) {
    case 'succeeded':
      return paint.good('succeeded');
    case 'failed':
      return paint.broken('failed');
    case 'running':
    case 'cancelled':
    case 'interrupted':
      return paint.attention(operation.status);
  }
}
