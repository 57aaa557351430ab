import { useState } from 'react';
import type { Operation } from '../../../api/operation.ts';
import { HopWaterfall } from '../../components/operation/HopWaterfall.tsx';
import {
  isOperationKind,
  KIND_WORDS,
  STATUS_LOOK,
  tookWords,
} from '../../components/operation/operation-words.ts';
import { Elapsed, StepList } from '../../components/operation/StepList.tsx';
import { useOperations } from '../../data/operations.ts';
import { useConnections } from '../../data/queries.ts';
import { setSearch, useSearch } from '../../navigation.ts';
import { Age } from '../../ui/Age.tsx';
import { Button } from '../../ui/Button.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { StaleBanner } from '../../ui/StaleBanner.tsx';
import { FilterSelect } from './FilterSelect.tsx';
import '../../components/operation/operation.css';

const PAGE = 100;
/** The most the server gives in one reply. */
const MOST = 1_000;
const STATUSES = ['running', 'succeeded', 'failed', 'cancelled', 'interrupted'] as const;
const KIND_OPTIONS = Object.entries(KIND_WORDS).flatMap(([value, { label }]) =>
  isOperationKind(value) ? [{ value, label }] : [],
);
const STATUS_OPTIONS = STATUSES.map((value) => ({ value, label: STATUS_LOOK[value].word }));

/** Every operation: who, what, where, when, how long and how it ended; its steps open below it. */
export function OperationHistory() {
  const search = useSearch();
  const connectionId = search.get('connection') ?? undefined;
  const kind = KIND_OPTIONS.find(({ value }) => value === search.get('kind'))?.value;
  const status = STATUSES.find((one) => one === search.get('status'));
  const [limit, setLimit] = useState(PAGE);
  const { data, error, dataUpdatedAt, refetch } = useOperations({ limit, connectionId, kind, status });
  const { data: connections } = useConnections('');
  return (
    <>
      <div className="row">
        <FilterSelect
          label="Connection"
          value={connectionId}
          options={(connections?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(value) => setSearch({ connection: value }, 'replace')}
        />
        <FilterSelect
          label="Kind"
          value={kind}
          options={KIND_OPTIONS}
          onChange={(value) => setSearch({ kind: value }, 'replace')}
        />
        <FilterSelect
          label="Outcome"
          value={status}
          options={STATUS_OPTIONS}
          onChange={(value) => setSearch({ status: value }, 'replace')}
        />
      </div>
      {data !== undefined && error !== null && (
        <StaleBanner error={error} receivedMs={dataUpdatedAt} onRetry={() => void refetch()} />
      )}
      {data === undefined && error !== null && (
        <ErrorState what="The operations could not be read." error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <ListSkeleton label="Loading the operations" />}
      {data?.items.length === 0 && (
        <p className="panel">
          {connectionId === undefined && kind === undefined && status === undefined
            ? 'No operation has been started yet. They begin at the foot of a connection’s card.'
            : 'There is no such operation. Choose all connections, kinds and outcomes to see the rest.'}
        </p>
      )}
      {data !== undefined && data.items.length > 0 && (
        <section className="panel" aria-label="Operations">
          <ul>
            {data.items.map((operation) => (
              <HistoryItem key={operation.id} operation={operation} />
            ))}
          </ul>
          {data.nextCursor !== undefined && limit < MOST && (
            <Button variant="outlined" onClick={() => setLimit(Math.min(MOST, limit + 3 * PAGE))}>
              Show older
            </Button>
          )}
        </section>
      )}
    </>
  );
}

function HistoryItem({ operation }: { readonly operation: Operation }) {
  const { title, connectionName, actor, startedAt, endedAt, status, summary, remedy, hops } = operation;
  const { word, tone } = STATUS_LOOK[status];
  return (
    <li className="history-item">
      <details className={`tone-${tone}`}>
        <summary>
          <span className="history-line">
            <span className="chip">{word}</span>
            <b>{title}</b>
            {connectionName !== undefined && <span>on {connectionName}</span>}
            <span className="quiet small">
              <Age at={startedAt} suffix=" ago" /> by {actor}, took{' '}
              {endedAt === undefined ? (
                <Elapsed since={startedAt} />
              ) : (
                tookWords(Date.parse(endedAt) - Date.parse(startedAt))
              )}
            </span>
            {summary !== undefined && <span className="quiet small">{summary}</span>}
          </span>
        </summary>
        {remedy !== undefined && <p className="small">{remedy}</p>}
        <StepList operation={operation} hasDetails />
        {hops !== undefined && <HopWaterfall hops={hops} isRunning={status === 'running'} />}
      </details>
    </li>
  );
}
