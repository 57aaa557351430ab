import { IconButton } from '../../ui/Button.tsx';
import type { Event } from '../../../api/event.ts';
import { paths } from '../../paths.ts';
import type { Tone } from '../../theme/tokens.ts';
import { Age } from '../../ui/Age.tsx';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { Link } from '../../ui/Link.tsx';
import { CodeText } from '../data/CodeText.tsx';
import './event.css';

const LOOK: Readonly<Record<Event['severity'], { tone: Tone; icon: IconName; word: string }>> = {
  critical: { tone: 'broken', icon: 'cross', word: 'Critical' },
  warning: { tone: 'attention', icon: 'bang', word: 'Warning' },
  info: { tone: 'unknown', icon: 'changing', word: 'Information' },
  success: { tone: 'good', icon: 'check', word: 'Success' },
};

interface EventItemsProps {
  readonly events: readonly Event[];
  /** Gives each unread event a button that marks it as read. */
  readonly onRead?: (id: string) => void;
  /** False where one looks at the connection already, or it is not live. */
  readonly isLinked?: boolean;
}

/** What happened, one entry an event. */
export function EventItems({ events, onRead, isLinked = true }: EventItemsProps) {
  return (
    <ul className="events">
      {events.map((event) => (
        <li key={event.id} className={event.isRead ? 'event' : 'event is-unread'}>
          <span className={`event-mark tone-${LOOK[event.severity].tone}`}>
            <Icon name={LOOK[event.severity].icon} size={14} />
            <span className="sr-only">{LOOK[event.severity].word}</span>
          </span>
          <div className="spread">
            <p className="event-message">
              <CodeText text={event.message} />
            </p>
            {event.detail !== undefined && (
              <p className="quiet small">
                <CodeText text={event.detail} />
              </p>
            )}
            <p className="quiet small">
              <Age at={event.at} suffix=" ago" />
              {isLinked && event.connectionId !== undefined && (
                <>
                  {' · '}
                  <Link href={paths.settings({ open: event.connectionId })}>
                    {event.connectionName ?? event.connectionId}
                  </Link>
                </>
              )}
              {event.findingCode !== undefined && (
                <>
                  {' · '}
                  <Link href={paths.errors(event.findingCode)}>{event.findingCode}</Link>
                </>
              )}
            </p>
          </div>
          {onRead !== undefined && !event.isRead && (
            <IconButton aria-label={`Mark as read: ${event.message}`} onClick={() => onRead(event.id)}>
              <Icon name="check" size={16} />
            </IconButton>
          )}
        </li>
      ))}
    </ul>
  );
}
