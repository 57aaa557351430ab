import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useId } from 'react';
import type { CardAction } from '../connection/card-actions.ts';
import './operation.css';

interface ActionMenuProps {
  readonly actions: readonly CardAction[];
  readonly label: string;
  readonly anchor: HTMLElement;
  readonly onChoose: (action: CardAction) => void;
  readonly onClose: () => void;
}

/** The rest of the operations. One that cannot be used stays reachable and says why under its name. */
export function ActionMenu({ actions, label, anchor, onChoose, onClose }: ActionMenuProps) {
  const id = useId();
  return (
    <Menu open anchorEl={anchor} onClose={onClose} slotProps={{ list: { 'aria-label': label } }}>
      {actions.map((action) => (
        <MenuItem
          key={action.id}
          aria-disabled={action.reason !== undefined}
          aria-describedby={action.reason === undefined ? undefined : `${id}${action.id}`}
          aria-label={action.label}
          onClick={() => {
            if (action.reason !== undefined) return;
            onClose();
            onChoose(action);
          }}
        >
          <span className={action.reason === undefined ? '' : 'menu-refused'}>
            {action.label}
            {action.reason !== undefined && (
              <span className="menu-reason quiet small" id={`${id}${action.id}`}>
                {action.reason}
              </span>
            )}
          </span>
        </MenuItem>
      ))}
    </Menu>
  );
}
