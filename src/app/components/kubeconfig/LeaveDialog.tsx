import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { ConnectionSummary } from '../../../api/connection.ts';
import { useOperationPreview } from '../../data/operations.ts';
import { notifyError } from '../../notify/notify.ts';
import { Button } from '../../ui/Button.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { moveConnection } from './lifecycle-actions.ts';
import { useRefetchAll } from './use-upload.ts';
import './upload.css';

interface LeaveDialogProps {
  readonly connection: ConnectionSummary;
  readonly to: 'disconnected' | 'deleted';
  readonly onClose: () => void;
}

/** Asks, before a connection is disconnected or deleted, what happens to the Operator in its cluster. */
export function LeaveDialog({ connection, to, onClose }: LeaveDialogProps) {
  const id = useId();
  const [operator, setOperator] = useState<'keep' | 'uninstall'>('keep');
  const [typed, setTyped] = useState('');
  const refetchAll = useRefetchAll();
  const isUninstall = operator === 'uninstall';
  const { data, error } = useOperationPreview(
    { kind: 'uninstall', connectionId: connection.id },
    isUninstall,
  );
  const confirmName = isUninstall ? data?.confirmName : undefined;
  const { mutate, isPending } = useMutation({
    mutationFn: () => moveConnection(connection, to, { operator, confirm: confirmName }),
    onSuccess: async () => {
      onClose();
      await refetchAll();
    },
    onError: (failure) => notifyError(`${connection.name} could not be ${to}.`, failure),
  });
  const verb = to === 'deleted' ? 'Delete' : 'Disconnect';
  const reason = isPending
    ? 'Under way.'
    : isUninstall && data === undefined
      ? (error?.message ?? 'What would be removed is being looked at.')
      : isUninstall && data?.refusal !== undefined
        ? data.refusal
        : confirmName !== undefined && typed !== confirmName
          ? `Type ${confirmName} to confirm.`
          : undefined;
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby={`${id}title`}>
      <DialogTitle id={`${id}title`}>
        {verb} {connection.name}
      </DialogTitle>
      <DialogContent className="stack">
        <p>
          {to === 'deleted'
            ? 'The connection, what was stored of its cluster and uploaded credentials are removed here. Your kubeconfig file is not touched: its context stays hidden until you show it again under Kubeconfigs.'
            : 'Nothing of this cluster is observed until you connect again.'}
        </p>
        <fieldset className="leave-choice">
          <legend>The Operator in the cluster</legend>
          <label>
            <input type="radio" name={id} checked={!isUninstall} onChange={() => setOperator('keep')} />
            Leave it running
          </label>
          <label>
            <input type="radio" name={id} checked={isUninstall} onChange={() => setOperator('uninstall')} />
            Uninstall it first, with Broker and MeshSync
          </label>
        </fieldset>
        {isUninstall && data !== undefined && (
          <ul className="leave-list small" aria-label="Will be removed">
            {data.changes
              .filter(({ action }) => action === 'remove')
              .map((change) => (
                <li key={`${change.kind} ${change.namespace ?? ''} ${change.name}`}>
                  <b>{change.kind}</b> {change.namespace === undefined ? '' : `${change.namespace}/`}
                  {change.name}
                </li>
              ))}
          </ul>
        )}
        {confirmName !== undefined && (
          <label>
            Type <b>{confirmName}</b> to confirm
            <input
              className="confirm-field"
              autoComplete="off"
              value={typed}
              spellCheck={false}
              autoCapitalize="off"
              onChange={(event) => setTyped(event.target.value)}
              onKeyDown={({ key }) => {
                if (key === 'Enter' && reason === undefined) mutate();
              }}
            />
          </label>
        )}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <ReasonButton variant="contained" tint="danger" reason={reason} onClick={() => mutate()}>
          {verb}
        </ReasonButton>
      </DialogActions>
    </Dialog>
  );
}
