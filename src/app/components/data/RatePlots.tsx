import { durationWords } from '../../data/duration.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { bytesWords, countWords, rateWords } from './amounts.ts';
import { useRates } from './data-queries.ts';
import { Sparkline } from './Sparkline.tsx';

/** What arrived of a connection over the last hour, what of it failed, and how long storing took. */
export function RatePlots({ connectionId }: { readonly connectionId: string }) {
  const { data, error, refetch } = useRates(connectionId);
  if (data === undefined) {
    return error === null ? (
      <ListSkeleton label="Loading the rates" />
    ) : (
      <ErrorState what="The rates could not be read." error={error} onRetry={() => void refetch()} />
    );
  }
  const { stepSeconds, messages, bytes, errors, storeMs } = data;
  const perSecond = (values: readonly number[]) => values.map((value) => value / stepSeconds);
  const length = durationWords(messages.length * stepSeconds * 1_000);
  const time = { over: `the last ${length}`, from: `${length} ago` };
  return (
    <div className="plots">
      <Sparkline
        label="Messages"
        values={perSecond(messages)}
        words={(value) => `${rateWords(value)}/s`}
        {...time}
      />
      <Sparkline
        label="Bytes"
        values={perSecond(bytes)}
        words={(value) => `${bytesWords(value)}/s`}
        {...time}
      />
      <Sparkline
        label="Errors"
        values={errors}
        words={(value) => `${countWords(value)} in ${stepSeconds} s`}
        {...time}
      />
      <Sparkline
        label="Arrival to stored"
        values={storeMs}
        words={(value) => `${rateWords(value)} ms`}
        {...time}
      />
    </div>
  );
}
