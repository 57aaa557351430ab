import type { ConnectionSummary } from '../../../api/connection.ts';
import { notifyError } from '../../notify/notify.ts';
import { ReasonMenuItem } from '../../ui/ReasonMenuItem.tsx';
import { lifecycleActions, moveConnection } from './lifecycle-actions.ts';
import { useRefetchAll } from './use-upload.ts';

export type LifecycleQuestion = 'disconnected' | 'deleted' | 'credentials' | 'name';

interface LifecycleItemsProps {
  readonly connection: ConnectionSummary;
  /** Opens the dialog that asks more. */
  readonly onAsk: (question: LifecycleQuestion) => void;
  readonly onClose: () => void;
}

/** The life cycle of a connection in its menu; what cannot be used now stays and says why. */
export function LifecycleItems({ connection, onAsk, onClose }: LifecycleItemsProps) {
  const refetchAll = useRefetchAll();
  return (
    <>
      <ReasonMenuItem label="Rename…" onChoose={() => onAsk('name')} />
      <ReasonMenuItem label="Replace credentials…" onChoose={() => onAsk('credentials')} />
      {lifecycleActions(connection).map(({ id, label, to, reason }) => (
        <ReasonMenuItem
          key={id}
          label={label}
          reason={reason}
          onChoose={() => {
            if (to === 'disconnected' || to === 'deleted') {
              onAsk(to);
              return;
            }
            onClose();
            void moveConnection(connection, to).then(refetchAll, (error: unknown) =>
              notifyError(`${connection.name} could not be changed.`, error),
            );
          }}
        />
      ))}
    </>
  );
}
