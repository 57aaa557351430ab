import type { Freshness } from '../../../api/resource.ts';
import { Age } from '../../ui/Age.tsx';
import { durationWords } from '../../data/duration.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { ScrollArea } from '../../ui/ScrollArea.tsx';
import { StaleBanner } from '../../ui/StaleBanner.tsx';
import { countOf, countWords, rateWords } from './amounts.ts';
import { useFreshness } from './data-queries.ts';
import { FreshnessChip } from './FreshnessChip.tsx';
import { RejectedList } from './RejectedList.tsx';

/** How fresh the rows of a connection are, kind by kind. */
export function FreshnessTable({ connectionId }: { readonly connectionId: string }) {
  const { data, error, dataUpdatedAt, refetch } = useFreshness(connectionId);
  if (data === undefined) {
    return error === null ? (
      <ListSkeleton label="Loading the freshness" />
    ) : (
      <ErrorState what="The freshness could not be read." error={error} onRetry={() => void refetch()} />
    );
  }
  const kinds = data.kinds.toSorted((a, b) => b.rows - a.rows || a.kind.localeCompare(b.kind, 'en'));
  return (
    <>
      {error !== null && (
        <StaleBanner error={error} receivedMs={dataUpdatedAt} onRetry={() => void refetch()} />
      )}
      <FreshnessSummary freshness={data} />
      {kinds.length > 0 && (
        <ScrollArea label="Freshness per kind">
          <table className="facts numbers">
            <thead>
              <tr>
                <th scope="col">Kind</th>
                <th scope="col">Rows</th>
                <th scope="col">Last message</th>
                <th scope="col">A second</th>
                <th scope="col">Messages</th>
              </tr>
            </thead>
            <tbody>
              {kinds.map(({ kind, rows, messages, lastMessageAt, ratePerSecond }) => (
                <tr key={kind}>
                  <th scope="row">{kind}</th>
                  <td>{countWords(rows)}</td>
                  <td>
                    {lastMessageAt === undefined ? 'none yet' : <Age at={lastMessageAt} suffix=" ago" />}
                  </td>
                  <td>{rateWords(ratePerSecond)}</td>
                  <td>{countWords(messages)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollArea>
      )}
      {data.rejected.length > 0 && (
        <div>
          <h4>Messages that could not be stored</h4>
          <RejectedList rejected={data.rejected} />
        </div>
      )}
    </>
  );
}

function FreshnessSummary({ freshness }: { readonly freshness: Freshness }) {
  const { rows, isStale, lastMessageAt, staleAfterSeconds, ratePerSecond, waiting, needsResync } = freshness;
  return (
    <div className="stack">
      <p className="row small">
        <FreshnessChip freshness={freshness} />
        <span>
          {countOf(rows, 'row')} · {rateWords(ratePerSecond)} messages a second ·{' '}
          {lastMessageAt === undefined ? (
            'no message since this server started'
          ) : (
            <>
              last message <Age at={lastMessageAt} suffix=" ago" />
            </>
          )}
          {waiting > 0 && ` · ${countOf(waiting, 'message')} waiting to be stored`}
        </span>
      </p>
      {isStale && (
        <p className="small">
          MeshSync has told of no change for longer than {durationWords(staleAfterSeconds * 1_000)}, which is
          unusual for this cluster; what it only sends in answer to this server does not count. What the
          database holds may be out of date: compare it with the cluster, or ask MeshSync for everything
          again.
        </p>
      )}
      {needsResync && (
        <p className="small">
          Messages were lost while the database was behind or could not be written. MeshSync is asked for
          everything again.
        </p>
      )}
    </div>
  );
}
