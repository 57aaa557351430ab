import { lazy, Suspense, useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import type { Health } from '../../../api/diagnosis.ts';
import { HEALTHS, isPending } from '../../components/connection/words.ts';
import { selection } from '../../components/operation/selection.ts';
import { useConnections, useServer } from '../../data/queries.ts';
import { useStore } from '../../data/store.ts';
import { useToldError } from '../../data/told-error.ts';
import { setSearch, useSearch } from '../../navigation.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { PageTitle } from '../../ui/PageTitle.tsx';
import { StaleBanner } from '../../ui/StaleBanner.tsx';
import { CardSkeletons } from './CardSkeletons.tsx';
import { Connections } from './Connections.tsx';
import { HealthFilter } from './HealthFilter.tsx';
import { SearchField } from './SearchField.tsx';
import './settings.css';

const NoConnections = lazy(async () => ({ default: (await import('./NoConnections.tsx')).NoConnections }));
const AddKubeconfigDialog = lazy(async () => ({
  default: (await import('../../components/kubeconfig/AddKubeconfigDialog.tsx')).AddKubeconfigDialog,
}));
const BulkBar = lazy(async () => ({
  default: (await import('../../components/operation/BulkBar.tsx')).BulkBar,
}));
const SandboxDialog = lazy(async () => ({
  default: (await import('../../components/sandbox/SandboxDialog.tsx')).SandboxDialog,
}));
const ConnectionDrawer = lazy(async () => ({
  default: (await import('../../components/drawer/ConnectionDrawer.tsx')).ConnectionDrawer,
}));

const ReviewDialog = lazy(async () => ({
  default: (await import('../../components/review/ReviewDialog.tsx')).ReviewDialog,
}));
const BundleView = lazy(async () => ({ default: (await import('../bundle/BundleView.tsx')).BundleView }));

/** Every connection; those of a support bundle where the address names one. */
export function SettingsPage() {
  const bundle = useSearch().get('bundle');
  return bundle === null ? (
    <LiveConnections />
  ) : (
    <Suspense fallback={<CardSkeletons />}>
      <BundleView key={bundle} source={bundle} />
    </Suspense>
  );
}

/** Every connection, the worst first. */
function LiveConnections() {
  const search = useSearch();
  const name = search.get('q') ?? '';
  const health = HEALTHS.find((one) => one === search.get('health'));
  const openId = search.get('open') ?? undefined;
  const reviewId = search.get('review') ?? undefined;
  const { data, error, dataUpdatedAt, refetch } = useFreshConnections(name);
  const { data: server } = useServer();
  const [dialog, setDialog] = useState<'kubeconfig' | 'sandbox'>();
  const isSelecting = useStore(selection) !== undefined;
  const total = data === undefined ? 0 : totalOf(data.counts);
  return (
    <div className="page">
      <div className="page-head">
        <PageTitle>Connections</PageTitle>
        {data !== undefined && (
          <HealthFilter counts={data.counts} pending={data.items.filter(isPending).length} chosen={health} />
        )}
        <div className="tools">
          <SearchField value={name} />
          {total > 1 && (
            <Button
              variant="outlined"
              aria-pressed={isSelecting}
              onClick={() => selection.set(isSelecting ? undefined : new Map())}
            >
              Select
            </Button>
          )}
          {server?.hasSandbox === true && (
            <Button variant="outlined" onClick={() => setDialog('sandbox')}>
              Sandbox
            </Button>
          )}
          <Button variant="contained" tint="primary" onClick={() => setDialog('kubeconfig')}>
            Add kubeconfig
          </Button>
        </div>
      </div>
      {data !== undefined && error !== null && (
        <StaleBanner error={error} receivedMs={dataUpdatedAt()} onRetry={() => void refetch()} />
      )}
      {data === undefined && error !== null && (
        <ErrorState what="The connections could not be read." error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <CardSkeletons />}
      {data !== undefined && total > 0 && (
        <Connections connections={data.items} health={health} filter={`${name}|${health ?? ''}`} />
      )}
      <Suspense>
        {data !== undefined && isSelecting && (
          <BulkBar shown={data.items.filter((one) => health === undefined || one.health === health)} />
        )}
        {data !== undefined && total === 0 && <NoConnections />}
        {dialog === 'kubeconfig' && <AddKubeconfigDialog onClose={() => setDialog(undefined)} />}
        {dialog === 'sandbox' && <SandboxDialog onClose={() => setDialog(undefined)} />}
        {reviewId !== undefined && openId === undefined && (
          <ReviewDialog connectionId={reviewId} onClose={() => setSearch({ review: undefined }, 'replace')} />
        )}
        {openId !== undefined && (
          <ConnectionDrawer
            key={openId}
            connectionId={openId}
            tab={search.get('tab')}
            onClose={() => setSearch({ open: undefined, tab: undefined })}
          />
        )}
      </Suspense>
    </div>
  );
}

/** Reads only what changes with the data: `dataUpdatedAt` moves with every poll, so it is read when asked for. */
function useFreshConnections(name: string) {
  const query = useConnections(name);
  const { data, error: newest, refetch } = query;
  const error = useToldError(data, newest);
  return { data, error, refetch, dataUpdatedAt: () => query.dataUpdatedAt };
}

function totalOf(counts: Readonly<Record<Health, number>>): number {
  return HEALTHS.reduce((sum, health) => sum + counts[health], 0);
}
