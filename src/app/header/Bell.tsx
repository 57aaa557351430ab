import { lazy, Suspense, useState } from 'react';
import { IconButton } from '../ui/Button.tsx';
import { useEvents } from '../data/queries.ts';
import { Icon } from '../ui/Icon.tsx';
import { UNREAD } from './unread.ts';

const BellPopover = lazy(async () => ({ default: (await import('./BellPopover.tsx')).BellPopover }));

/** How many problems nobody has read yet. They stay until they are read. */
export function Bell() {
  const { data } = useEvents(UNREAD);
  const [anchor, setAnchor] = useState<HTMLElement>();
  const count = data?.unreadProblems ?? 0;
  return (
    <>
      <IconButton
        className="bell"
        aria-haspopup="dialog"
        aria-label={
          count === 0 ? 'No unread problems' : `${count} unread ${count === 1 ? 'problem' : 'problems'}`
        }
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <Icon name="bell" size={20} />
        {count > 0 && <span className="bell-count">{count > 99 ? '99+' : count}</span>}
      </IconButton>
      {anchor !== undefined && (
        <Suspense>
          <BellPopover anchor={anchor} onClose={() => setAnchor(undefined)} />
        </Suspense>
      )}
    </>
  );
}
