import Drawer from '@mui/material/Drawer';
import { useState } from 'react';
import type { CheckSuite } from '../../../api/check.ts';
import { IconButton } from '../../ui/Button.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { SUITE_NAMES, SUITES } from './check-words.ts';
import { CheckResults } from './CheckResults.tsx';
import { useCheckRun } from './use-check-run.ts';
import '../drawer/drawer.css';
import './check.css';

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
        {run !== undefined && <CheckResults run={run} />}
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
