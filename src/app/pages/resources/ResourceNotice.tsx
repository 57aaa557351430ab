import { ProblemNotice } from '../../components/data/ProblemNotice.tsx';
import type { ResourcePage } from '../../components/data/data-queries.ts';
import { paths } from '../../paths.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Link } from '../../ui/Link.tsx';

interface ResourceNoticeProps {
  readonly page: ResourcePage;
  /** The connection whose card has the buttons; undefined where there is none. */
  readonly connectionId: string | undefined;
}

/** What to know about the rows, above them: the database has a problem, or MeshSync has sent nothing yet. */
export function ResourceNotice({ page, connectionId }: ResourceNoticeProps) {
  if (page.problem !== undefined) {
    return (
      <ProblemNotice problem={page.problem}>
        <Link href={paths.database()}>Settings → Database</Link>
        {page.items.length > 0 && <span className="small">What you see is read live from the cluster.</span>}
      </ProblemNotice>
    );
  }
  if (page.source === 'database' && page.notice === undefined) return null;
  return (
    <div className="notice tone-attention row" role="status">
      <span className="notice-mark">
        <Icon name="bang" />
      </span>
      <div className="spread">
        {page.source === 'live' && page.items.length > 0 && (
          <p>
            <b>The database is empty: MeshSync has sent nothing yet.</b>
          </p>
        )}
        <p>{page.notice}</p>
        {page.source === 'live' && (
          <p className="row">
            {connectionId === undefined ? (
              <Link href={paths.settings()}>Go to the connections</Link>
            ) : (
              <>
                <Link href={paths.settings({ open: connectionId })}>Reconnect</Link>
                <Link href={paths.settings({ open: connectionId })}>Re-sync</Link>
              </>
            )}
          </p>
        )}
      </div>
    </div>
  );
}
