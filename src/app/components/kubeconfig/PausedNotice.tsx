import { useState } from 'react';
import type { ConnectionSummary } from '../../../api/connection.ts';
import type { PausedState } from '../../../core/paused.ts';
import { pausedAbilities, pausedWords } from '../../../core/lifecycle.ts';
import { notifyError } from '../../notify/notify.ts';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { lifecycleActions, moveConnection } from './lifecycle-actions.ts';
import { useRefetchAll } from './use-upload.ts';

interface PausedNoticeProps {
  readonly connection: ConnectionSummary;
  readonly state: PausedState;
}

/** On the card of a connection that a person put aside: since when nothing is seen, what works all the same, and the way back. */
export function PausedNotice({ connection, state }: PausedNoticeProps) {
  const [isMoving, setMoving] = useState(false);
  const refetchAll = useRefetchAll();
  const back = lifecycleActions(connection).find(({ id }) => id === 'connect');
  const connect = async () => {
    if (back === undefined) return;
    setMoving(true);
    try {
      await moveConnection(connection, back.to);
      await refetchAll();
    } catch (error) {
      notifyError(`${connection.name} could not be changed.`, error);
    } finally {
      setMoving(false);
    }
  };
  return (
    <div className="notice tone-unknown cause">
      <div className="cause-text">
        <p>{pausedWords(state)}</p>
        <p className="quiet small">{pausedAbilities(state)}</p>
      </div>
      {back !== undefined && (
        <div className="cause-actions">
          <ReasonButton
            variant="outlined"
            reason={isMoving ? 'Under way.' : back.reason}
            onClick={() => void connect()}
          >
            {back.label}
          </ReasonButton>
        </div>
      )}
    </div>
  );
}
