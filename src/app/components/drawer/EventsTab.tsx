import { useEvents } from '../../data/queries.ts';
import { useToldError } from '../../data/told-error.ts';
import { paths } from '../../paths.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Link } from '../../ui/Link.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { EventItems } from '../event/EventItems.tsx';

const SHOWN = 100;

/** What happened on one connection. */
export function EventsTab({ connectionId }: { readonly connectionId: string }) {
  const { data, error: newest, refetch } = useEvents({ connectionId, limit: SHOWN });
  const error = useToldError(data, newest);
  if (data === undefined) {
    return error === null ? (
      <ListSkeleton label="Loading the events" />
    ) : (
      <ErrorState what="The events could not be read." error={error} onRetry={() => void refetch()} />
    );
  }
  if (data.items.length === 0) return <p>Nothing has happened on this connection yet.</p>;
  return (
    <>
      <EventItems events={data.items} isLinked={false} />
      {data.nextCursor !== undefined && (
        <Link href={paths.activity({ connection: connectionId })}>Show older</Link>
      )}
    </>
  );
}
