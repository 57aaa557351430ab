import type { CheckRun, CheckSuite } from '../../api/check.ts';
import type { ConnectionSummary } from '../../api/connection.ts';
import { type Command, type CommandContext, EXIT, type ExitCode } from '../command.ts';
import { findConnection, settledConnections } from '../connections.ts';
import { type JunitCase, write } from '../output/formats.ts';
import { type Paint, paintFor, statusMark } from '../output/paint.ts';

const WAIT_PER_CALL_MS = 15_000;
const WAIT_LIMIT_MS = 300_000;
const RETRY_MS = 5000;

/** The guide's categories, by the suites of checks behind them. */
const CATEGORIES: readonly { readonly title: string; readonly suite: CheckSuite }[] = [
  { title: 'Kubernetes API', suite: 'kubernetes' },
  { title: 'Operator', suite: 'operator' },
  { title: 'Broker', suite: 'broker' },
  { title: 'MeshSync', suite: 'meshsync' },
  { title: 'Server', suite: 'server' },
  { title: 'Synthetic test', suite: 'synthetic' },
];

/** `system check`: the ad hoc tests of every connection. */
export const systemCheck: Command = {
  name: 'system check',
  summary: 'Tests every connection and names the root cause of what fails',
  options: [
    {
      name: 'preflight',
      type: 'boolean',
      summary: 'only what must hold before an installation: Kubernetes and permissions',
    },
    { name: 'components', type: 'boolean', summary: 'only Operator, Broker and MeshSync' },
    { name: 'operator', type: 'boolean', summary: 'only the Operator' },
    {
      name: 'synthetic',
      type: 'boolean',
      summary: 'at the end the synthetic test too: a change is followed into the database',
    },
    { name: 'connection', type: 'string', summary: 'only this one: name, id, or the beginning of one' },
    {
      name: 'wait',
      type: 'boolean',
      summary: 'again and again until everything passes, at most five minutes',
    },
    { name: 'short', type: 'boolean', summary: 'show only what does not pass' },
  ],
  examples: [
    'system check',
    'system check --preflight',
    'system check --connection staging --synthetic',
    'system check --output junit > report.xml',
  ],
  async run(context) {
    const suites = suitesOf(context);
    const startedMs = Date.now();
    for (;;) {
      const runs = await checkAll(context, suites);
      const code = exitOfRuns(runs);
      const isOver =
        code === EXIT.healthy || context.options['wait'] !== true || Date.now() - startedMs > WAIT_LIMIT_MS;
      if (isOver) {
        write(
          context,
          { runs },
          () => human(runs, paintFor(context.isTerminal), context.options['short'] === true),
          () => runs.flatMap(cases),
        );
        context.talk(closing(code));
        return code;
      }
      context.talk(
        `Not yet: ${runs.flatMap((run) => rootOf(run)).join('; ')}. Again in ${RETRY_MS / 1000} s.`,
      );
      await context.sleep(RETRY_MS);
    }
  },
};

function suitesOf(context: CommandContext): CheckSuite[] {
  const { options } = context;
  const chosen: CheckSuite[] =
    options['preflight'] === true
      ? ['kubernetes']
      : options['operator'] === true
        ? ['operator']
        : options['components'] === true
          ? ['operator', 'broker', 'meshsync']
          : ['kubernetes', 'operator', 'broker', 'meshsync', 'server'];
  return options['synthetic'] === true ? [...chosen, 'synthetic'] : chosen;
}

async function checkAll(context: CommandContext, suites: readonly CheckSuite[]): Promise<CheckRun[]> {
  const wanted = context.options['connection'];
  const settled = await settledConnections(context);
  const items: readonly ConnectionSummary[] =
    typeof wanted === 'string' ? [await findConnection(context, wanted)] : settled;
  return Promise.all(items.map((one) => runOne(context, one.id, suites)));
}

/** Starts a test and waits for its end; Ctrl-C cancels it on the server too. */
export async function runOne(
  context: CommandContext,
  connectionId: string,
  suites: readonly CheckSuite[],
): Promise<CheckRun> {
  let run = await context.client.call(
    'checkStart',
    { body: { connectionId, suites: [...suites] } },
    { signal: context.signal },
  );
  try {
    while (run.status === 'running') {
      run = await context.client.call(
        'checkView',
        { params: { runId: run.id }, query: { waitMs: WAIT_PER_CALL_MS } },
        { signal: context.signal },
      );
    }
    return run;
  } catch (error) {
    if (context.signal.aborted)
      await context.client.call('checkCancel', { params: { runId: run.id } }).catch(() => undefined);
    throw error;
  }
}

/** What the runs mean for a script. */
export function exitOfRuns(runs: readonly CheckRun[]): ExitCode {
  const isBlind = (run: CheckRun) =>
    run.results.some(
      (one) => one.suite === 'kubernetes' && one.status === 'fail' && !one.id.includes('may-'),
    );
  if (runs.length === 0) return EXIT.notObserved;
  if (runs.some((run) => run.counts.fail > 0 && !isBlind(run))) return EXIT.findings;
  if (runs.some((run) => isBlind(run) || run.status === 'cancelled')) return EXIT.notObserved;
  return EXIT.healthy;
}

function rootOf(run: CheckRun): string[] {
  const root = run.results.find((one) => one.id === run.rootCause);
  return root === undefined ? [] : [`${run.connectionName}: ${root.title} – ${root.observed ?? 'failed'}`];
}

/** The results as a person reads them. */
export function human(runs: readonly CheckRun[], paint: Paint, isShort: boolean): string {
  return runs
    .map((run) => {
      const lines = [paint.strong(run.connectionName)];
      for (const { title, suite } of CATEGORIES) {
        const results = run.results.filter(
          (one) => one.suite === suite && (!isShort || one.status === 'fail' || one.status === 'warn'),
        );
        if (results.length === 0) continue;
        lines.push(
          '',
          `  ${title}`,
          ...results.flatMap((one) => [
            `  ${statusMark(one.status, paint)} ${one.title}${one.observed === undefined ? '' : paint.quiet(`: ${one.observed}`)}`,
            ...(one.status === 'fail' || one.status === 'warn'
              ? one.remedy === undefined
                ? []
                : [`      → ${one.remedy}`]
              : []),
          ]),
        );
      }
      const root = rootOf(run);
      lines.push(
        '',
        root.length > 0
          ? paint.broken(`  Root cause: ${root.join()}`)
          : `  ${run.counts.pass} passed, ${run.counts.warn} with a warning, ${run.counts.skip} skipped, ${Math.round(run.durationMs ?? 0)} ms`,
      );
      return lines.join('\n');
    })
    .join('\n\n');
}

function cases(run: CheckRun): JunitCase[] {
  return run.results.map((one) => ({
    suite: `${run.connectionName}.${one.suite}`,
    name: one.title,
    seconds: one.durationMs === undefined ? undefined : one.durationMs / 1000,
    failure: one.status === 'fail' ? (one.observed ?? 'failed') : undefined,
    skipped: one.status === 'skip' ? (one.observed ?? 'skipped') : undefined,
    output: one.status === 'warn' ? one.observed : undefined,
  }));
}

function closing(code: ExitCode): string {
  switch (code) {
    case EXIT.healthy:
      return 'Every check that must pass has passed.';
    case EXIT.findings:
      return 'Some checks failed.';
    default:
      return 'Not everything could be observed.';
  }
}
