import { Button } from './Button.tsx';
import { ClientError } from '../../client/client-error.ts';
import { durationWords } from '../data/duration.ts';
import { useFromNow } from '../data/now.ts';
import { Icon } from './Icon.tsx';

interface StaleBannerProps {
  readonly error: Error;
  /** When what is still shown was received, in ms of this machine's clock. */
  readonly receivedMs: number;
  readonly onRetry: () => void;
}

/** Stands above the last good data while the server does not answer, and says how old that is. */
export function StaleBanner({ error, receivedMs, onRetry }: StaleBannerProps) {
  const age = useFromNow(() => durationWords(Date.now() - receivedMs));
  const { remedy, requestId } = error instanceof ClientError ? error : {};
  return (
    <div className="notice tone-attention banner row" role="status">
      <span style={{ color: 'var(--tone)' }}>
        <Icon name="bang" />
      </span>
      <span className="spread">
        <b>{error.message}</b> What you see is {age} old. {remedy}
        {requestId !== undefined && <span className="quiet"> (request {requestId})</span>}
      </span>
      <Button variant="outlined" onClick={onRetry}>
        Try now
      </Button>
    </div>
  );
}
