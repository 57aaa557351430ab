import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RouteRequest } from '../../../api/route.ts';
import type { Routes } from '../../../api/routes.ts';
import { client } from '../../data/client.ts';
import { notifyError } from '../../notify/notify.ts';

/** Marks events as read and reads the lists of events again. */
export function useMarkRead() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: NonNullable<RouteRequest<Routes['eventRead']>['body']>) =>
      client.call('eventRead', { body }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['eventList'] }),
    onError: (error) => notifyError('The events could not be marked as read.', error),
  });
}
