import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import useMediaQuery from '@mui/material/useMediaQuery';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ConnectionSummary } from '../../../api/connection.ts';
import { useOperationOf } from '../../data/operations.ts';
import { useConnection } from '../../data/queries.ts';
import { useStore } from '../../data/store.ts';
import { useToldError } from '../../data/told-error.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { type CardAction, cardActions, menuActions } from '../connection/card-actions.ts';
import { MainRemedy } from '../connection/MainRemedy.tsx';
import { work } from '../operation/work.ts';
import { EFFECT_WORDS } from './effect-words.ts';
import { stoppedWords } from './stopped.ts';
import './review.css';

interface ReviewDialogProps {
  /** Of the address, so anything. */
  readonly connectionId: string;
  readonly onClose: () => void;
}

/** Every operation on a connection: what it does, whether it can be done now, and the one that would help first. */
export function ReviewDialog({ connectionId, onClose }: ReviewDialogProps) {
  const isNarrow = useMediaQuery('(max-width: 599.95px)', { noSsr: true });
  const { data, error: newest, refetch } = useConnection(connectionId);
  const error = useToldError(data, newest);
  // What was chosen has a dialog of its own, which takes this one’s place.
  const isChosen = useStore(work) !== undefined;
  useEffect(() => {
    if (isChosen) onClose();
  }, [isChosen, onClose]);
  return (
    <Dialog
      open
      onClose={onClose}
      fullWidth
      maxWidth="sm"
      fullScreen={isNarrow}
      aria-labelledby="review-title"
    >
      <DialogTitle id="review-title">
        What can be done{data === undefined ? '' : ` on ${data.name}`}
      </DialogTitle>
      <DialogContent className="stack">
        {data === undefined && error !== null && (
          <ErrorState what="The connection could not be read." error={error} onRetry={() => void refetch()} />
        )}
        {data === undefined && error === null && <ListSkeleton label="Loading the connection" />}
        {data !== undefined && <Review connection={data} onClose={onClose} />}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </Dialog>
  );
}

function Review({
  connection,
  onClose,
}: {
  readonly connection: ConnectionSummary;
  readonly onClose: () => void;
}) {
  const cache = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const isOperationRunning = useOperationOf(connection.id)?.status === 'running';
  const occupation = { isBusy, isOperationRunning };
  const { rootCause } = connection;
  const stopped = stoppedWords(connection);
  const all = [...cardActions(connection, occupation), ...menuActions(connection, occupation)];
  // What can be done stands before what cannot; what cannot keeps its reason.
  const ordered = [
    ...all.filter(({ reason }) => reason === undefined),
    ...all.filter(({ reason }) => reason !== undefined),
  ];
  const start = async (action: CardAction) => {
    setBusy(true);
    try {
      await action.run(cache);
      onClose();
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {stopped !== '' && (
        <p className="notice tone-broken">
          <b>{stopped}</b> No data comes from this cluster while it is like that.
        </p>
      )}
      {rootCause !== undefined && (
        <section className="review-first" aria-label="What would help first">
          <div className="spread">
            <p className="small quiet">What would help first</p>
            <p>{rootCause.summary}</p>
          </div>
          <MainRemedy connection={connection} finding={rootCause} />
        </section>
      )}
      <ul className="review" aria-label="Available operations">
        {ordered.map((action) => (
          <li key={action.id}>
            <div className="spread">
              <b>{action.label.replace('…', '')}</b>
              <p className="small quiet">{EFFECT_WORDS.get(action.id)}</p>
              {action.reason !== undefined && <p className="small">Not now: {action.reason}</p>}
            </div>
            <ReasonButton variant="outlined" reason={action.reason} onClick={() => void start(action)}>
              {action.label}
            </ReasonButton>
          </li>
        ))}
      </ul>
    </>
  );
}
