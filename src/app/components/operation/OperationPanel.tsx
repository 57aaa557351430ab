import type { Operation } from '../../../api/operation.ts';
import { useChangeOperation, type OperationChange } from '../../data/operations.ts';
import { notifyError } from '../../notify/notify.ts';
import { CodeText } from '../data/CodeText.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { HopWaterfall } from './HopWaterfall.tsx';
import { RecheckNote, recheckWords } from './RecheckNote.tsx';
import { currentStep, runningWords, STATUS_LOOK, tookWords } from './operation-words.ts';
import { Elapsed, StepList } from './StepList.tsx';
import './operation.css';

/** An operation on a connection: its steps while it runs, then how it ended, until a person puts that away. */
export function OperationPanel({ operation }: { readonly operation: Operation }) {
  const change = useChangeOperation(operation);
  const press = (what: OperationChange) =>
    change.mutate(what, {
      onError: (error) => notifyError(`${operation.title} could not be changed.`, error),
    });
  const { tone } = STATUS_LOOK[operation.status];
  return (
    <section className={`notice operation tone-${tone}`} aria-label={operation.title}>
      {/* Speaks of steps only: elapsed time would be read out every second. */}
      <p className="sr-only" role="status">
        {spoken(operation)}
      </p>
      {operation.status === 'running' ? (
        <Running
          operation={operation}
          isCancelling={change.isSuccess && change.variables === 'cancel'}
          onPress={press}
        />
      ) : (
        <Ended operation={operation} isPending={change.isPending} onPress={press} />
      )}
    </section>
  );
}

function spoken(operation: Operation): string {
  if (operation.status !== 'running') {
    const { title, status, summary = '', recheck } = operation;
    const words = recheck === undefined ? '' : ` ${recheckWords(recheck)}`;
    return `${title}: ${STATUS_LOOK[status].word}. ${summary}${words}`;
  }
  const { number, of, step } = currentStep(operation);
  return `${runningWords(operation)}, step ${number} of ${of}: ${step?.title ?? ''}`;
}

interface RunningProps {
  readonly operation: Operation;
  readonly isCancelling: boolean;
  readonly onPress: (what: OperationChange) => void;
}

function Running({ operation, isCancelling, onPress }: RunningProps) {
  const { number, of, step } = currentStep(operation);
  const done = operation.steps.filter(({ status }) => status === 'done').length;
  const reason = isCancelling
    ? 'It stops after what it is just doing.'
    : operation.canCancel
      ? undefined
      : 'It cannot be stopped at this point.';
  return (
    <>
      <div className="operation-head">
        <div className="spread">
          <p className="operation-title">
            {runningWords(operation)}, step {number} of {of}: {step?.title}{' '}
            <span className="operation-clock quiet">
              <Elapsed since={operation.startedAt} />
            </span>
          </p>
          <div
            className="operation-bar"
            role="progressbar"
            aria-label={operation.title}
            aria-valuemin={0}
            aria-valuemax={of}
            aria-valuenow={done}
            aria-valuetext={`${done} of ${of} steps done`}
          >
            {/* Half a step for the one under way: a bar that starts at nothing looks stuck. */}
            <span style={{ width: `${((done + 0.5) / Math.max(1, of)) * 100}%` }} />
          </div>
        </div>
        <ReasonButton
          variant="outlined"
          aria-label={`Cancel ${operation.title}`}
          reason={reason}
          onClick={() => onPress('cancel')}
        >
          {isCancelling ? 'Stopping' : 'Cancel'}
        </ReasonButton>
      </div>
      <StepList operation={operation} hasDetails={false} />
      {operation.hops !== undefined && <HopWaterfall hops={operation.hops} isRunning />}
    </>
  );
}

interface EndedProps {
  readonly operation: Operation;
  readonly isPending: boolean;
  readonly onPress: (what: OperationChange) => void;
}

function Ended({ operation, isPending, onPress }: EndedProps) {
  const { status, title, summary, remedy, left = [], hops, startedAt, endedAt, canResume } = operation;
  const { word, icon } = STATUS_LOOK[status];
  const reason = isPending ? 'It is just being done.' : undefined;
  return (
    <>
      <div className="operation-head">
        <div className="spread">
          <p className="operation-title">
            <span className="operation-mark">
              <Icon name={icon} size={15} />
            </span>{' '}
            {title}: {word.toLowerCase()}{' '}
            {endedAt !== undefined && (
              <span className="operation-clock quiet">
                {tookWords(Date.parse(endedAt) - Date.parse(startedAt))}
              </span>
            )}
          </p>
          {summary !== undefined && (
            <p className="quiet small">
              <CodeText text={summary} />
            </p>
          )}
          {remedy !== undefined && (
            <p className="small">
              <CodeText text={remedy} />
            </p>
          )}
        </div>
        <div className="operation-buttons">
          {canResume && (
            <ReasonButton
              variant="contained"
              tint="primary"
              aria-label={`Resume ${title}`}
              reason={reason}
              onClick={() => onPress('resume')}
            >
              Resume
            </ReasonButton>
          )}
          <ReasonButton
            variant="outlined"
            aria-label={`Dismiss the result of ${title}`}
            reason={reason}
            onClick={() => onPress('dismiss')}
          >
            Dismiss
          </ReasonButton>
        </div>
      </div>
      {operation.recheck !== undefined && <RecheckNote recheck={operation.recheck} />}
      {hops !== undefined && hops.length > 0 && <HopWaterfall hops={hops} isRunning={false} />}
      {left.length > 0 && (
        <details className="small">
          <summary>{left.length === 1 ? '1 object stays' : `${left.length} objects stay`}</summary>
          <ul className="quiet">
            {left.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </details>
      )}
      <details className="small" open={status !== 'succeeded'}>
        <summary>Steps</summary>
        <StepList operation={operation} hasDetails />
      </details>
    </>
  );
}
