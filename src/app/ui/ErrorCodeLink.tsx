import { ClientError } from '../../client/client-error.ts';
import { paths } from '../paths.ts';
import { Link } from './Link.tsx';

/** Leads from an error to what is known of its code; nothing for an error that has none. */
export function ErrorCodeLink({ error }: { readonly error: unknown }) {
  if (!(error instanceof ClientError)) return null;
  return (
    <Link className="small" href={paths.errors(error.code)}>
      About {error.code}
    </Link>
  );
}
