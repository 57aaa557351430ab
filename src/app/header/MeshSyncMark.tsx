import { useFromNow } from '../data/now.ts';
import { useActivity } from '../data/queries.ts';
import { Icon } from '../ui/Icon.tsx';
import { pulseOf } from './meshsync-pulse.ts';

/** The mark that pulses when MeshSync messages reach this server, with the same in words. */
export function MeshSyncMark() {
  const { data, isError } = useActivity();
  const nowMs = useFromNow((now) => now);
  const { words, tone, isPulsing, announcement } = pulseOf(data, isError, nowMs);
  return (
    <div className={`meshsync tone-${tone}`} title={words}>
      {/* A new cursor is a new element, which starts the animation once: one pulse for each poll with messages. */}
      <span key={data?.cursor} className={isPulsing ? 'meshsync-mark is-pulsing' : 'meshsync-mark'}>
        <Icon name="meshsync" />
      </span>
      <span className="meshsync-words">{words}</span>
      <span className="sr-only" role="status">
        {announcement}
      </span>
    </div>
  );
}
