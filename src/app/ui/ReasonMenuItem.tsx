import MenuItem from '@mui/material/MenuItem';
import { useId } from 'react';
import './menu.css';

interface ReasonMenuItemProps {
  readonly label: string;
  /** Why it cannot be chosen now. */
  readonly reason?: string | undefined;
  readonly onChoose: () => void;
}

/** A choice of a menu. One that cannot be used stays reachable and says why under its name. */
export function ReasonMenuItem({ label, reason, onChoose, ...rest }: ReasonMenuItemProps) {
  const id = useId();
  const isRefused = reason !== undefined;
  return (
    <MenuItem
      {...rest}
      aria-label={label}
      aria-disabled={isRefused}
      aria-describedby={isRefused ? id : undefined}
      onClick={() => {
        if (!isRefused) onChoose();
      }}
    >
      <span className={isRefused ? 'menu-refused' : ''}>
        {label}
        {isRefused && (
          <span className="menu-reason quiet small" id={id}>
            {reason}
          </span>
        )}
      </span>
    </MenuItem>
  );
}
