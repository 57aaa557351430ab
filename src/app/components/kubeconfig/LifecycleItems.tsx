import MenuItem from '@mui/material/MenuItem';
import { useId } from 'react';
import type { ConnectionSummary } from '../../../api/connection.ts';
import { notifyError } from '../../notify/notify.ts';
import { lifecycleActions, moveConnection } from './lifecycle-actions.ts';
import { useRefetchAll } from './use-upload.ts';

export type LifecycleQuestion = 'disconnected' | 'deleted' | 'credentials';

interface LifecycleItemsProps {
  readonly connection: ConnectionSummary;
  /** Opens the dialog that asks more. */
  readonly onAsk: (question: LifecycleQuestion) => void;
  readonly onClose: () => void;
}

/** The life cycle of a connection in its menu; what cannot be used now stays and says why. */
export function LifecycleItems({ connection, onAsk, onClose }: LifecycleItemsProps) {
  const id = useId();
  const refetchAll = useRefetchAll();
  return (
    <>
      {lifecycleActions(connection).map(({ id: action, label, to, reason }) => (
        <MenuItem
          key={action}
          aria-label={label}
          aria-disabled={reason !== undefined}
          aria-describedby={reason === undefined ? undefined : `${id}${action}`}
          onClick={() => {
            if (reason !== undefined) return;
            if (to === 'disconnected' || to === 'deleted') {
              onAsk(to);
              return;
            }
            onClose();
            void moveConnection(connection, to).then(refetchAll, (error: unknown) =>
              notifyError(`${connection.name} could not be changed.`, error),
            );
          }}
        >
          <span className={reason === undefined ? '' : 'menu-refused'}>
            {label}
            {reason !== undefined && (
              <span className="menu-reason quiet small" id={`${id}${action}`}>
                {reason}
              </span>
            )}
          </span>
        </MenuItem>
      ))}
      <MenuItem onClick={() => onAsk('credentials')}>Replace credentials…</MenuItem>
    </>
  );
}
