import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import useMediaQuery from '@mui/material/useMediaQuery';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from '../../ui/Button.tsx';
import { client } from '../../data/client.ts';
import { useSandbox } from '../../data/queries.ts';
import { notifyError } from '../../notify/notify.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { FaultPicker } from './FaultPicker.tsx';
import { WorldList } from './WorldList.tsx';

export interface SandboxChanges {
  readonly enter: (world: string) => void;
  readonly fault: (connectionId: string, fault: string, action: 'inject' | 'repair') => void;
  readonly remove: () => void;
  readonly isPending: boolean;
}

/** Chooses the simulated world, breaks and mends things in it, or removes it. */
export function SandboxDialog({ onClose }: { readonly onClose: () => void }) {
  const isNarrow = useMediaQuery('(max-width: 599.95px)', { noSsr: true });
  const { data, error, refetch } = useSandbox();
  const changes = useSandboxChanges();
  const lab = data?.faults.find(({ world }) => world === data.world);
  return (
    <Dialog
      open
      onClose={onClose}
      fullWidth
      maxWidth="md"
      fullScreen={isNarrow}
      aria-labelledby="sandbox-title"
    >
      <DialogTitle id="sandbox-title">Sandbox</DialogTitle>
      <DialogContent className="stack">
        <p>
          Simulated clusters that behave like real ones, for trying things out. Nothing here touches a real
          cluster.
        </p>
        {data === undefined && error !== null && (
          <ErrorState what="The sandbox could not be read." error={error} onRetry={() => void refetch()} />
        )}
        {data === undefined && error === null && <ListSkeleton label="Loading the sandbox" />}
        {data !== undefined && (
          <>
            {lab !== undefined && (
              <p role="status">
                The fault “{lab.title}” runs in a world of its own. Choosing a world below ends it.
              </p>
            )}
            <WorldList worlds={data.worlds} running={data.world} changes={changes} />
            {data.world !== undefined && <FaultPicker sandbox={data} changes={changes} />}
          </>
        )}
      </DialogContent>
      <DialogActions>
        {data?.world !== undefined && (
          <Button tint="danger" disabled={changes.isPending} onClick={changes.remove}>
            Remove the sandbox
          </Button>
        )}
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </Dialog>
  );
}

function useSandboxChanges(): SandboxChanges {
  const cache = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: (change: () => Promise<unknown>) => change(),
    onSuccess: () => cache.invalidateQueries(),
    onError: (error) => notifyError('The sandbox could not be changed.', error),
  });
  return {
    isPending,
    enter: (world) => mutate(() => client.call('sandboxEnter', { body: { world } })),
    fault: (connectionId, fault, action) =>
      mutate(() => client.call('sandboxFaultInject', { body: { connectionId, fault, action } })),
    remove: () => mutate(() => client.call('sandboxRemove', {})),
  };
}
