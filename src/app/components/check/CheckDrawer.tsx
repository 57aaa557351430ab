import Drawer from '@mui/material/Drawer';
import { useState } from 'react';
import type { CheckResult, CheckRun, CheckSuite } from '../../../api/check.ts';
import { IconButton } from '../../ui/Button.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { tookWords } from '../operation/operation-words.ts';
import { countWords, skippedBecauseOf, SUITE_NAMES } from './check-words.ts';
import { CheckItem } from './CheckItem.tsx';
import { useCheckRun } from './use-check-run.ts';
import '../drawer/drawer.css';
import './check.css';

const SUITES = [
  'kubernetes',
  'operator',
  'broker',
  'meshsync',
  'server',
  'synthetic',
] as const satisfies readonly CheckSuite[];
/** All but the synthetic test, which changes something in the cluster and so waits to be asked for. */
const USUAL: readonly CheckSuite[] = SUITES.filter((suite) => suite !== 'synthetic');

interface CheckDrawerProps {
  readonly place: { readonly id: string; readonly name: string };
  readonly onClose: () => void;
}

/** Tests a connection now and shows every result as it comes, with the one cause of all that failed at the top. */
export function CheckDrawer({ place, onClose }: CheckDrawerProps) {
  const [suites, setSuites] = useState(USUAL);
  const { run, error, isCancelling, cancel, again } = useCheckRun(place.id, suites);
  const isRunning = run?.status === 'running' || (run === undefined && error === null);
  const title = `Test of ${place.name}`;
  return (
    <Drawer
      open
      anchor="right"
      onClose={onClose}
      slotProps={{
        paper: { className: 'drawer', role: 'dialog', 'aria-modal': true, 'aria-label': title },
      }}
    >
      <div className="drawer-head">
        <h2>{title}</h2>
        <span className="spread" />
        {isRunning ? (
          <ReasonButton
            variant="outlined"
            reason={isCancelling ? 'It is just being stopped.' : undefined}
            onClick={cancel}
          >
            Cancel
          </ReasonButton>
        ) : (
          <ReasonButton
            variant="contained"
            tint="primary"
            reason={suites.length === 0 ? 'Choose at least one group to test.' : undefined}
            onClick={again}
          >
            Run again
          </ReasonButton>
        )}
        <IconButton aria-label="Close" onClick={onClose}>
          <Icon name="cross" />
        </IconButton>
      </div>
      <div className="drawer-body stack checks">
        <SuiteChoice suites={suites} onChange={setSuites} />
        {error !== null && <ErrorState what="The test could not be done." error={error} onRetry={again} />}
        {run === undefined && error === null && <ListSkeleton label="Starting the test" />}
        {run !== undefined && <Results run={run} />}
      </div>
    </Drawer>
  );
}

interface SuiteChoiceProps {
  readonly suites: readonly CheckSuite[];
  readonly onChange: (suites: readonly CheckSuite[]) => void;
}

function SuiteChoice({ suites, onChange }: SuiteChoiceProps) {
  return (
    <fieldset className="check-suites small">
      <legend className="sr-only">What the next run tests</legend>
      {SUITES.map((suite) => (
        <label key={suite}>
          <input
            type="checkbox"
            checked={suites.includes(suite)}
            onChange={({ target }) =>
              onChange(SUITES.filter((one) => (one === suite ? target.checked : suites.includes(one))))
            }
          />
          {SUITE_NAMES[suite]}
        </label>
      ))}
    </fieldset>
  );
}

function Results({ run }: { readonly run: CheckRun }) {
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
            <ul>
              {of.map((result) => (
                <CheckItem
                  key={result.id}
                  result={result}
                  blocker={
                    result.status === 'skip' ? byId.get(result.skippedBecause ?? '')?.title : undefined
                  }
                  isRoot={result.id === run.rootCause}
                />
              ))}
            </ul>
          </section>
        ),
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
        <b>
          Root cause: “{root.title}” failed{root.observed === undefined ? '.' : `: ${root.observed}`}
        </b>
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
