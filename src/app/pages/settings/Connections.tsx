import { lazy, Suspense, useMemo } from 'react';
import { Button } from '../../ui/Button.tsx';
import type { ConnectionSummary } from '../../../api/connection.ts';
import type { Health } from '../../../api/diagnosis.ts';
import { ConnectionCard } from '../../components/connection/ConnectionCard.tsx';
import { setSearch } from '../../navigation.ts';
import { CardSkeletons } from './CardSkeletons.tsx';
import { useOrder } from './use-order.ts';

const ConnectionRows = lazy(async () => ({ default: (await import('./ConnectionRows.tsx')).ConnectionRows }));

/** From here on cards become rows. */
const COMPACT_FROM = 41;

interface ConnectionsProps {
  readonly connections: readonly ConnectionSummary[];
  readonly health: Health | undefined;
  /** What is asked for, as a key: when it changes, the order is made anew. */
  readonly filter: string;
}

/** The connections asked for, as cards or, when there are many, as rows. */
export function Connections({ connections, health, filter }: ConnectionsProps) {
  const chosen = useMemo(
    () =>
      health === undefined ? connections : connections.filter((connection) => connection.health === health),
    [connections, health],
  );
  const { placed, isOutOfOrder, sortAgain } = useOrder(chosen, filter);
  if (placed.length === 0) {
    return (
      <div className="panel stack">
        <p>No connection is like that now.</p>
        <div>
          <Button variant="outlined" onClick={() => setSearch({ q: undefined, health: undefined })}>
            Show all
          </Button>
        </div>
      </div>
    );
  }
  return (
    <>
      {isOutOfOrder && (
        <p className="row quiet small banner">
          Some have changed since this was sorted.
          <Button variant="outlined" onClick={sortAgain}>
            Sort again
          </Button>
        </p>
      )}
      {connections.length >= COMPACT_FROM ? (
        <Suspense fallback={<CardSkeletons />}>
          <ConnectionRows placed={placed} />
        </Suspense>
      ) : (
        <div className="grid">
          {placed.map(({ connection }) => (
            <ConnectionCard key={connection.id} connection={connection} />
          ))}
        </div>
      )}
    </>
  );
}
