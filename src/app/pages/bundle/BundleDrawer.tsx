import type { Bundle } from '../../../api/bundle.ts';
import type { ControllerLog } from '../../../api/log.ts';
import { CheckResults } from '../../components/check/CheckResults.tsx';
import { CONTROLLER_NAMES } from '../../components/connection/words.ts';
import { DetailsDrawer } from '../../components/drawer/DetailsDrawer.tsx';
import { EvidenceView } from '../../components/drawer/EvidenceTab.tsx';
import { FindingList } from '../../components/drawer/FindingsTab.tsx';
import { EventItems } from '../../components/event/EventItems.tsx';
import { LogLines } from '../../components/log/LogLines.tsx';
import { STATUS_LOOK } from '../../components/operation/operation-words.ts';
import { BUNDLE_TABS } from './bundle-tabs.ts';
import type { OpenBundle } from './read-bundle.ts';

interface BundleDrawerProps {
  readonly bundle: Bundle;
  readonly connection: OpenBundle['connections'][number];
  /** Of the address, so anything. */
  readonly tab: string | null;
  readonly onClose: () => void;
}

/** Everything a bundle holds of one connection, as the drawer of a live one shows it. */
export function BundleDrawer({ bundle, connection, tab: wanted, onClose }: BundleDrawerProps) {
  const { view, bundled } = connection;
  const tab = BUNDLE_TABS.find(({ id }) => id === wanted)?.id ?? 'findings';
  return (
    <DetailsDrawer name={view.name} health={view.health} tabs={BUNDLE_TABS} tab={tab} onClose={onClose}>
      {tab === 'findings' && <FindingList connection={view} isReadOnly />}
      {tab === 'evidence' && <EvidenceView evidence={bundled.evidence} />}
      {tab === 'test' &&
        (bundled.check === undefined ? (
          <p>No test had been run.</p>
        ) : (
          <div className="checks">
            <CheckResults run={bundled.check} />
          </div>
        ))}
      {tab === 'logs' && <Logs logs={bundled.logs} />}
      {tab === 'events' && <Happened bundle={bundle} connectionId={view.id} />}
    </DetailsDrawer>
  );
}

function Logs({ logs }: { readonly logs: readonly ControllerLog[] }) {
  if (logs.length === 0) return <p>The bundle was made without logs.</p>;
  return logs.map(({ controller, pod, problem, lines }) => (
    <section key={controller} aria-label={`Log of ${CONTROLLER_NAMES[controller]}`}>
      <h3>
        {CONTROLLER_NAMES[controller]} <span className="quiet small">{pod}</span>
      </h3>
      {problem !== undefined && <p>{problem.message}</p>}
      {lines.length > 0 && (
        <LogLines lines={lines} label={`Lines of ${CONTROLLER_NAMES[controller]}`} isFollowed={false} />
      )}
      {lines.length === 0 && problem === undefined && <p>It had written nothing.</p>}
    </section>
  ));
}

function Happened({ bundle, connectionId }: { readonly bundle: Bundle; readonly connectionId: string }) {
  const events = bundle.events.filter((one) => one.connectionId === connectionId);
  const operations = bundle.operations.filter((one) => one.connectionId === connectionId);
  return (
    <>
      {operations.length > 0 && (
        <section aria-label="Operations">
          <h3>Operations</h3>
          <ul>
            {operations.map(({ id, title, status, startedAt, summary }) => (
              <li key={id}>
                <b>{title}</b>: {STATUS_LOOK[status].word.toLowerCase()},{' '}
                {new Date(startedAt).toLocaleString()}
                {summary !== undefined && <p className="quiet small">{summary}</p>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {events.length === 0 ? (
        <p>Nothing had happened on this connection.</p>
      ) : (
        <EventItems events={events} isLinked={false} />
      )}
    </>
  );
}
