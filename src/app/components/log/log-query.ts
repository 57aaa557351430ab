import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Controller } from '../../../api/shapes.ts';
import { client } from '../../data/client.ts';
import { polling } from '../../data/poll.ts';
import { useStore } from '../../data/store.ts';

/** A log is read from the cluster each time, so it is asked for less often than what the server holds. */
const FOLLOW_EVERY_MS = 3_000;

export interface LogChoice {
  readonly controller: Controller;
  /** Empty for the pod most in need of a look. */
  readonly pod: string;
  readonly container: string;
  readonly isPrevious: boolean;
  readonly tail: number;
}

/** The end of one log; asked for again while it is followed and the page is not paused. */
export function useLog(connectionId: string, choice: LogChoice, isFollowed: boolean) {
  const { isPaused } = useStore(polling);
  const query = {
    controller: choice.controller,
    tail: choice.tail,
    ...(choice.pod === '' ? {} : { pod: choice.pod }),
    ...(choice.container === '' ? {} : { container: choice.container }),
    ...(choice.isPrevious ? { previous: 'true' } : {}),
  };
  return useQuery({
    queryKey: ['connectionLogs', connectionId, query],
    queryFn: ({ signal }) => client.call('connectionLogs', { params: { connectionId }, query }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: isFollowed && !isPaused ? FOLLOW_EVERY_MS : false,
  });
}
