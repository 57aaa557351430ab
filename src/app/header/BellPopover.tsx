import Popover from '@mui/material/Popover';
import { Button } from '../ui/Button.tsx';
import { EventItems } from '../components/event/EventItems.tsx';
import { useMarkRead } from '../components/event/use-mark-read.ts';
import { useEvents } from '../data/queries.ts';
import { paths } from '../paths.ts';
import { Link } from '../ui/Link.tsx';
import { UNREAD } from './unread.ts';

interface BellPopoverProps {
  readonly anchor: HTMLElement;
  readonly onClose: () => void;
}

/** The unread problems, newest first, with buttons that mark them as read. */
export function BellPopover({ anchor, onClose }: BellPopoverProps) {
  const { data } = useEvents(UNREAD);
  const markRead = useMarkRead();
  const problems = (data?.items ?? []).filter(
    ({ severity }) => severity === 'critical' || severity === 'warning',
  );
  return (
    <Popover
      open
      anchorEl={anchor}
      onClose={onClose}
      anchorOrigin={{ horizontal: 'right', vertical: 'bottom' }}
      transformOrigin={{ horizontal: 'right', vertical: 'top' }}
      slotProps={{ paper: { role: 'dialog', 'aria-label': 'Unread problems', sx: { borderRadius: '12px' } } }}
    >
      <div className="bell-list stack">
        <div className="row">
          <b className="spread">Unread problems</b>
          {problems.length > 0 && (
            <Button onClick={() => markRead.mutate({ ids: problems.map(({ id }) => id) })}>
              Mark all as read
            </Button>
          )}
        </div>
        {problems.length === 0 ? (
          <p className="quiet">Nothing unread. New problems are kept here until you have read them.</p>
        ) : (
          <EventItems events={problems} onRead={(id) => markRead.mutate({ ids: [id] })} />
        )}
        <Link href={paths.activity()} onClick={onClose}>
          All activity
        </Link>
      </div>
    </Popover>
  );
}
