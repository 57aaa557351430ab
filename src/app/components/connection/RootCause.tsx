import { Button } from '../../ui/Button.tsx';
import type { ConnectionSummary } from '../../../api/connection.ts';
import type { Finding } from '../../../api/diagnosis.ts';
import { setSearch } from '../../navigation.ts';
import { stoppedWords } from '../review/stopped.ts';
import { MainRemedy } from './MainRemedy.tsx';
import { SEVERITY_TONE, symptomWords, withUnits } from './words.ts';

interface RootCauseProps {
  readonly connection: ConnectionSummary;
  readonly finding: Finding;
}

/** The one thing that is wrong, what follows from it, and the button that mends it. */
export function RootCause({ connection, finding }: RootCauseProps) {
  const stopped = stoppedWords(connection);
  // What is on its way is not a fault: it has the colour of its hop.
  const isChange = finding.severity === 'info' && connection.health === 'changing';
  // `What is wrong: names and numbers of it`; the first is what one reads in passing.
  const [headline = ''] = finding.summary.split(': ', 1);
  const tone = isChange ? 'changing' : SEVERITY_TONE[finding.severity];
  return (
    <div className={`notice cause tone-${tone}`}>
      <div className="cause-text">
        <p className="cause-summary">
          {headline}
          <span className="cause-detail">{withUnits(finding.summary.slice(headline.length))}</span>
        </p>
        <p className="quiet small">
          {finding.meaning} {symptomWords(connection.symptoms)}
        </p>
        {stopped !== '' && (
          <p className="cause-review small">
            {stopped}{' '}
            <Button
              tint="primary"
              style={{ padding: 0, minHeight: 24 }}
              aria-label={`Review the available operations on ${connection.name}`}
              onClick={() => setSearch({ review: connection.id })}
            >
              Review the available operations
            </Button>
          </p>
        )}
      </div>
      <div className="cause-actions">
        <Button
          tint="primary"
          aria-label={`Why? Findings of ${connection.name}`}
          onClick={() => setSearch({ open: connection.id, tab: 'findings' })}
        >
          Why?
        </Button>
        <MainRemedy connection={connection} finding={finding} />
      </div>
    </div>
  );
}
