import Drawer from '@mui/material/Drawer';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import { IconButton } from '../../ui/Button.tsx';
import { useConnection } from '../../data/queries.ts';
import { useToldError } from '../../data/told-error.ts';
import { setSearch } from '../../navigation.ts';
import { DRAWER_TABS } from '../../paths.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { StaleBanner } from '../../ui/StaleBanner.tsx';
import { DataPanel } from '../data/DataPanel.tsx';
import { HealthChip } from '../connection/HealthChip.tsx';
import { LogPanel } from '../log/LogPanel.tsx';
import { EventsTab } from './EventsTab.tsx';
import { EvidenceTab } from './EvidenceTab.tsx';
import { FindingsTab } from './FindingsTab.tsx';
import { TAB_NAMES } from './tab-names.ts';
import { WaysInTab } from './WaysInTab.tsx';
import './drawer.css';

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
  const name = data?.name ?? 'Connection';
  return (
    <Drawer
      open
      anchor="right"
      onClose={onClose}
      slotProps={{
        paper: {
          className: 'drawer',
          role: 'dialog',
          'aria-modal': true,
          'aria-label': `Details of ${name}`,
        },
      }}
    >
      <div className="drawer-head">
        <h2>{name}</h2>
        {data !== undefined && <HealthChip health={data.health} />}
        <span className="spread" />
        <IconButton aria-label="Close" onClick={onClose}>
          <Icon name="cross" />
        </IconButton>
      </div>
      <Tabs
        value={tab}
        variant="scrollable"
        aria-label={`Details of ${name}`}
        onChange={(_, next: string) => setSearch({ tab: next }, 'replace')}
      >
        {DRAWER_TABS.map((one) => (
          <Tab key={one} value={one} label={TAB_NAMES[one]} id={`tab-${one}`} aria-controls="drawer-panel" />
        ))}
      </Tabs>
      <div
        className="drawer-body stack"
        role="tabpanel"
        id="drawer-panel"
        aria-labelledby={`tab-${tab}`}
        tabIndex={0}
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
      </div>
    </Drawer>
  );
}
