import {
  keepPreviousData,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
} from '@tanstack/react-query';
import type { RouteReply, RouteRequest } from '../../api/route.ts';
import type { Routes } from '../../api/routes.ts';
import type { Operation } from '../../api/operation.ts';
import { ClientError } from '../../client/client-error.ts';
import { client } from './client.ts';
import { POLL_SLOW_MS, type Polling, polling } from './poll.ts';
import { useStore } from './store.ts';

/** The most the server gives in one reply; newest first, so every one that runs is among them. */
const LIMIT = 1_000;
/** While one runs, whatever interval was chosen: a person looks at it. */
const RUNNING_MS = 750;
const RUNNING_AFTER_ERROR_MS = 2_000;

export type OperationList = RouteReply<Routes['operationList']>;
export type OperationFilter = NonNullable<RouteRequest<Routes['operationList']>['query']>;
export type OperationStart = RouteRequest<Routes['operationStart']>['body'];

const LIST_KEY = ['operationList'] as const;
const OPEN_KEY = [...LIST_KEY, 'open'] as const;

const openOperationsQuery = queryOptions({
  queryKey: OPEN_KEY,
  queryFn: ({ signal }) =>
    client.call('operationList', { query: { open: 'true', limit: LIMIT } }, { signal }),
});

/**
 * When to ask for the operations again: often while one runs, even when the page is paused, since it was started to be
 * watched; else as seldom as what rarely changes, because every start made here is put in at once.
 */
export function operationDelayMs(
  state: Polling,
  list: OperationList | undefined,
  hasFailed: boolean,
): number | false {
  if (list?.items.some(({ status }) => status === 'running') === true) {
    return hasFailed ? RUNNING_AFTER_ERROR_MS : RUNNING_MS;
  }
  return state.isPaused ? false : Math.max(state.intervalMs, POLL_SLOW_MS);
}

/** The page's one request for operations; stands once, beside the pages. */
export function useOperationPolling(): void {
  const state = useStore(polling);
  useQuery({
    ...openOperationsQuery,
    refetchInterval: (query) => operationDelayMs(state, query.state.data, query.state.status === 'error'),
    notifyOnChangeProps: [],
  });
}

/** The newest open operation of a connection; read from the one polled list, never asked for by itself. */
export function useOperationOf(connectionId: string | undefined): Operation | undefined {
  return useQuery({
    ...openOperationsQuery,
    enabled: false,
    select: ({ items }) => items.find((one) => one.connectionId === connectionId),
  }).data;
}

/** The open operations of several connections, the newest of each. */
export function useOpenOperations(): readonly Operation[] {
  return useQuery({ ...openOperationsQuery, enabled: false, select: ({ items }) => items }).data ?? [];
}

export function useOperations(filter: OperationFilter) {
  const state = useStore(polling);
  return useQuery({
    queryKey: [...LIST_KEY, filter],
    queryFn: ({ signal }) => client.call('operationList', { query: filter }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => operationDelayMs(state, query.state.data, query.state.status === 'error'),
  });
}

/** What an operation would do, asked of the server; never kept, for the cluster may have changed. */
export function useOperationPreview(request: OperationStart, isEnabled: boolean) {
  return useQuery({
    queryKey: ['operationPreview', request],
    queryFn: ({ signal }) => client.call('operationPreview', { body: request }, { signal }),
    placeholderData: keepPreviousData,
    enabled: isEnabled,
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}

/** The operation that stands in the way of another, when the error says there is one. */
export function useRival(error: Error | null): Operation | undefined {
  const id = error instanceof ClientError && error.code === 'conflict' ? error.relatedId : undefined;
  return useQuery({
    queryKey: ['operationView', id],
    queryFn: ({ signal }) => client.call('operationView', { params: { operationId: id ?? '' } }, { signal }),
    enabled: id !== undefined,
  }).data;
}

/** Puts what the server answered into the list at once, then asks for the rest. */
export function keepOperation(cache: QueryClient, operation: Operation): void {
  cache.setQueryData<OperationList>(OPEN_KEY, (before) => ({
    ...before,
    items: [operation, ...(before?.items ?? []).filter(({ id }) => id !== operation.id)],
  }));
  void cache.invalidateQueries({ queryKey: LIST_KEY });
}

export async function startOperation(cache: QueryClient, body: OperationStart): Promise<Operation> {
  try {
    const operation = await client.call('operationStart', { body });
    keepOperation(cache, operation);
    return operation;
  } catch (error) {
    // The one that runs already may be somebody else's: the list shows it.
    if (error instanceof ClientError && error.code === 'conflict') {
      void cache.invalidateQueries({ queryKey: LIST_KEY });
    }
    throw error;
  }
}

export function useStartOperation() {
  const cache = useQueryClient();
  return useMutation({ mutationFn: (body: OperationStart) => startOperation(cache, body) });
}

export type OperationChange = 'cancel' | 'resume' | 'dismiss';

/** Cancels, resumes or puts away an operation. Dismissing takes the older results of the same place with it. */
export function useChangeOperation(operation: Operation) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (change: OperationChange) => {
      const params = { operationId: operation.id };
      switch (change) {
        case 'cancel':
          return keepOperation(cache, await client.call('operationCancel', { params }));
        case 'resume':
          return keepOperation(cache, await client.call('operationResume', { params }));
        case 'dismiss': {
          const open = cache.getQueryData<OperationList>(OPEN_KEY)?.items ?? [operation];
          const ended = open.filter(
            (one) => one.connectionId === operation.connectionId && one.status !== 'running',
          );
          await Promise.all(
            ended.map((one) => client.call('operationDismiss', { params: { operationId: one.id } })),
          );
          cache.setQueryData<OperationList>(OPEN_KEY, (before) => ({
            ...before,
            items: (before?.items ?? []).filter((one) => !ended.includes(one)),
          }));
          await cache.invalidateQueries({ queryKey: LIST_KEY });
        }
      }
    },
  });
}
