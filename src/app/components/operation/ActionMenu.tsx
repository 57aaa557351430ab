import Menu from '@mui/material/Menu';
import { ReasonMenuItem } from '../../ui/ReasonMenuItem.tsx';
import type { CardAction } from '../connection/card-actions.ts';
import './operation.css';

interface ActionMenuProps {
  readonly actions: readonly CardAction[];
  readonly label: string;
  readonly anchor: HTMLElement;
  readonly onChoose: (action: CardAction) => void;
  readonly onClose: () => void;
}

/** The rest of the operations. */
export function ActionMenu({ actions, label, anchor, onChoose, onClose }: ActionMenuProps) {
  return (
    <Menu
      open
      anchorEl={anchor}
      onClose={onClose}
      // The arrows reach what cannot be used now, too: it says why.
      slotProps={{ list: { 'aria-label': label, disabledItemsFocusable: true } }}
    >
      {actions.map((action) => (
        <ReasonMenuItem
          key={action.id}
          label={action.label}
          reason={action.reason}
          onChoose={() => {
            onClose();
            onChoose(action);
          }}
        />
      ))}
    </Menu>
  );
}
