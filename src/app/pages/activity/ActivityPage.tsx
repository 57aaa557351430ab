import { useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import type { Event } from '../../../api/event.ts';
import { EventItems } from '../../components/event/EventItems.tsx';
import { useMarkRead } from '../../components/event/use-mark-read.ts';
import { useConnections, useEvents } from '../../data/queries.ts';
import { setSearch, useSearch } from '../../navigation.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { PageTitle } from '../../ui/PageTitle.tsx';
import { StaleBanner } from '../../ui/StaleBanner.tsx';
import { FilterSelect } from './FilterSelect.tsx';
import { OperationHistory } from './OperationHistory.tsx';

const PAGE = 100;
/** The most the server gives in one reply. */
const MOST = 1_000;
const SEVERITIES: readonly { value: Event['severity']; label: string }[] = [
  { value: 'critical', label: 'Critical' },
  { value: 'warning', label: 'Warning' },
  { value: 'info', label: 'Information' },
  { value: 'success', label: 'Success' },
];

/** What happened and what was done, newest first, with filters that are part of the address. */
export function ActivityPage() {
  return useSearch().get('view') === 'operations' ? (
    <div className="page stack">
      <div className="page-head">
        <PageTitle>Activity</PageTitle>
        <ViewSwitch view="operations" />
      </div>
      <OperationHistory />
    </div>
  ) : (
    <EventHistory />
  );
}

const VIEWS = [
  { view: 'events', label: 'Events' },
  { view: 'operations', label: 'Operations' },
] as const;

function ViewSwitch({ view: current }: { readonly view: (typeof VIEWS)[number]['view'] }) {
  return (
    <div className="row" role="group" aria-label="What to show">
      {VIEWS.map(({ view, label }) => (
        <Button
          key={view}
          variant={view === current ? 'outlined' : 'text'}
          aria-pressed={view === current}
          onClick={() => setSearch({ view: view === 'events' ? undefined : view })}
        >
          {label}
        </Button>
      ))}
    </div>
  );
}

function EventHistory() {
  const search = useSearch();
  const connectionId = search.get('connection') ?? undefined;
  const severity = SEVERITIES.find(({ value }) => value === search.get('severity'))?.value;
  const [limit, setLimit] = useState(PAGE);
  const { data, error, dataUpdatedAt, refetch } = useEvents({ limit, connectionId, severity });
  const { data: connections } = useConnections('');
  const markRead = useMarkRead();
  const unread = (data?.items ?? []).filter(({ isRead }) => !isRead);
  return (
    <div className="page stack">
      <div className="page-head">
        <PageTitle>Activity</PageTitle>
        <ViewSwitch view="events" />
        <span className="spread" />
        <FilterSelect
          label="Severity"
          value={severity}
          options={SEVERITIES}
          onChange={(value) => setSearch({ severity: value }, 'replace')}
        />
        <FilterSelect
          label="Connection"
          value={connectionId}
          options={(connections?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(value) => setSearch({ connection: value }, 'replace')}
        />
        {unread.length > 0 && (
          <Button variant="outlined" onClick={() => markRead.mutate({ ids: unread.map(({ id }) => id) })}>
            Mark all as read
          </Button>
        )}
      </div>
      {data !== undefined && error !== null && (
        <StaleBanner error={error} receivedMs={dataUpdatedAt} onRetry={() => void refetch()} />
      )}
      {data === undefined && error !== null && (
        <ErrorState what="The activity could not be read." error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <ListSkeleton label="Loading the activity" />}
      {data?.items.length === 0 && (
        <p className="panel">
          {connectionId === undefined && severity === undefined
            ? 'Nothing has happened yet. Every change of a state, a link or an operation is kept here.'
            : 'Nothing like that has happened. Choose all severities or connections to see the rest.'}
        </p>
      )}
      {data !== undefined && data.items.length > 0 && (
        <section className="panel" aria-label="Events">
          <EventItems events={data.items} onRead={(id) => markRead.mutate({ ids: [id] })} />
          {data.nextCursor !== undefined && limit < MOST && (
            <Button variant="outlined" onClick={() => setLimit(Math.min(MOST, limit + 3 * PAGE))}>
              Show older
            </Button>
          )}
        </section>
      )}
    </div>
  );
}
