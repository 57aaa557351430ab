import type { ConnectionSummary } from '../../../api/connection.ts';
import type { Finding } from '../../../api/diagnosis.ts';
import { paths } from '../../paths.ts';
import { pageFor } from '../../pages.ts';
import { Link } from '../../ui/Link.tsx';
import { HOP_NAMES, SEVERITY_TONE, symptomWords } from '../connection/words.ts';
import { RemedyItem } from './RemedyItem.tsx';

const SEVERITY_WORDS = { critical: 'Critical', warning: 'Warning', info: 'Information' } as const;
const CONFIDENCE_WORDS = { certain: 'certain', likely: 'likely', possible: 'possible' } as const;

interface FindingDetailProps {
  readonly connection: ConnectionSummary;
  readonly finding: Finding;
  readonly symptoms: readonly Finding[];
  readonly isRoot: boolean;
  readonly isReadOnly: boolean;
}

/** One finding: what is wrong, what follows, why, how to be sure, and every remedy. */
export function FindingDetail({ connection, finding, symptoms, isRoot, isReadOnly }: FindingDetailProps) {
  const reference = paths.errors(finding.code);
  // Its code above leads there already.
  const remedies = finding.remedies.filter((one) => one.kind !== 'link' || one.path !== reference);
  // One button of all that are in sight is the one to press first.
  const main = isRoot ? remedies.find(({ kind }) => kind === 'operation') : undefined;
  return (
    <section className={`finding tone-${SEVERITY_TONE[finding.severity]}`}>
      <div className="row">
        <span className={`chip tone-${SEVERITY_TONE[finding.severity]}`}>
          {SEVERITY_WORDS[finding.severity]}
        </span>
        {isRoot && <span className="chip tone-changing">Root cause</span>}
        <span className="quiet small">
          {HOP_NAMES[finding.hop]} ·{' '}
          {pageFor(reference) === undefined ? finding.code : <Link href={reference}>{finding.code}</Link>}
        </span>
      </div>
      <h3>{finding.summary}</h3>
      <p className="quiet">{finding.meaning}</p>
      <dl>
        <dt>Probable cause ({CONFIDENCE_WORDS[finding.confidence]})</dt>
        <dd>{finding.cause}</dd>
        {finding.confirm !== undefined && (
          <>
            <dt>What would confirm it</dt>
            <dd>{finding.confirm}</dd>
          </>
        )}
        {finding.facts.length > 0 && (
          <>
            <dt>What was seen</dt>
            {finding.facts.map(({ text, source }) => (
              <dd key={`${source} ${text}`}>
                {text} <span className="quiet small">({source})</span>
              </dd>
            ))}
          </>
        )}
        {remedies.length > 0 && <dt>What to do</dt>}
        {remedies.map((remedy) => (
          <dd key={`${remedy.kind} ${remedy.label}`} style={{ marginTop: 4 }}>
            {isReadOnly && remedy.kind === 'operation' ? (
              <p>{remedy.label} (where the connection is live)</p>
            ) : (
              <RemedyItem
                connection={connection}
                remedy={remedy}
                finding={finding.code}
                isMain={remedy === main}
              />
            )}
          </dd>
        ))}
      </dl>
      {symptoms.length > 0 && (
        <details>
          <summary>{symptomWords(symptoms.length)}</summary>
          <ul className="stack" style={{ marginTop: 8 }}>
            {symptoms.map((symptom) => (
              <li key={`${symptom.code} ${symptom.hop}`}>
                <b>{symptom.summary}</b> <span className="quiet">{symptom.meaning}</span>{' '}
                <Link className="small" href={paths.errors(symptom.code)}>
                  {symptom.code}
                </Link>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
