import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from '../../ui/Button.tsx';
import type { RouteReply } from '../../../api/route.ts';
import type { Routes } from '../../../api/routes.ts';
import { client } from '../../data/client.ts';
import { notifyError } from '../../notify/notify.ts';
import { Spinner } from '../../ui/Spinner.tsx';

/** Reads the known places again, and says beside itself what is new, changed and gone. */
export function RediscoverButton() {
  const cache = useQueryClient();
  const { mutate, isPending, data } = useMutation({
    mutationFn: () => client.call('kubeconfigRediscover', {}),
    onSuccess: () => cache.refetchQueries({ type: 'active' }),
    onError: (error) => notifyError('The kubeconfigs could not be read again.', error),
  });
  return (
    <div className="row">
      <Button
        variant="outlined"
        aria-disabled={isPending}
        startIcon={isPending ? <Spinner label="Under way" size={12} /> : undefined}
        onClick={() => !isPending && mutate()}
      >
        Rediscover
      </Button>
      <span className="quiet small" role="status">
        {data !== undefined && !isPending && resultWords(data)}
      </span>
    </div>
  );
}

/** What a rediscovery changed, in words. */
export function resultWords({ added, changed, removed }: RouteReply<Routes['kubeconfigRediscover']>): string {
  const parts = [
    ...(added.length === 0 ? [] : [`New: ${added.join(', ')}.`]),
    ...(changed.length === 0 ? [] : [`Changed: ${changed.join(', ')}.`]),
    ...(removed.length === 0 ? [] : [`Gone: ${removed.join(', ')}.`]),
  ];
  return parts.length === 0 ? 'Read again; nothing has changed.' : parts.join(' ');
}
