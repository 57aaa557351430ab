import { useId } from 'react';
import type { BundledConnection } from '../../../api/bundle.ts';
import type { ConnectionView } from '../../../api/connection.ts';
import type { Finding } from '../../../api/diagnosis.ts';
import { ControllerTable } from '../../components/connection/ControllerTable.tsx';
import { HealthChip } from '../../components/connection/HealthChip.tsx';
import { PathDiagram } from '../../components/connection/PathDiagram.tsx';
import { CONTROLLER_NAMES, SEVERITY_TONE, subtitleParts } from '../../components/connection/words.ts';
import { LogLines } from '../../components/log/LogLines.tsx';
import { paths } from '../../paths.ts';
import { Link } from '../../ui/Link.tsx';
import '../../components/connection/connection.css';
import '../../components/drawer/drawer.css';

interface BundleCardProps {
  readonly view: ConnectionView;
  readonly bundled: BundledConnection;
}

/** A connection of a bundle: what its card showed, with nothing to press. */
export function BundleCard({ view, bundled }: BundleCardProps) {
  const titleId = useId();
  // *Since when* is told from now on a card; here it would count the time the bundle lay about.
  const controllers = view.controllers.map(({ sinceAt: _now, ...state }) => state);
  const { check, logs } = bundled;
  return (
    <article className="card" aria-labelledby={titleId}>
      <div className="card-body">
        <div className="card-head">
          <h2 id={titleId}>{view.name}</h2>
          <HealthChip health={view.health} />
          {view.origin === 'sandbox' && <span className="chip tone-unknown">Sandbox</span>}
        </div>
        <p className="card-subtitle quiet small">{subtitleParts(view).join('  ·  ')}</p>
        <PathDiagram hops={view.hops} />
        <ControllerTable controllers={controllers} />
        <div className="stack">
          {view.allFindings.map((finding) => (
            <BundleFinding
              key={`${finding.code} ${finding.hop}`}
              finding={finding}
              isRoot={finding.code === view.rootCause?.code}
            />
          ))}
          {view.allFindings.length === 0 && <p>Nothing was found wrong.</p>}
          {check !== undefined && (
            <details className="evidence">
              <summary>
                Last test: {check.counts.fail} failed, {check.counts.warn} with a warning, {check.counts.pass}{' '}
                passed
              </summary>
              <ul>
                {check.results.map(({ id, status, title, observed }) => (
                  <li key={id}>
                    <b>{status}</b> {title}
                    {observed !== undefined && <span className="quiet">: {observed}</span>}
                  </li>
                ))}
              </ul>
            </details>
          )}
          {logs.map((log) => (
            <details key={log.controller} className="evidence">
              <summary>
                Log of {CONTROLLER_NAMES[log.controller]}:{' '}
                {log.problem?.message ?? `${log.lines.length} lines`}
              </summary>
              {log.lines.length > 0 && (
                <LogLines
                  lines={log.lines}
                  label={`Log of ${CONTROLLER_NAMES[log.controller]}`}
                  isFollowed={false}
                />
              )}
            </details>
          ))}
          <details className="evidence">
            <summary>Evidence</summary>
            {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- without it, keyboards cannot scroll here (axe: scrollable-region-focusable) */}
            <pre className="log" tabIndex={0} aria-label={`Evidence of ${view.name}`}>
              {JSON.stringify(bundled.evidence, null, 2)}
            </pre>
          </details>
        </div>
      </div>
    </article>
  );
}

function BundleFinding({ finding, isRoot }: { readonly finding: Finding; readonly isRoot: boolean }) {
  return (
    <section className={`finding tone-${SEVERITY_TONE[finding.severity]}`}>
      <div className="row">
        {isRoot && <span className="chip tone-changing">Root cause</span>}
        {finding.followsFrom !== undefined && (
          <span className="quiet small">follows from {finding.followsFrom}</span>
        )}
        <Link href={paths.errors(finding.code)}>{finding.code}</Link>
      </div>
      <h3>{finding.summary}</h3>
      <p className="quiet">{finding.meaning}</p>
      <p>{finding.cause}</p>
    </section>
  );
}
