import type { CheckResult, CheckRun } from '../../../api/check.ts';
import { tookWords } from '../operation/operation-words.ts';
import { countWords, skippedBecauseOf, SUITE_NAMES, SUITES } from './check-words.ts';
import { CheckItem } from './CheckItem.tsx';
import './check.css';

/** The results of a test, with the one cause of all that failed at the top. */
export function CheckResults({ run }: { readonly run: CheckRun }) {
  const { results, counts, status, durationMs } = run;
  const byId = new Map(results.map((result) => [result.id, result]));
  const root = run.rootCause === undefined ? undefined : byId.get(run.rootCause);
  const done = counts.pass + counts.warn + counts.fail + counts.skip;
  const groups = SUITES.map((suite) => ({ suite, of: results.filter((one) => one.suite === suite) }));
  return (
    <>
      <div role="status">
        {status === 'running' ? (
          <p className="quiet">
            {done} of {results.length} checked
          </p>
        ) : (
          <>
            {root === undefined ? (
              <p
                className={`notice tone-${counts.warn > 0 || status === 'cancelled' ? 'attention' : 'good'}`}
              >
                <b>{verdictWords(run)}</b>
              </p>
            ) : (
              <RootNotice root={root} results={results} />
            )}
            <p className="quiet small check-summary">
              {status === 'cancelled' && 'Cancelled: '}
              {countWords(counts)}
              {durationMs !== undefined && `, in ${tookWords(durationMs)}`}
            </p>
          </>
        )}
      </div>
      {groups.map(({ suite, of }) =>
        of.length === 0 ? null : (
          <section key={suite} aria-label={SUITE_NAMES[suite]}>
            <h3 className="check-suite">
              {SUITE_NAMES[suite]} <span className="quiet small">{passedWords(of)}</span>
            </h3>
            <SuiteResults of={of} byId={byId} root={run.rootCause} />
          </section>
        ),
      )}
    </>
  );
}

interface SuiteResultsProps {
  readonly of: readonly CheckResult[];
  readonly byId: ReadonlyMap<string, CheckResult>;
  readonly root: string | undefined;
}

/** What was found out, and folded under it what was not: it would only repeat the cause, once a line. */
function SuiteResults({ of, byId, root }: SuiteResultsProps) {
  const skipped = of.filter(({ status }) => status === 'skip');
  const item = (result: CheckResult) => (
    <CheckItem
      key={result.id}
      result={result}
      blocker={result.status === 'skip' ? byId.get(result.skippedBecause ?? '')?.title : undefined}
      isRoot={result.id === root}
    />
  );
  return (
    <>
      <ul>{of.filter(({ status }) => status !== 'skip').map(item)}</ul>
      {skipped.length > 0 && (
        <details className="check-skipped">
          <summary className="small">{skipped.length} not evaluated</summary>
          <ul>{skipped.map(item)}</ul>
        </details>
      )}
    </>
  );
}

function RootNotice({
  root,
  results,
}: {
  readonly root: CheckResult;
  readonly results: readonly CheckResult[];
}) {
  const skipped = skippedBecauseOf(root.id, results);
  return (
    <div className="notice tone-broken">
      <p>
        <b>Root cause: “{root.title}” failed</b>
        {root.observed === undefined ? '.' : `: ${root.observed}`}
      </p>
      {skipped > 0 && (
        <p className="quiet small">
          {skipped === 1 ? '1 check was' : `${skipped} checks were`} not evaluated because of it.
        </p>
      )}
      {root.remedy !== undefined && <p className="small">{root.remedy}</p>}
    </div>
  );
}

function verdictWords({ status, counts }: CheckRun): string {
  if (status === 'cancelled') return 'The test was cancelled; what was found stays.';
  return counts.warn > 0 ? 'It works, with something to look at.' : 'Everything that was tested works.';
}

function passedWords(results: readonly CheckResult[]): string {
  return `${results.filter(({ status }) => status === 'pass').length} of ${results.length} passed`;
}
