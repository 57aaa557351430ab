import type { CheckRun, CheckSuite } from '../api/check.ts';
import type { ConnectionSummary } from '../api/connection.ts';
import { type CommandContext, EXIT, type ExitCode } from './command.ts';

const WAIT_PER_CALL_MS = 15_000;
const WAIT_PER_CALL_WATCHED_MS = 500;
/** A server runs 200 tests at once and refuses more. */
const AT_ONCE = 50;

/** Tests connections, many at once, and waits for the end of each. Results stand in the order of the connections. */
export async function testAll(
  context: CommandContext,
  connections: readonly Pick<ConnectionSummary, 'id'>[],
  suites: readonly CheckSuite[],
): Promise<CheckRun[]> {
  const runs = new Map<number, CheckRun>();
  const tell = (index: number) => (run: CheckRun) => {
    runs.set(index, run);
    context.progress(progressOf([...runs.values()], connections.length));
  };
  const left = connections.entries();
  const worker = async () => {
    // One iterator for all of them: each takes what the others have left.
    for (const [index, { id }] of left) runs.set(index, await testOne(context, id, suites, tell(index)));
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, connections.length) }, worker));
  context.progress('');
  return [...runs].toSorted(([a], [b]) => a - b).map(([, run]) => run);
}

/** Starts a test and waits for its end; Ctrl-C cancels it on the server too. */
async function testOne(
  context: CommandContext,
  connectionId: string,
  suites: readonly CheckSuite[],
  onChange: (run: CheckRun) => void,
): Promise<CheckRun> {
  const { client, signal } = context;
  let run = await client.call('checkStart', { body: { connectionId, suites: [...suites] } }, { signal });
  const waitMs = context.isWatched ? WAIT_PER_CALL_WATCHED_MS : WAIT_PER_CALL_MS;
  try {
    while (run.status === 'running') {
      onChange(run);
      run = await client.call('checkView', { params: { runId: run.id }, query: { waitMs } }, { signal });
    }
    return run;
  } catch (error) {
    if (signal.aborted)
      await client.call('checkCancel', { params: { runId: run.id } }).catch(() => undefined);
    throw error;
  }
}

function progressOf(runs: readonly CheckRun[], connections: number): string {
  const results = runs.flatMap((run) => run.results);
  const ended = results.filter(({ status }) => status !== 'waiting' && status !== 'running').length;
  const asked = results.find(({ status }) => status === 'running')?.title;
  const where = connections === 1 ? (runs[0]?.connectionName ?? '') : `${connections} connections`;
  return `Testing ${where}: ${ended} of ${results.length} checks${asked === undefined ? '' : ` – ${asked}`}`;
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
