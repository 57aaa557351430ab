import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { SyntheticRun, SyntheticSchedule } from '../../../api/synthetic.ts';
import { client } from '../../data/client.ts';
import { durationWords } from '../../data/duration.ts';
import { POLL_SLOW_MS } from '../../data/poll.ts';
import { usePollDelay } from '../../data/queries.ts';
import { notifyError } from '../../notify/notify.ts';
import { Age, Countdown } from '../../ui/Age.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { countOf, countWords } from './amounts.ts';
import { Sparkline } from './Sparkline.tsx';

const CHOICES_MINUTES = [5, 15, 60] as const;
const MINUTE_MS = 60_000;
const keyOf = (connectionId: string) => ['syntheticView', connectionId] as const;

/** When the synthetic test of a connection runs by itself, how the last one ended, and how those before it did. */
export function SyntheticSection({ connectionId }: { readonly connectionId: string }) {
  const refetchInterval = usePollDelay(POLL_SLOW_MS);
  const { data, error, refetch } = useQuery({
    queryKey: keyOf(connectionId),
    queryFn: ({ signal }) => client.call('syntheticView', { params: { connectionId } }, { signal }),
    refetchInterval,
  });
  if (data === undefined) {
    return error === null ? (
      <ListSkeleton label="Loading the synthetic test" />
    ) : (
      <ErrorState
        what="The history of the synthetic test could not be read."
        error={error}
        onRetry={() => void refetch()}
      />
    );
  }
  const last = data.history.at(-1);
  return (
    <>
      <p className="quiet small">
        Makes, changes and removes a small ConfigMap in the cluster, and sees each arrive in the database.
      </p>
      <SchedulePicker connectionId={connectionId} schedule={data} />
      {last === undefined ? (
        <p className="quiet small">Not run yet.</p>
      ) : (
        <>
          <LastRun run={last} />
          <HistoryPlots history={data.history} />
        </>
      )}
    </>
  );
}

function SchedulePicker({
  connectionId,
  schedule,
}: {
  readonly connectionId: string;
  readonly schedule: SyntheticSchedule;
}) {
  const cache = useQueryClient();
  const { mutate, isPending, variables } = useMutation({
    mutationFn: (everyMinutes: number | null) =>
      client.call('syntheticSchedule', { params: { connectionId }, body: { everyMinutes } }),
    onSuccess: (next) => cache.setQueryData(keyOf(connectionId), next),
    onError: (error) => notifyError('The schedule of the synthetic test could not be changed.', error),
  });
  const chosen = isPending ? (variables ?? undefined) : schedule.everyMinutes;
  // A schedule set by another program may be none of those offered here.
  const choices = [...new Set([...CHOICES_MINUTES, ...(chosen === undefined ? [] : [chosen])])];
  return (
    <div className="row small">
      <label>
        Runs by itself{' '}
        <select
          value={chosen ?? ''}
          onChange={({ target }) => mutate(target.value === '' ? null : Number(target.value))}
        >
          <option value="">off</option>
          {choices
            .toSorted((a, b) => a - b)
            .map((minutes) => (
              <option key={minutes} value={minutes}>
                every {durationWords(minutes * MINUTE_MS)}
              </option>
            ))}
        </select>
      </label>
      {schedule.nextAt !== undefined && !isPending && (
        <span className="quiet">
          Next: <Countdown at={schedule.nextAt} />
        </span>
      )}
    </div>
  );
}

function LastRun({ run }: { readonly run: SyntheticRun }) {
  const { at, isSuccess, failedHop, message } = run;
  return (
    <p className="small">
      <span className={`chip tone-${isSuccess ? 'good' : 'broken'}`}>{isSuccess ? 'Arrived' : 'Failed'}</span>{' '}
      <Age at={at} suffix=" ago" />
      {failedHop !== undefined && `, at “${failedHop}”`}. {message}
    </p>
  );
}

function HistoryPlots({ history }: { readonly history: readonly SyntheticRun[] }) {
  const took = history.flatMap(({ totalMs }) => (totalMs === undefined ? [] : [totalMs]));
  const succeeded = history.filter(({ isSuccess }) => isSuccess).length;
  return (
    <>
      <p className="quiet small">
        {countWords(succeeded)} of {countOf(history.length, 'run')} succeeded.
      </p>
      <div className="plots">
        {took.length > 0 && (
          <Sparkline
            label="End to end"
            values={took}
            words={(value) => `${countWords(value)} ms`}
            over={`the last ${countOf(took.length, 'successful run')}`}
          />
        )}
        <Sparkline
          label="Success"
          values={history.map(({ isSuccess }) => (isSuccess ? 100 : 0))}
          words={(value) => `${value} %`}
          over={`the last ${countOf(history.length, 'run')}, of which ${countWords(succeeded)} succeeded`}
        />
      </div>
    </>
  );
}
