import { useId } from 'react';
import type { BundledConnection } from '../../../api/bundle.ts';
import type { ConnectionView } from '../../../api/connection.ts';
import { ControllerTable } from '../../components/connection/ControllerTable.tsx';
import { HealthChip } from '../../components/connection/HealthChip.tsx';
import { PathDiagram } from '../../components/connection/PathDiagram.tsx';
import { SEVERITY_TONE, subtitleParts, symptomWords } from '../../components/connection/words.ts';
import { setSearch } from '../../navigation.ts';
import { Button } from '../../ui/Button.tsx';
import { BUNDLE_TABS, type BundleTab } from './bundle-tabs.ts';
import '../../components/connection/connection.css';

interface BundleCardProps {
  readonly view: ConnectionView;
  readonly bundled: BundledConnection;
}

/** A connection of a bundle as its card showed it; what can be pressed only shows more of it. */
export function BundleCard({ view, bundled }: BundleCardProps) {
  const titleId = useId();
  const { name, health, rootCause } = view;
  const isObserved = view.controllers.some(({ state }) => state !== 'UNKNOWN');
  const show = (tab: BundleTab) => setSearch({ open: view.id, tab });
  return (
    <article className="card" aria-labelledby={titleId}>
      <div className="card-body">
        <div className="card-head">
          <h2 id={titleId}>{name}</h2>
          <HealthChip health={health} />
          {view.origin === 'sandbox' && <span className="chip tone-unknown">Sandbox</span>}
          <span className="spread" />
          <span className="chip tone-unknown">Read-only</span>
        </div>
        <p className="card-subtitle quiet small">{subtitleParts(view).join('  ·  ')}</p>
        <PathDiagram hops={view.hops} />
        {rootCause !== undefined && (
          <div className={`notice cause tone-${SEVERITY_TONE[rootCause.severity]}`}>
            <div className="cause-text">
              <p className="cause-summary">{rootCause.summary}</p>
              <p className="quiet small">
                {rootCause.meaning} {symptomWords(view.symptoms)}
              </p>
            </div>
            <div className="cause-actions">
              <Button tint="primary" aria-label={`Why? Findings of ${name}`} onClick={() => show('findings')}>
                Why?
              </Button>
            </div>
          </div>
        )}
        {isObserved && <ControllerTable controllers={view.controllers} />}
      </div>
      <div className="actions" role="group" aria-label={`What the bundle holds of ${name}`}>
        {BUNDLE_TABS.filter((tab) => tab.id !== 'test' || bundled.check !== undefined).map(
          ({ id, label }) => (
            <Button key={id} variant="outlined" onClick={() => show(id)}>
              {label}
            </Button>
          ),
        )}
      </div>
    </article>
  );
}
