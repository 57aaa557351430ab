import { type Command, type CommandContext, EXIT, type ExitCode, UsageError } from '../command.ts';
import { findConnection, settledConnections } from '../connections.ts';
import { write } from '../output/formats.ts';

/** `bundle`: what a support case needs, in one file without secrets. */
export const bundleCommand: Command = {
  name: 'bundle',
  summary: 'Writes a support bundle without secrets, to be opened by the page or `system status --bundle`',
  options: [
    { name: 'out', type: 'string', value: 'FILE', summary: 'the file to write, readable by you alone' },
    {
      name: 'connection',
      type: 'string',
      value: 'NAME',
      summary: 'only this one: name, id, or the beginning of one',
    },
    { name: 'no-logs', type: 'boolean', summary: 'leave the logs out' },
    { name: 'preview', type: 'boolean', summary: 'only say what it would hold and what would be taken out' },
  ],
  examples: [
    ['bundle --preview', 'what it would hold, and which secrets would be taken out'],
    ['bundle --out case-1.json', 'write it'],
    ['bundle --connection staging --out staging.json', 'of one connection'],
    ['system status --bundle case-1.json', 'judge it, here or on another machine'],
  ],
  async run(context) {
    const { out, connection } = context.options;
    const isPreview = context.options['preview'] === true;
    if (typeof out !== 'string' && !isPreview)
      throw new UsageError('Name the file to write: bundle --out FILE.');
    await settledConnections(context);
    const query = {
      ...(typeof connection === 'string'
        ? { connectionId: (await findConnection(context, connection)).id }
        : {}),
      ...(context.options['no-logs'] === true ? { logs: 'false' } : {}),
    };
    return typeof out === 'string' && !isPreview ? save(context, query, out) : preview(context, query);
  },
};

interface Query {
  readonly connectionId?: string;
  readonly logs?: string;
}

async function preview(context: CommandContext, query: Query): Promise<ExitCode> {
  const found = await context.client.call('bundlePreview', { query }, { signal: context.signal });
  write(
    context,
    found,
    () =>
      [
        `A bundle taken now holds ${found.connections.length} connections, ${found.sizeBytes} bytes:`,
        ...found.parts.map((one) => `  ${one.part}: ${one.items}, ${one.sizeBytes} bytes`),
        'Taken out before it leaves:',
        ...redactionLines(found.redactions),
        ...found.notRead.map((one) => `Not read: ${one}`),
      ].join('\n'),
    () => found.notRead.map((one) => ({ suite: 'bundle', name: one, skipped: 'not read' })),
  );
  return EXIT.healthy;
}

async function save(context: CommandContext, query: Query, file: string): Promise<ExitCode> {
  const bundle = await context.client.call('bundleDownload', { query }, { signal: context.signal });
  await context.writeBytes(file, new TextEncoder().encode(`${JSON.stringify(bundle, null, 1)}\n`));
  const { takenAt, redactions } = bundle;
  const connections = bundle.connections.map((one) => one.view.name);
  write(
    context,
    { file, takenAt, connections, redactions },
    () =>
      [
        `${file}: ${connections.length} connections, taken ${takenAt}`,
        'Taken out of it:',
        ...redactionLines(redactions),
      ].join('\n'),
    () => connections.map((name) => ({ suite: 'bundle', name })),
  );
  return EXIT.healthy;
}

function redactionLines(
  redactions: readonly { readonly part: string; readonly kind: string; readonly count: number }[],
): string[] {
  if (redactions.length === 0) return ['  nothing; no secret was found'];
  return redactions.map((one) => `  ${one.part}: ${one.count} × ${one.kind}`);
}
