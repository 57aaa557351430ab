import type { ReactNode } from 'react';
import type { DatabaseProblem } from '../../../api/database.ts';
import { Age } from '../../ui/Age.tsx';

interface ProblemNoticeProps {
  readonly problem: DatabaseProblem;
  /** What mends it, or the way there. */
  readonly children: ReactNode;
}

/** Why the database is not written, what to do about it, and where the damaged file is. */
export function ProblemNotice({ problem, children }: ProblemNoticeProps) {
  return (
    <div className="notice tone-broken stack" role="alert">
      <div>
        <p>
          <b>{problem.message}</b>
        </p>
        <p>{problem.remedy}</p>
        {problem.setAsideAs !== undefined && (
          <p className="small">
            The damaged file is kept: <code>{problem.setAsideAs}</code>
          </p>
        )}
      </div>
      <div className="row">
        {children}
        <span className="quiet small">
          found <Age at={problem.at} suffix=" ago" />
        </span>
      </div>
    </div>
  );
}
