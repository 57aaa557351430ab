import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { RouteReply } from '../../../api/route.ts';
import type { Routes } from '../../../api/routes.ts';
import { client } from '../../data/client.ts';
import { POLL_SLOW_MS } from '../../data/poll.ts';
import { usePollDelay } from '../../data/queries.ts';

/** The first page is small, so that it is there at once; those after it are what a fast scroll eats. */
const FIRST_PAGE = 200;
const NEXT_PAGE = 1_000;

export const DATABASE_KEY = ['databaseView'] as const;
export const RESOURCES_KEY = ['resourceList'] as const;

/** Which rows of the database are wanted; words have commas between them, as in the address. */
export interface ResourceFilter {
  readonly connectionId: string | undefined;
  readonly kinds: string | undefined;
  readonly namespaces: string | undefined;
  readonly search: string | undefined;
}

/** What names one object of one cluster. */
export interface ResourceKey {
  readonly clusterUid: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export type ResourcePage = RouteReply<Routes['resourceList']>;
export type Database = RouteReply<Routes['databaseView']>;

export function useDatabase(atLeastMs: number) {
  const refetchInterval = usePollDelay(atLeastMs);
  return useQuery({
    queryKey: DATABASE_KEY,
    queryFn: ({ signal }) => client.call('databaseView', {}, { signal }),
    refetchInterval,
  });
}

export function useResourceKinds(connectionId: string | undefined) {
  const refetchInterval = usePollDelay(POLL_SLOW_MS);
  return useQuery({
    queryKey: ['resourceKinds', connectionId],
    queryFn: ({ signal }) => client.call('resourceKinds', { query: { connectionId } }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval,
  });
}

/** Rows page by page. Polled only while there is one page: reading hundreds again would move what one reads. */
export function useResourcePages(filter: ResourceFilter) {
  const delay = usePollDelay(POLL_SLOW_MS);
  return useInfiniteQuery({
    queryKey: [...RESOURCES_KEY, filter],
    queryFn: ({ pageParam, signal }) => {
      const limit = pageParam === undefined ? FIRST_PAGE : NEXT_PAGE;
      return client.call('resourceList', { query: { ...filter, limit, cursor: pageParam } }, { signal });
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: ResourcePage) => last.nextCursor,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : delay(query)),
  });
}

export function useResource(key: ResourceKey) {
  const refetchInterval = usePollDelay(POLL_SLOW_MS);
  return useQuery({
    queryKey: ['resourceView', key],
    queryFn: ({ signal }) => client.call('resourceView', { query: key }, { signal }),
    refetchInterval,
  });
}

export function useFreshness(connectionId: string) {
  const refetchInterval = usePollDelay(2_000);
  return useQuery({
    queryKey: ['freshnessView', connectionId],
    queryFn: ({ signal }) => client.call('freshnessView', { params: { connectionId } }, { signal }),
    refetchInterval,
  });
}

export function useRates(connectionId: string) {
  const refetchInterval = usePollDelay(POLL_SLOW_MS);
  return useQuery({
    queryKey: ['rateView', connectionId],
    queryFn: ({ signal }) => client.call('rateView', { params: { connectionId } }, { signal }),
    refetchInterval,
  });
}

export const driftKey = (connectionId: string) => ['driftView', connectionId] as const;

export function useDrift(connectionId: string) {
  const refetchInterval = usePollDelay(POLL_SLOW_MS);
  return useQuery({
    queryKey: driftKey(connectionId),
    queryFn: ({ signal }) => client.call('driftView', { params: { connectionId } }, { signal }),
    refetchInterval,
  });
}
