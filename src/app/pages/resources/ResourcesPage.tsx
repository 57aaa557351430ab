import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { countOf, countWords } from '../../components/data/amounts.ts';
import { RESOURCES_KEY, useResourceKinds, useResourcePages } from '../../components/data/data-queries.ts';
import { SearchInput } from '../../components/data/SearchInput.tsx';
import '../../components/data/data.css';
import { useConnections } from '../../data/queries.ts';
import { setSearch, useSearch } from '../../navigation.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { PageTitle } from '../../ui/PageTitle.tsx';
import { StaleBanner } from '../../ui/StaleBanner.tsx';
import { FilterSelect } from '../activity/FilterSelect.tsx';
import { FacetList } from './FacetList.tsx';
import { facetsOf } from './facets.ts';
import { objectOf, objectWord, toggled, wordsIn } from './resource-search.ts';
import { ResourceNotice } from './ResourceNotice.tsx';
import { ResourceTable } from './ResourceTable.tsx';
import './resources.css';

const ResourceDrawer = lazy(async () => ({
  default: (await import('./ResourceDrawer.tsx')).ResourceDrawer,
}));
const ConnectionData = lazy(async () => ({
  default: (await import('./ConnectionData.tsx')).ConnectionData,
}));

/** What the database holds of the clusters, as MeshSync sent it. */
export function ResourcesPage() {
  const cache = useQueryClient();
  const search = useSearch();
  const connectionId = search.get('connection') ?? undefined;
  const kinds = wordsIn(search.get('kinds'));
  const namespaces = wordsIn(search.get('namespaces'));
  const words = search.get('q') ?? '';
  const object = objectOf(search.get('object'));
  const { data: connections } = useConnections('');
  const { data: counts } = useResourceKinds(connectionId);
  const list = useResourcePages({
    connectionId,
    kinds: kinds.join(',') || undefined,
    namespaces: namespaces.join(',') || undefined,
    search: words || undefined,
  });
  const { data, error, dataUpdatedAt, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const first = data?.pages[0];
  const facets = useMemo(
    () => facetsOf(counts?.kinds ?? [], wordsIn(search.get('kinds')), wordsIn(search.get('namespaces'))),
    [counts, search],
  );
  const isFiltered = kinds.length > 0 || namespaces.length > 0 || words !== '';
  const all = connections?.items ?? [];
  const names = useMemo(
    () => new Map((connections?.items ?? []).map(({ id, name }) => [id, name])),
    [connections],
  );
  // One connection needs no choosing.
  const chosen = all.length === 1 ? all[0] : all.find(({ id }) => id === connectionId);
  const count = hasNextPage ? Math.max(first?.total ?? 0, rows.length + 1) : rows.length;
  return (
    <div className="page">
      <div className="page-head">
        <PageTitle>Resources</PageTitle>
        {first !== undefined && <Total page={first} rows={rows.length} hasMore={hasNextPage} />}
        {(data?.pages.length ?? 0) > 1 && (
          <Button
            variant="outlined"
            onClick={() => {
              window.scrollTo(0, 0);
              void cache.resetQueries({ queryKey: RESOURCES_KEY, type: 'active' });
            }}
          >
            Read anew
          </Button>
        )}
        <div className="data-tools">
          <FilterSelect
            label="Connection"
            value={connectionId}
            options={all.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(value) =>
              setSearch({ connection: value, kinds: undefined, namespaces: undefined, object: undefined })
            }
          />
          <SearchInput value={words} label="Search names and labels" placeholder="Search names and labels…" />
        </div>
      </div>
      <div className="stack">
        {data !== undefined && error !== null && (
          <StaleBanner error={error} receivedMs={dataUpdatedAt} onRetry={() => void refetch()} />
        )}
        {first !== undefined && (
          <ResourceNotice page={first} connectionId={connectionId ?? first.items[0]?.connectionId} />
        )}
        {chosen !== undefined && (
          <Suspense>
            <ConnectionData key={chosen.id} connection={chosen} />
          </Suspense>
        )}
        {data === undefined && error !== null && (
          <ErrorState what="The objects could not be read." error={error} onRetry={() => void refetch()} />
        )}
        {data === undefined && error === null && <ListSkeleton label="Loading the objects" />}
        {data !== undefined && (
          <div className={facets.kinds.length === 0 ? 'objects-page is-plain' : 'objects-page'}>
            <div className="facets">
              <FacetList
                title="Kinds"
                facets={facets.kinds}
                chosen={kinds}
                onToggle={(kind) => setSearch({ kinds: toggled(kinds, kind) }, 'replace')}
              />
              <FacetList
                title="Namespaces"
                facets={facets.namespaces}
                chosen={namespaces}
                onToggle={(one) => setSearch({ namespaces: toggled(namespaces, one) }, 'replace')}
              />
            </div>
            {rows.length === 0 ? (
              <div className="panel stack">
                <p>
                  {isFiltered
                    ? 'Nothing matches these filters.'
                    : 'There is nothing to show yet. Objects appear here as MeshSync sends them.'}
                </p>
                {isFiltered && (
                  <div className="row">
                    <Button
                      variant="outlined"
                      onClick={() => setSearch({ kinds: undefined, namespaces: undefined, q: undefined })}
                    >
                      Show everything
                    </Button>
                  </div>
                )}
              </div>
            ) : (
              <ResourceTable
                rows={rows}
                count={count}
                hasMore={hasNextPage}
                isLoadingMore={isFetchingNextPage || error !== null}
                onMore={fetchNextPage}
                openObject={search.get('object')}
                isLive={first?.source === 'live'}
                names={chosen === undefined && names.size > 1 ? names : undefined}
              />
            )}
          </div>
        )}
      </div>
      <Suspense>
        {object !== undefined && (
          <ResourceDrawer
            key={objectWord(object)}
            object={object}
            names={names}
            onOpen={(other) => setSearch({ object: objectWord(other) })}
            onClose={() => setSearch({ object: undefined })}
          />
        )}
      </Suspense>
    </div>
  );
}

interface TotalProps {
  readonly page: { readonly total?: number | undefined; readonly source: 'database' | 'live' };
  readonly rows: number;
  readonly hasMore: boolean;
}

function Total({ page, rows, hasMore }: TotalProps) {
  return (
    <span className="quiet" role="status">
      {page.source === 'live' && rows > 0
        ? `${countOf(rows, 'object')}, read live`
        : hasMore && page.total === undefined
          ? `more than ${countWords(rows)} objects`
          : countOf(hasMore ? (page.total ?? rows) : rows, 'object')}
    </span>
  );
}
