import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import useMediaQuery from '@mui/material/useMediaQuery';
import { useState } from 'react';
import type { OperationKind } from '../../../api/operation.ts';
import { Button } from '../../ui/Button.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { BulkResults } from './BulkResults.tsx';
import { KIND_WORDS } from './operation-words.ts';
import { OperationOptions } from './OperationOptions.tsx';
import { useBulk } from './use-bulk.ts';
import { noChoices } from './use-request.ts';
import type { Place } from './work.ts';
import './operation.css';

interface BulkDialogProps {
  readonly kind: OperationKind;
  readonly places: readonly Place[];
  readonly onClose: () => void;
}

/** One action on several connections: what to choose once, and a result for each. */
export function BulkDialog({ kind, places, onClose }: BulkDialogProps) {
  const isNarrow = useMediaQuery('(max-width: 599.95px)', { noSsr: true });
  const [choices, setChoices] = useState(() => noChoices());
  const [confirm, setConfirm] = useState('');
  const { entries, runnable, isLooking, isStarted, start } = useBulk(kind, places, choices);
  const { label, isDestructive } = KIND_WORDS[kind];
  const count = runnable === 1 ? '1 connection' : `${runnable} connections`;
  const phrase = `${label.toLowerCase()} ${runnable}`;
  const reason = isStarted
    ? 'It has been started; the results are below.'
    : choices.controllers.length === 0
      ? 'Choose at least one of Operator, MeshSync and Broker.'
      : isLooking
        ? 'What would change is being found out.'
        : runnable === 0
          ? 'It can be run on none of these now.'
          : isDestructive && confirm.toLowerCase() !== phrase
            ? `Type “${phrase}” to confirm.`
            : undefined;
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="md" fullScreen={isNarrow} aria-labelledby="bulk-title">
      <DialogTitle id="bulk-title">
        {label} on {count}
      </DialogTitle>
      <DialogContent className="stack">
        {!isStarted && <OperationOptions kind={kind} choices={choices} onChange={setChoices} />}
        <BulkResults entries={entries} />
        {isDestructive && !isStarted && runnable > 0 && (
          <TextField
            size="small"
            label={`Type “${phrase}” to confirm`}
            value={confirm}
            autoComplete="off"
            onChange={({ target }) => setConfirm(target.value)}
          />
        )}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
        <ReasonButton
          variant="contained"
          tint={isDestructive ? 'danger' : 'primary'}
          reason={reason}
          onClick={() => void start()}
        >
          {label} on {count}
        </ReasonButton>
      </DialogActions>
    </Dialog>
  );
}
