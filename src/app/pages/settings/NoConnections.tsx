import { KubeconfigPaths } from '../../components/kubeconfig/KubeconfigPaths.tsx';
import { RediscoverButton } from '../../components/kubeconfig/RediscoverButton.tsx';
import { useKubeconfigs } from '../../data/queries.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';

/** Shown when there is nothing to show: where a kubeconfig was looked for, and what to do. */
export function NoConnections() {
  const { data, error, refetch } = useKubeconfigs();
  return (
    <div className="panel stack empty">
      <h2>No cluster connected yet</h2>
      <p>
        Put a kubeconfig at one of these places, or set <code>KUBECONFIG</code> and start the server again;
        then press Rediscover. “Add kubeconfig” above does the same.
      </p>
      {data !== undefined && <KubeconfigPaths paths={data.paths} />}
      {data === undefined && error !== null && (
        <ErrorState what="The places tried could not be read." error={error} onRetry={() => void refetch()} />
      )}
      <div>
        <RediscoverButton />
      </div>
    </div>
  );
}
