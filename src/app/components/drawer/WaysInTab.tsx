import type { ConnectionView } from '../../../api/connection.ts';
import { Icon } from '../../ui/Icon.tsx';
import { ScrollArea } from '../../ui/ScrollArea.tsx';

/** The contexts that lead to this cluster, which one is used, and what is wrong with the others. */
export function WaysInTab({ connection }: { readonly connection: ConnectionView }) {
  return (
    <>
      <p className="quiet small">
        Server {connection.server}
        {connection.clusterUid !== undefined && ` · cluster identity ${connection.clusterUid}`}
        {!connection.isTlsVerified && ' · its certificate is not checked'}
      </p>
      {connection.waysIn.length === 0 ? (
        <p>No way in is known any more.</p>
      ) : (
        <ScrollArea label="Ways in">
          <table className="facts">
            <thead>
              <tr>
                <th scope="col">Context</th>
                <th scope="col">From</th>
                <th scope="col">User</th>
                <th scope="col">State</th>
              </tr>
            </thead>
            <tbody>
              {connection.waysIn.map(({ context, source, user, isInUse, isTlsVerified, problem }) => (
                <tr key={`${source} ${context}`}>
                  <td>
                    <b>{context}</b>
                  </td>
                  <td>{source}</td>
                  <td>{user}</td>
                  <td>
                    {isInUse && (
                      <span className="chip tone-good">
                        <Icon name="check" size={11} />
                        in use
                      </span>
                    )}
                    {isTlsVerified === false && (
                      <span className="chip tone-attention">
                        <Icon name="bang" size={11} />
                        certificate not checked
                      </span>
                    )}
                    {problem !== undefined && <div>{problem.message}</div>}
                    {!isInUse && problem === undefined && <div>not needed now</div>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollArea>
      )}
    </>
  );
}
