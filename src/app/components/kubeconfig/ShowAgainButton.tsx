import { useMutation } from '@tanstack/react-query';
import type { KubeconfigContext } from '../../../api/kubeconfig.ts';
import { client } from '../../data/client.ts';
import { notifyError } from '../../notify/notify.ts';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { useRefetchAll } from './use-upload.ts';

/** Brings a context back whose connection was deleted. */
export function ShowAgainButton({ context }: { readonly context: KubeconfigContext }) {
  const refetchAll = useRefetchAll();
  const { mutate, isPending } = useMutation({
    mutationFn: () =>
      client.call('kubeconfigShow', { body: { source: context.source, context: context.context } }),
    onSuccess: refetchAll,
    onError: (error) => notifyError(`${context.context} could not be shown again.`, error),
  });
  return (
    <ReasonButton
      variant="outlined"
      aria-label={`Show ${context.context} again`}
      reason={isPending ? 'Under way.' : undefined}
      onClick={() => mutate()}
    >
      Show again
    </ReasonButton>
  );
}
