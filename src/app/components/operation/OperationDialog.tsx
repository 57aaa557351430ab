import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import useMediaQuery from '@mui/material/useMediaQuery';
import { useMemo, useState } from 'react';
import type { MendedFinding, OperationKind, OperationPreview } from '../../../api/operation.ts';
import type { Controller } from '../../../api/shapes.ts';
import { ClientError } from '../../../client/client-error.ts';
import { useOperationPreview, useRival, useStartOperation } from '../../data/operations.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorCodeLink } from '../../ui/ErrorCodeLink.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { hasControllers, KIND_WORDS, runningWords } from './operation-words.ts';
import { OperationOptions } from './OperationOptions.tsx';
import { PreviewList } from './PreviewList.tsx';
import { Elapsed } from './StepList.tsx';
import { noChoices, requestOf, useSettled } from './use-request.ts';
import type { Place } from './work.ts';
import './operation.css';

interface OperationDialogProps {
  readonly kind: OperationKind;
  readonly place: Place;
  readonly controllers?: readonly Controller[] | undefined;
  readonly copyId?: string | undefined;
  /** The finding whose remedy this is; it is looked for again at the end. */
  readonly mends?: MendedFinding | undefined;
  readonly onClose: () => void;
}

/** What may be chosen, the exact objects that would be touched, and, for what destroys, the name to type. */
export function OperationDialog({ kind, place, controllers, copyId, mends, onClose }: OperationDialogProps) {
  const isNarrow = useMediaQuery('(max-width: 599.95px)', { noSsr: true });
  const [choices, setChoices] = useState(() => noChoices(controllers));
  const [confirm, setConfirm] = useState('');
  const wanted = useMemo(() => requestOf(kind, place, choices, copyId), [kind, place, choices, copyId]);
  const request = useSettled(wanted);
  const isChosen = !hasControllers(kind) || choices.controllers.length > 0;
  const preview = useOperationPreview(request, isChosen);
  const start = useStartOperation();
  const { label, isDestructive } = KIND_WORDS[kind];
  const isOld = preview.isPlaceholderData || preview.isFetching || request !== wanted;
  const reason = startRefusal({
    preview: preview.data,
    isOld,
    isChosen,
    hasFailed: preview.isError,
    confirm,
    isStarting: start.isPending,
  });
  const confirmName = preview.data?.confirmName;
  const begin = () => {
    if (reason !== undefined) return;
    start.mutate(
      { ...request, mends, ...(confirmName === undefined ? {} : { confirm }) },
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog
      open
      onClose={onClose}
      fullWidth
      maxWidth="md"
      fullScreen={isNarrow}
      aria-labelledby="operation-title"
    >
      <DialogTitle id="operation-title">
        {place.id === undefined ? label : `${label} on ${place.name}`}
      </DialogTitle>
      <DialogContent className="stack">
        <OperationOptions kind={kind} choices={choices} onChange={setChoices} />
        {!isChosen && <p className="quiet">Choose at least one of them.</p>}
        {isChosen && preview.isError && !preview.isFetching && (
          <ErrorState
            what="What would change could not be found out."
            error={preview.error}
            onRetry={() => void preview.refetch()}
          />
        )}
        {isChosen && preview.data === undefined && preview.isFetching && (
          <ListSkeleton label="Asking the cluster what would change" />
        )}
        {isChosen && preview.data !== undefined && !preview.isError && (
          <>
            {preview.data.refusal !== undefined && (
              <p className="notice tone-attention" role="status">
                {preview.data.refusal}
              </p>
            )}
            <PreviewList preview={preview.data} isOld={isOld} />
            {confirmName !== undefined && preview.data.refusal === undefined && (
              <TextField
                size="small"
                label={`Type ${confirmName} to confirm`}
                value={confirm}
                autoComplete="off"
                slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'off' } }}
                onChange={({ target }) => setConfirm(target.value)}
                onKeyDown={({ key }) => {
                  if (key === 'Enter') begin();
                }}
              />
            )}
          </>
        )}
        {start.isError && <StartFailure error={start.error} />}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
        <ReasonButton
          variant="contained"
          tint={isDestructive ? 'danger' : 'primary'}
          reason={reason}
          onClick={begin}
        >
          {label}
        </ReasonButton>
      </DialogActions>
    </Dialog>
  );
}

interface StartState {
  readonly preview: OperationPreview | undefined;
  readonly isOld: boolean;
  readonly isChosen: boolean;
  readonly hasFailed: boolean;
  readonly confirm: string;
  readonly isStarting: boolean;
}

/** Why the operation cannot be started yet; nothing is started that has not been shown. */
function startRefusal(state: StartState): string | undefined {
  const { preview, isOld, isChosen, hasFailed, confirm, isStarting } = state;
  if (isStarting) return 'It is just being started.';
  if (!isChosen) return 'Choose at least one of Operator, MeshSync and Broker.';
  if (isOld) return 'The cluster is just being asked what would change.';
  if (hasFailed || preview === undefined) return 'What would change is not known.';
  if (preview.refusal !== undefined) return preview.refusal;
  if (preview.confirmName !== undefined && confirm !== preview.confirmName) {
    return `Type ${preview.confirmName} above to confirm.`;
  }
  return undefined;
}

/** Why it did not start; when another operation stands in the way, which one, whose, and since when. */
function StartFailure({ error }: { readonly error: Error }) {
  const rival = useRival(error);
  const remedy = error instanceof ClientError ? error.remedy : undefined;
  return (
    <div className="notice tone-broken" role="alert">
      <p>
        <b>It did not start.</b> {error.message}
      </p>
      {rival !== undefined && (
        <p>
          {runningWords(rival)}, started by {rival.actor}
          {rival.status === 'running' && (
            <>
              {', for '}
              <Elapsed since={rival.startedAt} />
            </>
          )}
          .
        </p>
      )}
      {remedy !== undefined && <p>{remedy}</p>}
      <ErrorCodeLink error={error} />
    </div>
  );
}
