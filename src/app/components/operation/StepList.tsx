import type { Operation, OperationStep } from '../../../api/operation.ts';
import { useFromNow } from '../../data/now.ts';
import { CodeText } from '../data/CodeText.tsx';
import { clockWords, tookWords } from './operation-words.ts';

const STEP_LOOK: Readonly<Record<OperationStep['status'], { readonly mark: string; readonly word: string }>> =
  {
    waiting: { mark: '·', word: 'waiting' },
    running: { mark: '◌', word: 'under way' },
    done: { mark: '✓', word: 'done' },
    failed: { mark: '×', word: 'failed' },
    skipped: { mark: '–', word: 'not begun' },
    cancelled: { mark: '–', word: 'cancelled' },
  };

/** The steps of an operation in order: what is done, what is under way and why it waits, what is still to come. */
export function StepList({
  operation,
  hasDetails,
}: {
  readonly operation: Operation;
  readonly hasDetails: boolean;
}) {
  return (
    <ol className="steps small">
      {operation.steps.map((step) => (
        <li key={step.title} className={`step is-${step.status}`}>
          <span className="step-mark" aria-hidden>
            {STEP_LOOK[step.status].mark}
          </span>
          <span className="step-text">
            <span className="sr-only">{STEP_LOOK[step.status].word}: </span>
            {step.title}
            {step.message !== undefined && (
              <>
                {': '}
                <CodeText text={step.message} />
              </>
            )}
            <StepTime step={step} />
            {hasDetails && step.details.length > 0 && (
              <details>
                <summary>{step.details.length === 1 ? '1 detail' : `${step.details.length} details`}</summary>
                <ul className="quiet">
                  {step.details.map((line) => (
                    <li key={line}>{line}</li>
                  ))}
                </ul>
              </details>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

function StepTime({ step: { status, startedAt, endedAt } }: { readonly step: OperationStep }) {
  if (startedAt === undefined) return null;
  if (status === 'running') {
    return (
      <span className="quiet">
        {' '}
        (<Elapsed since={startedAt} />)
      </span>
    );
  }
  if (endedAt === undefined) return null;
  // In brackets as while it ran: at the end of a sentence it would be read as part of it.
  return <span className="quiet"> ({tookWords(Date.parse(endedAt) - Date.parse(startedAt))})</span>;
}

/** How long something has been going on, ticking. */
export function Elapsed({ since }: { readonly since: string }) {
  const words = useFromNow((nowMs) => clockWords(nowMs - Date.parse(since)));
  return (
    <span role="timer" aria-live="off">
      {words}
    </span>
  );
}
