import type { ConnectionSummary } from '../../api/connection.ts';
import { exitOfRuns, testAll } from '../check-runs.ts';
import { type Command, type CommandContext, EXIT, UsageError } from '../command.ts';
import { allConnections, exitOf, findConnection, settledConnections } from '../connections.ts';
import { checkCases, checkReport } from '../output/check-report.ts';
import { write } from '../output/formats.ts';
import { stringify } from 'yaml';
import { table } from '../output/layout.ts';
import { healthWord, verdictMark } from '../output/paint.ts';
import type { Screen } from '../output/screen.ts';

const WATCH_EVERY_MS = 1000;

function lines(items: readonly ConnectionSummary[], { paint }: Screen, columns: number | undefined): string {
  return table(
    [
      ['NAME', 'HEALTH', 'PATH', 'RATE', 'ROOT CAUSE'].map(paint.strong),
      ...items.map((one) => [
        one.name,
        healthWord(one.health, paint),
        one.hops.map((hop) => verdictMark(hop.verdict, paint)).join(' '),
        `${one.ratePerSecond.toFixed(1)}/s`,
        one.rootCause?.summary ?? '',
      ]),
    ],
    columns,
  );
}

export const connectionListCommand: Command = {
  name: 'connection list',
  summary: 'Every connection with its health and root cause',
  options: [
    { name: 'name', type: 'string', value: 'TEXT', summary: 'part of the name, the server or a finding' },
  ],
  examples: [
    ['connection list', 'one line a connection'],
    ['connection list --name prod --output json', 'some of them, for a script'],
  ],
  async run(context) {
    const name = context.options['name'];
    const items = await settledConnections(context, typeof name === 'string' ? name : undefined);
    write(
      context,
      { items },
      () => lines(items, context, context.columns),
      () =>
        items.map((one) => ({
          suite: 'connections',
          name: one.name,
          ...(one.health === 'healthy' ? {} : { failure: one.rootCause?.summary ?? one.health }),
        })),
    );
    return exitOf(items);
  },
};

export const connectionTest: Command = {
  name: 'connection test',
  summary: 'Tests one connection',
  takes: '<connection>',
  options: [{ name: 'synthetic', type: 'boolean', summary: 'with the synthetic test at the end' }],
  examples: [
    ['connection test staging', 'what is wrong with it, and what mends it'],
    ['connection test staging --synthetic', 'and does a change really arrive in the database'],
  ],
  async run(context) {
    const [wanted] = context.words;
    if (wanted === undefined)
      throw new UsageError('Name the connection to test: connection test <connection>.');
    await settledConnections(context);
    const runs = await testAll(
      context,
      [await findConnection(context, wanted)],
      [
        'kubernetes',
        'operator',
        'broker',
        'meshsync',
        'server',
        ...(context.options['synthetic'] === true ? (['synthetic'] as const) : []),
      ],
    );
    write(
      context,
      runs[0],
      () => checkReport(runs, context, false),
      () => runs.flatMap(checkCases),
    );
    return exitOfRuns(runs);
  },
};

/** Drawn in place on a terminal; a JSON line or a YAML document each time for a program. */
function show(context: CommandContext, items: readonly ConnectionSummary[]): void {
  switch (context.format) {
    case 'human':
      // Cut off at the edge rather than broken: what is drawn over must keep its height.
      context.redraw(lines(items, context, undefined));
      return;
    case 'yaml':
      context.data(`---\n${stringify({ items }, { lineWidth: 0 }).trimEnd()}`);
      return;
    default:
      context.data(JSON.stringify({ items }));
  }
}

export const connectionWatch: Command = {
  name: 'connection watch',
  summary: 'Redraws the connections as they change, until Ctrl-C',
  options: [
    { name: 'until-healthy', type: 'boolean', summary: 'end as soon as every connection is healthy' },
  ],
  examples: [
    ['connection watch', 'keep it open beside your work'],
    ['connection watch --until-healthy', 'after a repair, in a script'],
  ],
  async run(context) {
    if (context.format === 'junit')
      throw new UsageError('A watch has no end, and a JUnit report needs one. Take human, json or yaml.');
    for (;;) {
      const items = await allConnections(context);
      show(context, items);
      if (context.options['until-healthy'] === true && exitOf(items) === EXIT.healthy) return EXIT.healthy;
      try {
        await context.sleep(WATCH_EVERY_MS);
      } catch (error) {
        // Ctrl-C is how a watch ends.
        if (context.signal.aborted) return exitOf(items);
        throw error;
      }
    }
  },
};
