import type { ConnectionSummary } from '../../api/connection.ts';
import { type Command, EXIT, UsageError } from '../command.ts';
import { allConnections, exitOf, findConnection, settledConnections } from '../connections.ts';
import { write } from '../output/formats.ts';
import { healthWord, type Paint, paintFor, table, verdictMark } from '../output/paint.ts';
import { exitOfRuns, human as humanChecks, runOne } from './system-check.ts';

const WATCH_EVERY_MS = 1000;

function lines(items: readonly ConnectionSummary[], paint: Paint): string {
  return table([
    ['NAME', 'HEALTH', 'PATH', 'RATE', 'ROOT CAUSE'].map(paint.strong),
    ...items.map((one) => [
      one.name,
      healthWord(one.health, paint),
      one.hops.map((hop) => verdictMark(hop.verdict, paint)).join(' '),
      `${one.ratePerSecond.toFixed(1)}/s`,
      one.rootCause?.summary ?? '',
    ]),
  ]);
}

export const connectionListCommand: Command = {
  name: 'connection list',
  summary: 'Every connection with its health and root cause',
  options: [{ name: 'name', type: 'string', summary: 'part of the name, the server or a finding' }],
  examples: ['connection list', 'connection list --name prod --output json'],
  async run(context) {
    const name = context.options['name'];
    const items = await settledConnections(context, typeof name === 'string' ? name : undefined);
    write(
      context,
      { items },
      () => lines(items, paintFor(context.isTerminal)),
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
  examples: ['connection test staging', 'connection test staging --synthetic'],
  async run(context) {
    const [wanted] = context.words;
    if (wanted === undefined)
      throw new UsageError('Name the connection to test: connection test <connection>.');
    await settledConnections(context);
    const { id } = await findConnection(context, wanted);
    const run = await runOne(context, id, [
      'kubernetes',
      'operator',
      'broker',
      'meshsync',
      'server',
      ...(context.options['synthetic'] === true ? (['synthetic'] as const) : []),
    ]);
    write(
      context,
      run,
      () => humanChecks([run], paintFor(context.isTerminal), false),
      () =>
        run.results.map((one) => ({
          suite: one.suite,
          name: one.title,
          failure: one.status === 'fail' ? one.observed : undefined,
          skipped: one.status === 'skip' ? one.observed : undefined,
        })),
    );
    return exitOfRuns([run]);
  },
};

export const connectionWatch: Command = {
  name: 'connection watch',
  summary: 'Redraws the connections as they change, until Ctrl-C',
  options: [
    { name: 'until-healthy', type: 'boolean', summary: 'end as soon as every connection is healthy' },
  ],
  examples: ['connection watch', 'connection watch --until-healthy'],
  async run(context) {
    const paint = paintFor(context.isTerminal);
    for (;;) {
      const items = await allConnections(context);
      context.redraw(context.format === 'human' ? lines(items, paint) : JSON.stringify({ items }));
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
