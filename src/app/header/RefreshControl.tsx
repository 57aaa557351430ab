import { useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Button, IconButton } from '../ui/Button.tsx';
import { client } from '../data/client.ts';
import { useFromNow } from '../data/now.ts';
import { polling, setPaused } from '../data/poll.ts';
import { ACTIVITY_KEY } from '../data/queries.ts';
import { useStore } from '../data/store.ts';
import { notify, notifyError } from '../notify/notify.ts';
import { Icon } from '../ui/Icon.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { freshnessWords } from './freshness.ts';

const IntervalMenu = lazy(async () => ({ default: (await import('./IntervalMenu.tsx')).IntervalMenu }));

/** How fresh the page is, and what to do about it: pause, look again now, poll faster or slower. */
export function RefreshControl() {
  const { isPaused } = useStore(polling);
  const [anchor, setAnchor] = useState<HTMLElement>();
  const refresh = useRefreshAll();
  return (
    <div className={isPaused ? 'refresh is-paused tone-attention' : 'refresh'}>
      <Button
        className="refresh-words"
        aria-haspopup="menu"
        title="How often the page asks the server"
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <Freshness />
      </Button>
      <IconButton
        aria-label={isPaused ? 'Continue to refresh' : 'Pause refreshing'}
        onClick={() => setPaused(!isPaused)}
      >
        <Icon name={isPaused ? 'play' : 'pause'} size={16} />
      </IconButton>
      <IconButton
        aria-label="Look again at every cluster now"
        aria-disabled={refresh.isPending}
        onClick={() => !refresh.isPending && refresh.mutate()}
      >
        {refresh.isPending ? <Spinner label="Looking again" size={16} /> : <Icon name="refresh" size={16} />}
      </IconButton>
      {anchor !== undefined && (
        <Suspense>
          <IntervalMenu anchor={anchor} onClose={() => setAnchor(undefined)} />
        </Suspense>
      )}
    </div>
  );
}

/** Done is said only when the server has seen the effect, not when it has taken the request. */
function useRefreshAll() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => client.call('connectionRefreshAll', {}),
    onSuccess: async (reply) => {
      await cache.refetchQueries({ type: 'active' });
      if (reply.isComplete) notify({ kind: 'done', message: 'Every cluster was looked at again.' });
      else {
        notify({
          kind: 'problem',
          title: 'Not every cluster could be looked at again.',
          message: `Still waiting for ${reply.waitingFor.slice(0, 5).join(', ') || 'an answer'}${
            reply.waitingFor.length > 5 ? ` and ${reply.waitingFor.length - 5} more` : ''
          }.`,
          remedy: 'What they show is their last good view, with its age.',
        });
      }
    },
    onError: (error) => notifyError('The clusters could not be looked at again.', error),
  });
}

function Freshness() {
  const { intervalMs, isPaused } = useStore(polling);
  const cache = useQueryClient();
  const words = useFromNow(() => {
    const receivedMs = cache.getQueryState(ACTIVITY_KEY)?.dataUpdatedAt ?? 0;
    return receivedMs === 0 ? 'no answer yet' : freshnessWords(Date.now() - receivedMs, intervalMs, isPaused);
  });
  return (
    <>
      <span className="refresh-long">{words}</span>
      {/* Where there is no room for the rest, a pause is still said. */}
      <span className="refresh-short">{isPaused ? 'paused' : `${intervalMs / 1_000} s`}</span>
    </>
  );
}
