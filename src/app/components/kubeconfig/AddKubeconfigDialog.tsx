import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import useMediaQuery from '@mui/material/useMediaQuery';
import { useMutation } from '@tanstack/react-query';
import { client } from '../../data/client.ts';
import { useKubeconfigs } from '../../data/queries.ts';
import { notifyError } from '../../notify/notify.ts';
import { paths } from '../../paths.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Link } from '../../ui/Link.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { Spinner } from '../../ui/Spinner.tsx';
import { FileDrop } from './FileDrop.tsx';
import { KubeconfigPaths } from './KubeconfigPaths.tsx';
import { RediscoverButton } from './RediscoverButton.tsx';
import { UploadPreview } from './UploadPreview.tsx';
import { UploadResult } from './UploadResult.tsx';
import { useRefetchAll, useUpload } from './use-upload.ts';

/** How a cluster gets here: by an uploaded kubeconfig, or by one at the places the server reads. */
export function AddKubeconfigDialog({ onClose }: { readonly onClose: () => void }) {
  const isNarrow = useMediaQuery('(max-width: 599.95px)', { noSsr: true });
  const upload = useUpload(false);
  const refetchAll = useRefetchAll();
  const { mutate, isPending, data } = useMutation({
    mutationFn: () =>
      client.call('kubeconfigAdd', { body: { files: upload.files, contexts: upload.chosen } }),
    onSuccess: refetchAll,
    onError: (error) => notifyError('The kubeconfig could not be added.', error),
  });
  const { preview, chosen, isLooking } = upload;
  const reason =
    isPending || isLooking
      ? 'Under way.'
      : chosen.length === 0
        ? 'Choose at least one context, and agree to what is said about it.'
        : undefined;
  return (
    <Dialog
      open
      onClose={onClose}
      fullWidth
      maxWidth="md"
      fullScreen={isNarrow}
      aria-labelledby="add-kubeconfig"
    >
      <DialogTitle id="add-kubeconfig">Add kubeconfig</DialogTitle>
      <DialogContent className="stack">
        {data !== undefined && <UploadResult result={data} onClose={onClose} />}
        {data === undefined && (
          <>
            <p>
              Nothing is saved before you choose. Files that a kubeconfig names are never read, and a program
              is started only where this server allows it and you agree; credentials are kept sealed and are
              not shown again.
            </p>
            <FileDrop isMultiple onFiles={upload.give} />
            {isLooking && <Spinner label="Looking at the contexts" size={16} />}
            {preview !== undefined && (
              <UploadPreview preview={preview} ticks={upload.ticks} onTick={upload.tick} />
            )}
            {preview === undefined && <PlacesRead onClose={onClose} />}
          </>
        )}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{data === undefined ? 'Cancel' : 'Close'}</Button>
        {preview !== undefined && data === undefined && (
          <ReasonButton variant="contained" tint="primary" reason={reason} onClick={() => mutate()}>
            {chosen.length === 1 ? 'Add 1 context' : `Add ${chosen.length} contexts`}
          </ReasonButton>
        )}
      </DialogActions>
    </Dialog>
  );
}

function PlacesRead({ onClose }: { readonly onClose: () => void }) {
  const { data, error, refetch } = useKubeconfigs();
  return (
    <>
      <p>The server also reads the kubeconfigs at these places, every context of each.</p>
      {data !== undefined && <KubeconfigPaths paths={data.paths} />}
      {data === undefined && error !== null && (
        <ErrorState what="The places could not be read." error={error} onRetry={() => void refetch()} />
      )}
      <RediscoverButton />
      <p>
        <Link href={paths.kubeconfigs()} onClick={onClose}>
          Every context found
        </Link>
      </p>
    </>
  );
}
