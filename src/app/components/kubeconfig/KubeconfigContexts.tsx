import type { KubeconfigContext } from '../../../api/kubeconfig.ts';
import { paths } from '../../paths.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Link } from '../../ui/Link.tsx';
import { ScrollArea } from '../../ui/ScrollArea.tsx';
import { ShowAgainButton } from './ShowAgainButton.tsx';

/** Every context found, the connection it leads to, or why it leads to none. */
export function KubeconfigContexts({ contexts }: { readonly contexts: readonly KubeconfigContext[] }) {
  if (contexts.length === 0) return <p className="quiet">No context was found at any of the places.</p>;
  return (
    <ScrollArea label="Contexts found">
      <table className="facts">
        <thead>
          <tr>
            <th scope="col">Context</th>
            <th scope="col">Result</th>
            <th scope="col">Cluster</th>
            <th scope="col">User</th>
            <th scope="col">Server</th>
            <th scope="col">From</th>
          </tr>
        </thead>
        <tbody>
          {contexts.map((one) => (
            <tr key={`${one.source} ${one.context}`}>
              <td>
                <b>{one.context}</b>
                {one.isCurrent && <div className="quiet">current</div>}
              </td>
              <td>
                {one.problem !== undefined && (
                  <span className="tone-broken" style={{ color: 'var(--tone)' }}>
                    <Icon name="cross" size={12} /> {one.problem.message}{' '}
                  </span>
                )}
                {one.isHidden === true && (
                  <>
                    <p className="quiet small">Its connection was deleted here.</p>
                    <ShowAgainButton context={one} />
                  </>
                )}
                {one.connectionId !== undefined && (
                  <Link href={paths.settings({ open: one.connectionId, tab: 'ways-in' })}>
                    Show the connection
                  </Link>
                )}
              </td>
              <td>{one.cluster}</td>
              <td>{one.user}</td>
              <td>{one.server}</td>
              <td>{one.source}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  );
}
