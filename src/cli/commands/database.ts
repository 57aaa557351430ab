import type { Database } from '../../api/database.ts';
import { OperationRequest } from '../../api/operation.ts';
import { type Command, EXIT, UsageError } from '../command.ts';
import { write } from '../output/formats.ts';
import { paragraph, table } from '../output/layout.ts';
import { follow } from './operation.ts';

const RESET_NAME = 'database';

export const databaseStatusCommand: Command = {
  name: 'database status',
  summary: 'The cache of cluster state: size, rows, integrity, and what is wrong with it',
  options: [],
  needsFolder: true,
  examples: [
    ['database status', 'is it well, and how much is in it'],
    ['database status --output json', 'the same for a script'],
  ],
  async run(context) {
    const database = await context.client.call('databaseView', {}, { signal: context.signal });
    const { problem, integrity } = database;
    write(
      context,
      database,
      () => human(database, context.columns),
      () => [
        { suite: 'database', name: 'can be written', failure: problem?.message },
        {
          suite: 'database',
          name: 'is undamaged',
          failure: integrity.outcome === 'damaged' ? integrity.messages.join('; ') : undefined,
        },
      ],
    );
    return problem === undefined && integrity.outcome !== 'damaged' ? EXIT.healthy : EXIT.findings;
  },
};

function human(database: Database, columns: number | undefined): string {
  const { problem, counters } = database;
  return [
    paragraph(
      '',
      `${database.path}: ${database.rows} rows, ${database.sizeBytes} bytes, integrity ${database.integrity.outcome}`,
      columns,
    ),
    paragraph(
      '',
      `Last written ${database.lastWriteAt ?? 'never'}; ${counters.received} messages received, ${counters.stored} stored, ${counters.rejected} rejected`,
      columns,
    ),
    ...(problem === undefined
      ? []
      : [paragraph('× ', problem.message, columns), paragraph('→ ', problem.remedy, columns)]),
    ...(database.tables.length === 0
      ? []
      : ['', table(database.tables.map((one) => [one.name, String(one.rows)]))]),
    ...(database.copies.length === 0
      ? []
      : [
          '',
          'Former files:',
          ...database.copies.map((one) => `  ${one.path} (${one.why}, ${one.setAsideAt})`),
        ]),
  ].join('\n');
}

export const databaseResetCommand: Command = {
  name: 'database reset',
  summary: 'Sets the cache aside, begins a new one and asks every MeshSync for everything again',
  options: [{ name: 'confirm', type: 'string', value: 'NAME', summary: `must be ${RESET_NAME}` }],
  needsFolder: true,
  examples: [
    [
      `database reset --confirm ${RESET_NAME}`,
      'set every row aside; the former file is kept and can be restored',
    ],
  ],
  async run(context) {
    if (context.options['confirm'] !== RESET_NAME) {
      throw new UsageError(`This sets every row aside. To do it: database reset --confirm ${RESET_NAME}.`);
    }
    const body = OperationRequest.parse({ kind: 'reset-database', confirm: RESET_NAME });
    return follow(context, await context.client.call('operationStart', { body }, { signal: context.signal }));
  },
};
