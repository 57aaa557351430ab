import { KubeconfigContexts } from '../../components/kubeconfig/KubeconfigContexts.tsx';
import { KubeconfigPaths } from '../../components/kubeconfig/KubeconfigPaths.tsx';
import { RediscoverButton } from '../../components/kubeconfig/RediscoverButton.tsx';
import { useKubeconfigs } from '../../data/queries.ts';
import { Age } from '../../ui/Age.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { PageTitle } from '../../ui/PageTitle.tsx';
import { StaleBanner } from '../../ui/StaleBanner.tsx';

/** Where kubeconfigs were looked for, and every context found in them. */
export function KubeconfigsPage() {
  const { data, error, dataUpdatedAt, refetch } = useKubeconfigs();
  return (
    <div className="page stack">
      <div className="page-head">
        <PageTitle>Kubeconfigs</PageTitle>
        {data !== undefined && (
          <span className="quiet small">
            read <Age at={data.discoveredAt} suffix=" ago" />
          </span>
        )}
        <span className="spread" />
        <RediscoverButton />
      </div>
      {data !== undefined && error !== null && (
        <StaleBanner error={error} receivedMs={dataUpdatedAt} onRetry={() => void refetch()} />
      )}
      {data === undefined && error !== null && (
        <ErrorState what="The kubeconfigs could not be read." error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <ListSkeleton label="Loading the kubeconfigs" />}
      {data !== undefined && (
        <>
          <section className="panel stack">
            <h2>Places tried</h2>
            <KubeconfigPaths paths={data.paths} />
          </section>
          <section className="panel stack">
            <h2>Contexts found</h2>
            <KubeconfigContexts contexts={data.contexts} />
          </section>
        </>
      )}
    </div>
  );
}
