import { Button } from '../../ui/Button.tsx';
import type { ConnectionSummary } from '../../../api/connection.ts';
import type { Finding } from '../../../api/diagnosis.ts';
import { setSearch } from '../../navigation.ts';
import { MainRemedy } from './MainRemedy.tsx';
import { SEVERITY_TONE, symptomWords } from './words.ts';

interface RootCauseProps {
  readonly connection: ConnectionSummary;
  readonly finding: Finding;
}

/** The one thing that is wrong, what follows from it, and the button that mends it. */
export function RootCause({ connection, finding }: RootCauseProps) {
  return (
    <div className={`notice cause tone-${SEVERITY_TONE[finding.severity]}`}>
      <div className="cause-text">
        <p className="cause-summary">{finding.summary}</p>
        <p className="quiet small">
          {finding.meaning} {symptomWords(connection.symptoms)}
        </p>
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
