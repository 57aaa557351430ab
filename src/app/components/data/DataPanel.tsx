import type { Place } from '../operation/work.ts';
import { DriftMeter } from './DriftMeter.tsx';
import { FlushButton } from './FlushButton.tsx';
import { FreshnessTable } from './FreshnessTable.tsx';
import { RatePlots } from './RatePlots.tsx';
import { SyntheticSection } from './SyntheticSection.tsx';
import './data.css';

/** The data of one connection: what arrives, how fresh the rows are, and whether they are what the cluster holds. */
export function DataPanel({ connection }: { readonly connection: Place & { readonly id: string } }) {
  const connectionId = connection.id;
  return (
    <>
      <section className="stack data-part">
        <h3>What arrives</h3>
        <RatePlots connectionId={connectionId} />
      </section>
      <section className="stack data-part">
        <h3>Freshness</h3>
        <FreshnessTable connectionId={connectionId} />
      </section>
      <section className="stack data-part">
        <h3>Database and cluster compared</h3>
        <DriftMeter connectionId={connectionId} />
      </section>
      <section className="stack data-part">
        <h3>Synthetic test</h3>
        <SyntheticSection connectionId={connectionId} />
      </section>
      <section className="stack data-part">
        <h3>Begin anew</h3>
        <p className="quiet small">
          Removes the rows of this cluster from the database and asks MeshSync for everything again.
        </p>
        <div className="row">
          <FlushButton connection={connection} />
        </div>
      </section>
    </>
  );
}
