import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CheckRun, CheckSuite } from '../../../api/check.ts';
import { client } from '../../data/client.ts';

/** Results come within tens of milliseconds of each other; asking oftener would show nothing more. */
const RUNNING_MS = 300;

/** Tests a connection as soon as it is used, and gives the results as they come. */
export function useCheckRun(connectionId: string, suites: readonly CheckSuite[]) {
  const cache = useQueryClient();
  const [attempt, setAttempt] = useState(0);
  // A query and not a mutation: started by being shown, and React’s double mount must not start two.
  const started = useQuery({
    queryKey: ['checkStart', connectionId, attempt],
    queryFn: () => client.call('checkStart', { body: { connectionId, suites: [...suites] } }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const runId = started.data?.id;
  const viewKey = ['checkView', runId];
  const viewed = useQuery({
    queryKey: viewKey,
    queryFn: ({ signal }) => client.call('checkView', { params: { runId: runId ?? '' } }, { signal }),
    enabled: runId !== undefined,
    gcTime: 0,
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? RUNNING_MS : false),
    refetchOnWindowFocus: false,
  });
  const cancel = useMutation({
    mutationFn: (id: string) => client.call('checkCancel', { params: { runId: id } }),
    onSuccess: () => cache.invalidateQueries({ queryKey: viewKey }),
  });
  const run: CheckRun | undefined = viewed.data ?? started.data;
  return {
    run,
    error: started.error ?? viewed.error ?? cancel.error,
    isCancelling: cancel.isPending,
    cancel: () => {
      if (runId !== undefined) cancel.mutate(runId);
    },
    again: () => setAttempt((before) => before + 1),
  };
}
