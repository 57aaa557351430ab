import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useMutation } from '@tanstack/react-query';
import type { ConnectionSummary } from '../../../api/connection.ts';
import { client } from '../../data/client.ts';
import { notify, notifyError } from '../../notify/notify.ts';
import { Button } from '../../ui/Button.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { Spinner } from '../../ui/Spinner.tsx';
import { FileDrop } from './FileDrop.tsx';
import { UploadPreview } from './UploadPreview.tsx';
import { useRefetchAll, useUpload } from './use-upload.ts';

interface ReplaceCredentialsDialogProps {
  readonly connection: ConnectionSummary;
  readonly onClose: () => void;
}

/** Takes a kubeconfig with fresh credentials for one connection. */
export function ReplaceCredentialsDialog({ connection, onClose }: ReplaceCredentialsDialogProps) {
  const upload = useUpload(true);
  const refetchAll = useRefetchAll();
  const { id, name } = connection;
  const [chosen] = upload.chosen;
  const [file] = upload.files;
  const { mutate, isPending } = useMutation({
    mutationFn: async () => {
      if (chosen === undefined || file === undefined) return;
      const { context, consents } = chosen;
      await client.call('connectionReplaceCredentials', {
        params: { connectionId: id },
        body: { file, context, consents },
      });
    },
    onSuccess: async () => {
      onClose();
      notify({ kind: 'done', message: `${name} is reached with the new credentials from now on.` });
      await refetchAll();
    },
    onError: (error) => notifyError(`The credentials of ${name} could not be replaced.`, error),
  });
  const reason =
    isPending || upload.isLooking
      ? 'Under way.'
      : chosen === undefined
        ? 'Give a kubeconfig and choose its context.'
        : undefined;
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby="replace-credentials">
      <DialogTitle id="replace-credentials">Replace the credentials of {name}</DialogTitle>
      <DialogContent className="stack">
        <p>
          Give a kubeconfig that leads to the same cluster. Its credentials are used from then on, and no
          other in their place.
        </p>
        <FileDrop isMultiple={false} onFiles={upload.give} />
        {upload.isLooking && <Spinner label="Looking at the contexts" size={16} />}
        {upload.preview !== undefined && (
          <UploadPreview preview={upload.preview} ticks={upload.ticks} onTick={upload.tick} />
        )}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <ReasonButton variant="contained" tint="primary" reason={reason} onClick={() => mutate()}>
          Replace
        </ReasonButton>
      </DialogActions>
    </Dialog>
  );
}
