import Drawer from '@mui/material/Drawer';
import type { Resource } from '../../../api/resource.ts';
import { type ResourceKey, useResource } from '../../components/data/data-queries.ts';
import { CopyText } from '../../components/data/CopyText.tsx';
import { paths } from '../../paths.ts';
import { Age } from '../../ui/Age.tsx';
import { IconButton } from '../../ui/Button.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Link } from '../../ui/Link.tsx';
import { ListSkeleton } from '../../ui/ListSkeleton.tsx';
import { StaleBanner } from '../../ui/StaleBanner.tsx';

interface ResourceDrawerProps {
  readonly object: ResourceKey;
  /** Names of connections by id. */
  readonly names: ReadonlyMap<string, string>;
  readonly onOpen: (object: ResourceKey) => void;
  readonly onClose: () => void;
}

/** One object: what it is, who owns it, when it was seen, and its YAML. */
export function ResourceDrawer({ object, names, onOpen, onClose }: ResourceDrawerProps) {
  const { data, error, dataUpdatedAt, refetch } = useResource(object);
  const title = `${object.kind} ${object.name}`;
  return (
    <Drawer
      open
      anchor="right"
      onClose={onClose}
      slotProps={{
        paper: { className: 'object-drawer', role: 'dialog', 'aria-modal': true, 'aria-label': title },
      }}
    >
      <div className="object-drawer-head">
        <h2>
          <span className="quiet">{object.kind}</span> {object.name}
        </h2>
        <span className="spread" />
        <IconButton aria-label="Close" onClick={onClose}>
          <Icon name="cross" />
        </IconButton>
      </div>
      <div className="object-drawer-body stack">
        {data !== undefined && error !== null && (
          <StaleBanner error={error} receivedMs={dataUpdatedAt} onRetry={() => void refetch()} />
        )}
        {data === undefined && error !== null && (
          <ErrorState what="The object could not be read." error={error} onRetry={() => void refetch()} />
        )}
        {data === undefined && error === null && <ListSkeleton label="Loading the object" />}
        {data !== undefined && (
          <>
            <ObjectFacts resource={data} source={data.source} names={names} onOpen={onOpen} />
            <Words title="Labels" words={data.labels} none="It has no labels." />
            {Object.keys(data.annotations).length > 0 && (
              <details>
                <summary>Annotations ({Object.keys(data.annotations).length})</summary>
                <Words title="Annotations" words={data.annotations} none="" />
              </details>
            )}
            <CopyText title="YAML" text={data.yaml} />
          </>
        )}
      </div>
    </Drawer>
  );
}

interface ObjectFactsProps {
  readonly resource: Resource;
  readonly source: 'database' | 'live';
  readonly names: ReadonlyMap<string, string>;
  readonly onOpen: (object: ResourceKey) => void;
}

function ObjectFacts({ resource, source, names, onOpen }: ObjectFactsProps) {
  const { clusterUid, apiVersion, namespace, owners, createdAt, firstSeenAt, lastSeenAt, connectionId } =
    resource;
  return (
    <dl className="facts-list">
      <dt>API version</dt>
      <dd>{apiVersion}</dd>
      <dt>Namespace</dt>
      <dd>{namespace === '' ? 'none, it belongs to the whole cluster' : namespace}</dd>
      {connectionId !== undefined && (
        <>
          <dt>Connection</dt>
          <dd>
            <Link href={paths.settings({ open: connectionId })}>
              {names.get(connectionId) ?? connectionId}
            </Link>
          </dd>
        </>
      )}
      {owners.length > 0 && (
        <>
          <dt>Owned by</dt>
          <dd>
            {owners.map((owner) => (
              <button
                key={owner.uid}
                type="button"
                className="as-link"
                onClick={() =>
                  onOpen({
                    clusterUid,
                    apiVersion: owner.apiVersion,
                    kind: owner.kind,
                    // An owner is in the same namespace, or, as nodes are, in none.
                    namespace: owner.kind === 'Node' ? '' : namespace,
                    name: owner.name,
                  })
                }
              >
                {owner.kind} {owner.name}
              </button>
            ))}
          </dd>
        </>
      )}
      {createdAt !== undefined && (
        <>
          <dt>Created</dt>
          <dd>
            <Age at={createdAt} suffix=" ago" />
          </dd>
        </>
      )}
      {source === 'live' ? (
        <>
          <dt>Seen</dt>
          <dd>read live from the cluster just now; the database does not hold it</dd>
        </>
      ) : (
        <>
          <dt>First seen</dt>
          <dd>
            <Age at={firstSeenAt} suffix=" ago" />
          </dd>
          <dt>Last seen</dt>
          <dd>
            <Age at={lastSeenAt} suffix=" ago" />
          </dd>
        </>
      )}
    </dl>
  );
}

interface WordsProps {
  readonly title: string;
  readonly words: Readonly<Record<string, string>>;
  readonly none: string;
}

function Words({ title, words, none }: WordsProps) {
  const entries = Object.entries(words);
  if (entries.length === 0) return <p className="quiet small">{none}</p>;
  return (
    <ul className="labels" aria-label={title}>
      {entries.map(([key, value]) => (
        <li key={key}>
          {key}
          {value !== '' && <b>={value}</b>}
        </li>
      ))}
    </ul>
  );
}
