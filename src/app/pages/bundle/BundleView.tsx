import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FrozenNow } from '../../data/now.ts';
import { navigate, setSearch, useSearch } from '../../navigation.ts';
import { paths } from '../../paths.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { PageTitle } from '../../ui/PageTitle.tsx';
import { BundleCard } from './BundleCard.tsx';
import { BundleDrawer } from './BundleDrawer.tsx';
import { forgetBundle, LAST } from './kept-bundle.ts';
import { loadBundle } from './open-bundle.ts';
import type { OpenBundle } from './read-bundle.ts';
import { RedactionList } from './RedactionList.tsx';
import '../settings/settings.css';
import './bundle.css';

/** A card costs a diagram and a table; of a thousand the first ones are drawn. */
const CARDS_AT_ONCE = 40;

/** The connections of a bundle in the place of the live ones: the same cards and details, with nothing to press. */
export function BundleView({ source }: { readonly source: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['bundle', source],
    queryFn: ({ signal }) => loadBundle(source, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    structuralSharing: false,
  });
  const close = () => {
    if (source === LAST) void forgetBundle();
    navigate(paths.settings());
  };
  return (
    <div className="page">
      <div className="page-head">
        <PageTitle>Connections</PageTitle>
      </div>
      {error !== null && (
        <>
          <ErrorState what="The bundle cannot be shown." error={error} onRetry={() => void refetch()} />
          <p className="row" style={{ marginTop: 12 }}>
            <Button variant="outlined" onClick={close}>
              Back to the live connections
            </Button>
            <Button variant="outlined" onClick={() => navigate(paths.bundle())}>
              Open another bundle
            </Button>
          </p>
        </>
      )}
      {data === undefined && error === null && <ListSkeleton label="Opening the bundle" />}
      {data !== undefined && (
        // Ages are those of the moment it was taken.
        <FrozenNow value={Date.parse(data.bundle.takenAt)}>
          <OpenedBundle opened={data} onClose={close} />
        </FrozenNow>
      )}
    </div>
  );
}

function OpenedBundle({ opened, onClose }: { readonly opened: OpenBundle; readonly onClose: () => void }) {
  const { bundle, connections, fileName } = opened;
  const search = useSearch();
  const [shown, setShown] = useState(CARDS_AT_ONCE);
  const open = connections.find(({ view }) => view.id === search.get('open'));
  return (
    <div className="stack">
      <div className="notice tone-attention banner row bundle-banner" role="status">
        <span style={{ color: 'var(--tone)' }}>
          <Icon name="bang" />
        </span>
        <span className="spread">
          <b>Bundle of {new Date(bundle.takenAt).toLocaleString()}, read-only.</b> Nothing here is live; ages
          are those of that moment. From {fileName}, made by version {bundle.product.version}, judged by the
          rules of this page.
        </span>
        <Button variant="outlined" onClick={onClose}>
          Close the bundle
        </Button>
      </div>
      {connections.length === 0 && <p>There was no connection when it was taken.</p>}
      <div className="grid">
        {connections.slice(0, shown).map(({ view, bundled }) => (
          <BundleCard key={view.id} view={view} bundled={bundled} />
        ))}
      </div>
      {connections.length > shown && (
        <p>
          <Button variant="outlined" onClick={() => setShown(shown + CARDS_AT_ONCE)}>
            Show {Math.min(CARDS_AT_ONCE, connections.length - shown)} more of {connections.length}
          </Button>
        </p>
      )}
      <section className="panel stack">
        <h2>What was taken out of it</h2>
        <RedactionList redactions={bundle.redactions} />
      </section>
      {open !== undefined && (
        <BundleDrawer
          key={open.view.id}
          bundle={bundle}
          connection={open}
          tab={search.get('tab')}
          onClose={() => setSearch({ open: undefined, tab: undefined })}
        />
      )}
    </div>
  );
}
