import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { ConnectionSummary } from '../../../api/connection.ts';
import { useOperationOf } from '../../data/operations.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { type CardAction, cardActions, menuActions } from './card-actions.ts';
import { RateText } from './RateText.tsx';

const ActionMenu = lazy(async () => ({ default: (await import('../operation/ActionMenu.tsx')).ActionMenu }));

/** The actions of a connection, always in the same place, and beside them what comes from it. */
export function ActionBar({ connection }: { readonly connection: ConnectionSummary }) {
  const cache = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const [anchor, setAnchor] = useState<HTMLElement>();
  const isOperationRunning = useOperationOf(connection.id)?.status === 'running';
  const occupation = { isBusy, isOperationRunning };
  const start = async (action: CardAction) => {
    setBusy(true);
    try {
      await action.run(cache);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="actions" role="group" aria-label={`Actions for ${connection.name}`}>
      {cardActions(connection, occupation).map((action) => (
        <ReasonButton
          key={action.id}
          variant="outlined"
          reason={action.reason}
          onClick={() => void start(action)}
        >
          {action.label}
        </ReasonButton>
      ))}
      <Button
        variant="outlined"
        aria-haspopup="menu"
        aria-expanded={anchor !== undefined}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        Redeploy <Icon name="down" size={13} />
      </Button>
      {anchor !== undefined && (
        <Suspense>
          <ActionMenu
            actions={menuActions(connection, occupation)}
            label={`Operations on ${connection.name}`}
            anchor={anchor}
            onChoose={(action) => void start(action)}
            onClose={() => setAnchor(undefined)}
          />
        </Suspense>
      )}
      <span className="actions-rate quiet small">
        <RateText connection={connection} />
      </span>
    </div>
  );
}
