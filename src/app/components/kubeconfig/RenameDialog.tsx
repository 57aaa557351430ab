import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ConnectionSummary } from '../../../api/connection.ts';
import { client } from '../../data/client.ts';
import { notify, notifyError } from '../../notify/notify.ts';
import { Button } from '../../ui/Button.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { useRefetchAll } from './use-upload.ts';

interface RenameDialogProps {
  readonly connection: ConnectionSummary;
  readonly onClose: () => void;
}

/** Gives a connection another name. */
export function RenameDialog({ connection: { id, name }, onClose }: RenameDialogProps) {
  const [typed, setTyped] = useState(name);
  const refetchAll = useRefetchAll();
  const wanted = typed.trim();
  const { mutate, isPending } = useMutation({
    mutationFn: () =>
      client.call('connectionRename', { params: { connectionId: id }, body: { name: wanted } }),
    onSuccess: async () => {
      onClose();
      notify({ kind: 'done', message: `${name} is called ${wanted} from now on.` });
      await refetchAll();
    },
    onError: (error) => notifyError(`${name} could not be renamed.`, error),
  });
  const reason = isPending
    ? 'Under way.'
    : wanted === ''
      ? 'Type a name.'
      : wanted === name
        ? 'It is called so already.'
        : undefined;
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby="rename-connection">
      <DialogTitle id="rename-connection">Rename {name}</DialogTitle>
      <DialogContent className="stack">
        <p>The name is used here alone. The contexts of your kubeconfigs keep theirs.</p>
        <TextField
          size="small"
          label="Name"
          value={typed}
          autoComplete="off"
          slotProps={{ htmlInput: { maxLength: 100, spellCheck: false } }}
          onChange={({ target }) => setTyped(target.value)}
          onKeyDown={({ key }) => {
            if (key === 'Enter' && reason === undefined) mutate();
          }}
        />
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <ReasonButton variant="contained" tint="primary" reason={reason} onClick={() => mutate()}>
          Rename
        </ReasonButton>
      </DialogActions>
    </Dialog>
  );
}
