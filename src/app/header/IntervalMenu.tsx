import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { POLL_INTERVALS_MS, polling, setPaused, setPollInterval } from '../data/poll.ts';
import { useStore } from '../data/store.ts';

interface IntervalMenuProps {
  readonly anchor: HTMLElement;
  readonly onClose: () => void;
}

/** Chooses how often the page asks the server; `not at all` is the pause. */
export function IntervalMenu({ anchor, onClose }: IntervalMenuProps) {
  const { intervalMs, isPaused } = useStore(polling);
  return (
    <Menu
      open
      anchorEl={anchor}
      onClose={onClose}
      slotProps={{ list: { 'aria-label': 'How often to refresh' } }}
    >
      {POLL_INTERVALS_MS.map((one) => {
        const isChosen = !isPaused && one === intervalMs;
        return (
          <MenuItem
            key={one}
            role="menuitemradio"
            aria-checked={isChosen}
            selected={isChosen}
            onClick={() => {
              setPollInterval(one);
              onClose();
            }}
          >
            every {one / 1_000} s
          </MenuItem>
        );
      })}
      <MenuItem
        role="menuitemradio"
        aria-checked={isPaused}
        selected={isPaused}
        onClick={() => {
          setPaused(true);
          onClose();
        }}
      >
        not at all (paused)
      </MenuItem>
    </Menu>
  );
}
