import { Button } from './Button.tsx';
import { ClientError } from '../../client/client-error.ts';
import { ErrorCodeLink } from './ErrorCodeLink.tsx';

interface ErrorStateProps {
  /** What failed, as a sentence: “The connections could not be read.” */
  readonly what: string;
  readonly error: Error;
  readonly onRetry: () => void;
}

/** What failed, why, what to do about it, and the request to look for in the log. */
export function ErrorState({ what, error, onRetry }: ErrorStateProps) {
  const { remedy, requestId } = error instanceof ClientError ? error : {};
  return (
    <div className="notice tone-broken" role="alert">
      <p>
        <b>{what}</b> {error.message}
      </p>
      {remedy !== undefined && <p>{remedy}</p>}
      <div className="row" style={{ marginTop: 8 }}>
        <Button variant="outlined" onClick={onRetry}>
          Try again
        </Button>
        <ErrorCodeLink error={error} />
        {requestId !== undefined && <span className="quiet small">request {requestId}</span>}
      </div>
    </div>
  );
}
