import { keepPreviousData, QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import type { RouteReply, RouteRequest } from '../../api/route.ts';
import type { Routes } from '../../api/routes.ts';
import { client } from './client.ts';
import { setServerClock } from './now.ts';
import { POLL_SLOW_MS, pollDelayMs, polling } from './poll.ts';
import { type ConnectionList, keepUnchanged } from './stable-list.ts';
import { useStore } from './store.ts';

/** The most the server gives in one reply; a longer list is read page by page. */
const PAGE_LIMIT = 1_000;

export type Activity = RouteReply<Routes['activityView']>;
export type EventFilter = NonNullable<RouteRequest<Routes['eventList']>['query']>;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The next poll is the retry. And the server is often on this very machine: being offline means nothing.
        retry: false,
        networkMode: 'always',
        refetchOnWindowFocus: () => !polling.get().isPaused,
      },
      mutations: { networkMode: 'always' },
    },
  });
}

/** A function, so that it is asked again after every answer; the state makes a change of interval count at once. */
export function usePollDelay(atLeastMs = 0) {
  const state = useStore(polling);
  return (query: { readonly state: { readonly status: string } }) =>
    pollDelayMs(state, query.state.status === 'error', atLeastMs);
}

const connectionListQuery = (name: string) =>
  queryOptions({
    queryKey: ['connectionList', { name }],
    queryFn: ({ signal }) => allConnections(name, signal),
    placeholderData: keepPreviousData,
    structuralSharing: (previous, next) =>
      // What stands under this key is always what `allConnections` gave.
      keepUnchanged(previous as ConnectionList | undefined, next as ConnectionList),
  });

async function allConnections(name: string, signal: AbortSignal): Promise<ConnectionList> {
  const query = { limit: PAGE_LIMIT, ...(name === '' ? {} : { name }) };
  const first = await client.call('connectionList', { query }, { signal });
  if (first.nextCursor === undefined) return first;
  const items = [...first.items];
  let cursor: string | undefined = first.nextCursor;
  while (cursor !== undefined) {
    const page: ConnectionList = await client.call(
      'connectionList',
      { query: { ...query, cursor } },
      { signal },
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return { ...first, items };
}

export function useConnections(name: string) {
  const refetchInterval = usePollDelay();
  return useQuery({ ...connectionListQuery(name), refetchInterval });
}

export const ACTIVITY_KEY = ['activityView'] as const;

export function useActivity() {
  const refetchInterval = usePollDelay();
  return useQuery({
    queryKey: ACTIVITY_KEY,
    queryFn: ({ client: cache, signal }) => {
      const since = cache.getQueryData<Activity>(ACTIVITY_KEY)?.cursor;
      return client.call('activityView', { query: { since } }, { signal });
    },
    refetchInterval,
  });
}

export function useServer() {
  return useQuery({
    queryKey: ['serverView'],
    queryFn: async ({ signal }) => {
      const server = await client.call('serverView', {}, { signal });
      setServerClock(server.now, Date.now());
      return server;
    },
    staleTime: Number.POSITIVE_INFINITY,
    // Only until it has answered once: what it tells does not change while it runs.
    refetchInterval: (query) => (query.state.data === undefined ? POLL_SLOW_MS : false),
  });
}

export function useConnection(connectionId: string) {
  const refetchInterval = usePollDelay();
  return useQuery({
    queryKey: ['connectionView', connectionId],
    queryFn: ({ signal }) => client.call('connectionView', { params: { connectionId } }, { signal }),
    refetchInterval,
  });
}

export function useEvidence(connectionId: string) {
  const refetchInterval = usePollDelay();
  return useQuery({
    queryKey: ['connectionEvidence', connectionId],
    queryFn: ({ signal }) => client.call('connectionEvidence', { params: { connectionId } }, { signal }),
    refetchInterval,
  });
}

export function useEvents(filter: EventFilter) {
  const refetchInterval = usePollDelay(2_000);
  return useQuery({
    queryKey: ['eventList', filter],
    queryFn: ({ signal }) => client.call('eventList', { query: filter }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval,
  });
}

export function useKubeconfigs() {
  const refetchInterval = usePollDelay(POLL_SLOW_MS);
  return useQuery({
    queryKey: ['kubeconfigView'],
    queryFn: ({ signal }) => client.call('kubeconfigView', {}, { signal }),
    refetchInterval,
  });
}

export function useSandbox() {
  const refetchInterval = usePollDelay(2_000);
  return useQuery({
    queryKey: ['sandboxView'],
    queryFn: ({ signal }) => client.call('sandboxView', {}, { signal }),
    refetchInterval,
  });
}
