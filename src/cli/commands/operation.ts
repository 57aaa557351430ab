import { OPERATION_KINDS, type Operation, OperationRequest } from '../../api/operation.ts';
import { type Command, type CommandContext, EXIT, type ExitCode, UsageError } from '../command.ts';
import { findConnection, settledConnections } from '../connections.ts';
import { write } from '../output/formats.ts';
import { type Paint, paintFor } from '../output/paint.ts';

const POLL_MS = 300;

export const operationStartCommand: Command = {
  name: 'operation start',
  summary: 'Starts an operation and follows it to its end',
  takes: '<kind>',
  options: [
    { name: 'connection', type: 'string', summary: 'on which connection' },
    { name: 'controllers', type: 'string', summary: 'operator, broker, meshsync; joined by commas' },
    { name: 'family', type: 'string', summary: 'meshplay or meshery, for an installation' },
    { name: 'namespace', type: 'string', summary: 'where to install' },
    { name: 'version', type: 'string', summary: 'image tag of the Operator' },
    { name: 'remove-definitions', type: 'boolean', summary: 'uninstall: the definitions too' },
    { name: 'remove-namespace', type: 'boolean', summary: 'uninstall: the namespace too' },
    {
      name: 'release-finalizers',
      type: 'boolean',
      summary: 'consent to release finalizers nobody will finish',
    },
    { name: 'confirm', type: 'string', summary: 'the name that a destructive operation asks for' },
    { name: 'dry-run', type: 'boolean', summary: 'only show what would be done' },
    { name: 'no-wait', type: 'boolean', summary: 'do not follow it' },
  ],
  examples: [
    'operation start install --connection staging',
    'operation start uninstall --connection staging --dry-run',
    'operation start uninstall --connection staging --confirm staging',
    'operation start reconnect --connection prod-eu-1',
  ],
  async run(context) {
    const request = await requestOf(context);
    const paint = paintFor(context.isTerminal);
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
            ...preview.changes.map(
              (one) =>
                `  ${one.action.padEnd(7)} ${one.kind} ${one.namespace === undefined ? '' : `${one.namespace}/`}${one.name}${one.note === undefined ? '' : paint.quiet(` (${one.note})`)}`,
            ),
            ...preview.warnings.map((one) => paint.attention(`  ! ${one}`)),
            ...(preview.refusal === undefined ? [] : [paint.broken(`  × ${preview.refusal}`)]),
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
  examples: ['operation watch 4f1c2a90-…'],
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
  examples: ['operation list --output json'],
  async run(context) {
    const page = await context.client.call(
      'operationList',
      { query: { limit: 100 } },
      { signal: context.signal },
    );
    const paint = paintFor(context.isTerminal);
    write(
      context,
      page,
      () =>
        page.items
          .map(
            (one) =>
              `${one.startedAt}  ${statusWord(one, paint)}  ${one.title}${one.connectionName === undefined ? '' : ` on ${one.connectionName}`}  ${paint.quiet(one.id)}`,
          )
          .join('\n'),
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
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UsageError(
      `--${issue?.path.map(String).at(-1) ?? 'options'}: ${issue?.message ?? 'is not valid'}`,
    );
  }
  return parsed.data;
}

/** Follows it to the end; Ctrl-C leaves it running, for it is the server's work. */
export async function follow(context: CommandContext, first: Operation): Promise<ExitCode> {
  const paint = paintFor(context.isTerminal);
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
          `  ${step.status.padEnd(9)} ${step.title}${step.message === undefined ? '' : paint.quiet(`: ${step.message}`)}`,
          ...step.details.map((detail) => paint.quiet(`            ${detail}`)),
        ]),
        ...(ended.summary === undefined ? [] : [ended.summary]),
        ...(ended.remedy === undefined ? [] : [`→ ${ended.remedy}`]),
      ].join('\n'),
    () =>
      ended.steps.map((step) => ({
        suite: ended.title,
        name: step.title,
        failure: step.status === 'failed' ? (step.message ?? 'failed') : undefined,
        skipped: step.status === 'skipped' ? 'skipped' : undefined,
      })),
  );
  return ended.status === 'succeeded' ? EXIT.healthy : EXIT.findings;
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
