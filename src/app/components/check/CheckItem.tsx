import type { CheckResult } from '../../../api/check.ts';
import { paths } from '../../paths.ts';
import { CopyCommand } from '../../ui/CopyCommand.tsx';
import { Link } from '../../ui/Link.tsx';
import { tookWords } from '../operation/operation-words.ts';
import { CodeText } from '../data/CodeText.tsx';
import { RESULT_LOOK } from './check-words.ts';

interface CheckItemProps {
  readonly result: CheckResult;
  /** Title of the check this one waits on, when that failed. */
  readonly blocker: string | undefined;
  readonly isRoot: boolean;
}

/** One check: what was asked, what was seen, and, where it did not pass, what to do. */
export function CheckItem({ result, blocker, isRoot }: CheckItemProps) {
  const { status, title, observed, durationMs, skippedBecause, evidence, remedy, command, reference } =
    result;
  const { mark, word, tone } = RESULT_LOOK[status];
  return (
    <li className={`check tone-${tone} is-${status}`}>
      <span className="check-mark" aria-hidden>
        {mark}
      </span>
      <div className="check-text">
        <p>
          <span className={status === 'pass' || status === 'skip' ? 'sr-only' : 'chip'}>{word}</span>{' '}
          <span className="check-title">{title}</span>
          {isRoot && <span className="chip tone-changing">Root cause</span>}
        </p>
        {blocker === undefined ? (
          <p className="quiet small">
            <CodeText text={observed ?? skippedBecause ?? ''} />
          </p>
        ) : (
          <p className="quiet small">not evaluated because of: {blocker}</p>
        )}
        {(status === 'fail' || status === 'warn') && remedy !== undefined && (
          <p className="small">{remedy}</p>
        )}
        {command !== undefined && (
          <CopyCommand command={command} noun={command.startsWith('apiVersion:') ? 'Role' : 'command'} />
        )}
        {reference !== undefined && status !== 'pass' && (
          <p className="small">
            <Link href={paths.errors(reference)}>About {reference}</Link>
          </p>
        )}
        {evidence.length > 0 && (
          <details className="small">
            <summary>Evidence</summary>
            <ul className="quiet check-evidence">
              {evidence.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </details>
        )}
      </div>
      <span className="quiet small check-time">{durationMs !== undefined && tookWords(durationMs)}</span>
    </li>
  );
}
