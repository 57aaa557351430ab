import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { pages } from '../pages.ts';
import { follow } from '../ui/Link.tsx';

interface NavMenuProps {
  readonly anchor: HTMLElement;
  readonly current: string | undefined;
  readonly onClose: () => void;
}

/** The navigation where there is no room for it in the header. */
export function NavMenu({ anchor, current, onClose }: NavMenuProps) {
  return (
    <Menu open anchorEl={anchor} onClose={onClose} slotProps={{ list: { 'aria-label': 'Pages' } }}>
      {pages
        .filter(({ label }) => label !== undefined)
        .map(({ path, label }) => (
          <MenuItem
            key={path}
            component="a"
            href={path}
            selected={path === current}
            {...(path === current ? { 'aria-current': 'page' as const } : {})}
            onClick={(event) => {
              onClose();
              follow(event, path);
            }}
          >
            {label}
          </MenuItem>
        ))}
    </Menu>
  );
}
