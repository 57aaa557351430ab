import type { CheckRun, CheckSuite } from '../../api/check.ts';
import { exitOfRuns, testAll } from '../check-runs.ts';
import { type Command, type CommandContext, EXIT, type ExitCode } from '../command.ts';
import { findConnection, settledConnections } from '../connections.ts';
import { checkCases, checkReport, rootCauseOf } from '../output/check-report.ts';
import { write } from '../output/formats.ts';

const WAIT_LIMIT_MS = 300_000;
const RETRY_MS = 5000;

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
    {
      name: 'connection',
      type: 'string',
      value: 'NAME',
      summary: 'only this one: name, id, or the beginning of one',
    },
    {
      name: 'wait',
      type: 'boolean',
      summary: 'again and again until everything passes, at most five minutes',
    },
    { name: 'short', type: 'boolean', summary: 'show only what does not pass' },
  ],
  examples: [
    ['system check', 'what is wrong, why, and what mends it'],
    ['system check --preflight', 'could it be installed here'],
    ['system check --connection staging --synthetic', 'and does a change really arrive in the database'],
    ['system check --components --wait', 'after an installation, in a script'],
    ['system check --output junit > report.xml', 'for a CI system'],
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
          () => checkReport(runs, context, context.options['short'] === true),
          () => runs.flatMap(checkCases),
        );
        context.talk(closing(code));
        return code;
      }
      context.talk(`Not yet${runs.map(troubleOf).join('')}\nAgain in ${RETRY_MS / 1000} s.`);
      await context.sleep(RETRY_MS);
    }
  },
};

/** What each flag asks for; several ask for all of theirs, none for everything. */
const BY_FLAG: Readonly<Record<'preflight' | 'components' | 'operator', readonly CheckSuite[]>> = {
  preflight: ['kubernetes'],
  components: ['operator', 'broker', 'meshsync'],
  operator: ['operator'],
};

function suitesOf({ options }: CommandContext): CheckSuite[] {
  const asked = Object.entries(BY_FLAG).flatMap(([flag, suites]) => (options[flag] === true ? suites : []));
  const chosen: CheckSuite[] =
    asked.length === 0 ? ['kubernetes', 'operator', 'broker', 'meshsync', 'server'] : [...new Set(asked)];
  return options['synthetic'] === true ? [...chosen, 'synthetic'] : chosen;
}

async function checkAll(context: CommandContext, suites: readonly CheckSuite[]): Promise<CheckRun[]> {
  const wanted = context.options['connection'];
  const settled = await settledConnections(context);
  const items = typeof wanted === 'string' ? [await findConnection(context, wanted)] : settled;
  return testAll(context, items, suites);
}

function troubleOf(run: CheckRun): string {
  const root = rootCauseOf(run);
  return root === undefined ? '' : `\n  ${run.connectionName}: ${root}`;
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
