import { findErrorReference } from '../../../core/errors-reference/references.ts';
import { useConnections, useServer } from '../../data/queries.ts';
import { paths } from '../../paths.ts';
import { Link } from '../../ui/Link.tsx';
import { PageTitle } from '../../ui/PageTitle.tsx';
import { COMPONENTS, shownWords } from './error-search.ts';
import { ShowInSandbox } from './ShowInSandbox.tsx';

/** One code: what it means, why it comes, what to do, where it is seen, and which connections show it now. */
export function ErrorDetail({ code }: { readonly code: string }) {
  const reference = findErrorReference(code);
  const { data: server } = useServer();
  return (
    <div className="page">
      <p className="error-back">
        <Link href={paths.errors()}>All error codes</Link>
      </p>
      <div className="page-head">
        <PageTitle>{reference?.code ?? code}</PageTitle>
        {reference !== undefined && (
          <span className="chip tone-unknown">{COMPONENTS[reference.component].name}</span>
        )}
      </div>
      {reference === undefined ? (
        <p className="panel">
          This code is not known here. It may be newer than this server, or mistyped: codes look like{' '}
          <Link href={paths.errors('MT-B-01')}>MT-B-01</Link> or meshplay-server-1040.
        </p>
      ) : (
        <article className="panel error-detail">
          <h2>{reference.title}</h2>
          <h3>Cause</h3>
          <p>{reference.cause}</p>
          <h3>What to do</h3>
          <p>{reference.remedy}</p>
          <h3>Where it is shown</h3>
          <p>{shownWords(reference)}</p>
          {reference.component === 'troubleshooter' && <ShownBy code={reference.code} />}
          {reference.component === 'troubleshooter' && server?.hasSandbox === true && (
            <ShowInSandbox code={reference.code} />
          )}
        </article>
      )}
    </div>
  );
}

/** The search of the connections looks at the codes of their findings too. */
function ShownBy({ code }: { readonly code: string }) {
  const { data } = useConnections(code);
  if (data === undefined) return null;
  return (
    <>
      <h3>Shown now by</h3>
      {data.items.length === 0 ? (
        <p>No connection.</p>
      ) : (
        <ul className="row">
          {data.items.map(({ id, name }) => (
            <li key={id}>
              <Link href={paths.settings({ open: id, tab: 'findings' })}>{name}</Link>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
