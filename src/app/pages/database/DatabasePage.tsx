import { useMutation, useQueryClient } from '@tanstack/react-query';
import { DATABASE_KEY, type Database, useDatabase } from '../../components/data/data-queries.ts';
import { ProblemNotice } from '../../components/data/ProblemNotice.tsx';
import { OperationPanel } from '../../components/operation/OperationPanel.tsx';
import { work } from '../../components/operation/work.ts';
import '../../components/data/data.css';
import { client } from '../../data/client.ts';
import { useOperationOf } from '../../data/operations.ts';
import { notify, notifyError } from '../../notify/notify.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { PageTitle } from '../../ui/PageTitle.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { StaleBanner } from '../../ui/StaleBanner.tsx';
import { Copies } from './Copies.tsx';
import { DatabaseFile } from './DatabaseFile.tsx';
import { FlushPanel } from './FlushPanel.tsx';
import { IntakePanel } from './IntakePanel.tsx';

const DATABASE = { name: 'the database' };

/** The cache of cluster state: where it is, how it fares, what arrived, and how to begin anew. */
export function DatabasePage() {
  const { data, error, dataUpdatedAt, refetch } = useDatabase(2_000);
  const check = useIntegrityCheck();
  const operation = useOperationOf(undefined);
  const busy = operation?.status === 'running' ? 'An operation on the database runs already.' : undefined;
  const isChecking = check.isPending || data?.integrity.outcome === 'checking';
  const reset = () => work.set({ kind: 'operation', operation: 'reset-database', place: DATABASE });
  return (
    <div className="page">
      <div className="page-head">
        <PageTitle>Database</PageTitle>
        {data !== undefined && <Condition database={data} />}
        <div className="data-tools">
          <ReasonButton
            variant="outlined"
            reason={isChecking ? 'The integrity is just being checked.' : busy}
            onClick={() => check.mutate()}
          >
            {isChecking ? 'Checking…' : 'Check integrity'}
          </ReasonButton>
          {data?.problem === undefined && (
            <ReasonButton variant="outlined" tint="danger" reason={busy} onClick={reset}>
              Reset
            </ReasonButton>
          )}
        </div>
      </div>
      <div className="stack">
        {data !== undefined && error !== null && (
          <StaleBanner error={error} receivedMs={dataUpdatedAt} onRetry={() => void refetch()} />
        )}
        {data === undefined && error !== null && (
          <ErrorState what="The database could not be asked." error={error} onRetry={() => void refetch()} />
        )}
        {data === undefined && error === null && <ListSkeleton label="Loading the database" />}
        {operation !== undefined && <OperationPanel operation={operation} />}
        {data?.problem !== undefined && operation?.status !== 'running' && (
          <ProblemNotice problem={data.problem}>
            <Button variant="contained" tint="primary" onClick={reset}>
              Reset the database
            </Button>
          </ProblemNotice>
        )}
        {data !== undefined && (
          <>
            <Backlog database={data} />
            <div className="data-panels">
              <DatabaseFile database={data} />
              <IntakePanel database={data} />
              <Copies copies={data.copies} busy={busy} place={DATABASE} />
              <FlushPanel />
            </div>
          </>
        )}
      </div>
    </div>
  );
}

function useIntegrityCheck() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => client.call('databaseCheck', {}),
    onSuccess: (database) => {
      cache.setQueryData(DATABASE_KEY, database);
      if (database.integrity.outcome === 'ok') {
        notify({ kind: 'done', message: 'The database was checked: every page of it is sound.' });
      }
    },
    onError: (error) => notifyError('The integrity of the database could not be checked.', error),
  });
}

function Condition({ database }: { readonly database: Database }) {
  const { problem, isPaused, isBehind, integrity } = database;
  if (problem !== undefined) return <span className="chip tone-broken">Not written</span>;
  if (integrity.outcome === 'damaged') return <span className="chip tone-broken">Damaged</span>;
  if (isPaused) return <span className="chip tone-changing">Paused</span>;
  if (isBehind) return <span className="chip tone-attention">Behind</span>;
  return <span className="chip tone-good">Works</span>;
}

function Backlog({ database }: { readonly database: Database }) {
  const { isPaused, isBehind, waiting } = database;
  if (!isPaused && !isBehind) return null;
  return (
    <p className={`notice tone-${isPaused ? 'changing' : 'attention'}`} role="status">
      {isPaused ? (
        <>
          <b>Storing is paused while the database is replaced.</b> What arrives meanwhile waits.
        </>
      ) : (
        <>
          <b>Writing is slower than what arrives.</b> Less is taken from the Brokers until it has caught up.
        </>
      )}{' '}
      {waiting.toLocaleString('en')} messages wait.
    </p>
  );
}
