import { paths } from '../paths.ts';
import { Link } from '../ui/Link.tsx';
import { PageTitle } from '../ui/PageTitle.tsx';

/** An address that leads nowhere. */
export function NotFoundPage() {
  return (
    <div className="page stack">
      <PageTitle>There is no such page</PageTitle>
      <p>
        The address may be old or mistyped. <Link href={paths.settings()}>Show the connections</Link>
      </p>
    </div>
  );
}
