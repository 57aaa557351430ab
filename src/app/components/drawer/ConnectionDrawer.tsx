import { useConnection } from '../../data/queries.ts';
import { useToldError } from '../../data/told-error.ts';
import { DRAWER_TABS } from '../../paths.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { StaleBanner } from '../../ui/StaleBanner.tsx';
import { DataPanel } from '../data/DataPanel.tsx';
import { LogPanel } from '../log/LogPanel.tsx';
import { DetailsDrawer } from './DetailsDrawer.tsx';
import { EventsTab } from './EventsTab.tsx';
import { EvidenceTab } from './EvidenceTab.tsx';
import { FindingsTab } from './FindingsTab.tsx';
import { TAB_NAMES } from './tab-names.ts';
import { WaysInTab } from './WaysInTab.tsx';

const TABS = DRAWER_TABS.map((id) => ({ id, label: TAB_NAMES[id] }));

interface ConnectionDrawerProps {
  readonly connectionId: string;
  /** Of the address, so anything. */
  readonly tab: string | null;
  readonly onClose: () => void;
}

/** Everything known of one connection, beside the page it was opened from. */
export function ConnectionDrawer({ connectionId, tab: wanted, onClose }: ConnectionDrawerProps) {
  const tab = DRAWER_TABS.find((one) => one === wanted) ?? 'findings';
  const { data, error: newest, dataUpdatedAt, refetch } = useConnection(connectionId);
  const error = useToldError(data, newest);
  return (
    <DetailsDrawer
      name={data?.name ?? 'Connection'}
      health={data?.health}
      tabs={TABS}
      tab={tab}
      onClose={onClose}
    >
      {data !== undefined && error !== null && (
        <StaleBanner error={error} receivedMs={dataUpdatedAt} onRetry={() => void refetch()} />
      )}
      {data === undefined && error !== null && (
        <ErrorState what="The connection could not be read." error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <ListSkeleton label="Loading the connection" />}
      {data !== undefined && tab === 'findings' && <FindingsTab connection={data} />}
      {data !== undefined && tab === 'evidence' && <EvidenceTab connectionId={connectionId} />}
      {data !== undefined && tab === 'data' && <DataPanel connection={data} />}
      {data !== undefined && tab === 'logs' && <LogPanel connectionId={connectionId} />}
      {data !== undefined && tab === 'events' && <EventsTab connectionId={connectionId} />}
      {data !== undefined && tab === 'ways-in' && <WaysInTab connection={data} />}
    </DetailsDrawer>
  );
}
