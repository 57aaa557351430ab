import { paths } from '../../paths.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Link } from '../../ui/Link.tsx';
import type { AddReply } from './upload.ts';

/** What was added, and what was not and why. */
export function UploadResult({
  result,
  onClose,
}: {
  readonly result: AddReply;
  readonly onClose: () => void;
}) {
  return (
    <div role="status" className="stack">
      {result.added.map(({ context, connectionId, isNew }) => (
        <p key={context}>
          <Icon name="check" size={12} /> <b>{context}</b>{' '}
          {isNew ? 'was added.' : 'was added as a further way into a known cluster.'}{' '}
          <Link href={paths.settings({ open: connectionId, tab: 'ways-in' })} onClick={onClose}>
            Show the connection
          </Link>
        </p>
      ))}
      {result.refused.map(({ context, reason }) => (
        <p key={`${context} ${reason}`}>
          <Icon name="cross" size={12} /> <b>{context}</b> was not added. {reason}
        </p>
      ))}
    </div>
  );
}
