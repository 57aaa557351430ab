import useMediaQuery from '@mui/material/useMediaQuery';
import { memo, useEffect, useRef } from 'react';
import type { Resource } from '../../../api/resource.ts';
import { setSearch } from '../../navigation.ts';
import { Age } from '../../ui/Age.tsx';
import { objectWord } from './resource-search.ts';
import { useRowsInView } from './row-window.ts';

/** Heights of resources.css, in px. */
const ROW_PX = 40;
const ROW_NARROW_PX = 60;
/** Pages are asked for before the last row comes into sight. */
const AHEAD_ROWS = 100;

interface ResourceTableProps {
  readonly rows: readonly Resource[];
  /** How many there are, loaded or not. */
  readonly count: number;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly onMore: () => void;
  readonly openObject: string | null;
  /** They were read from the cluster just now, and are not in the database. */
  readonly isLive: boolean;
  /** Names of connections by id, where rows are of several. */
  readonly names: ReadonlyMap<string, string> | undefined;
}

/** Objects as rows; only those in sight are in the page, and further ones are read as one scrolls. */
export function ResourceTable({
  rows,
  count,
  hasMore,
  isLoadingMore,
  onMore,
  openObject,
  isLive,
  names,
}: ResourceTableProps) {
  const isNarrow = useMediaQuery('(max-width: 719.95px)', { noSsr: true });
  const body = useRef<HTMLDivElement>(null);
  const rowPx = isNarrow ? ROW_NARROW_PX : ROW_PX;
  const { start, end } = useRowsInView(body, count, rowPx);
  const isNear = hasMore && !isLoadingMore && end + AHEAD_ROWS > rows.length;
  useEffect(() => {
    if (isNear) onMore();
  }, [isNear, onMore]);
  const shown = Array.from({ length: end - start }, (_, index) => start + index);
  return (
    <div role="table" aria-label="Objects" aria-rowcount={count + 1} className="objects">
      <div role="rowgroup" className="objects-head">
        <div
          role="row"
          aria-rowindex={1}
          className={names === undefined ? 'objects-row' : 'objects-row has-connection'}
        >
          <span role="columnheader">Name</span>
          <span role="columnheader">Kind</span>
          <span role="columnheader">Namespace</span>
          <span role="columnheader">Created</span>
          <span role="columnheader">Last seen</span>
          {names !== undefined && (
            <span role="columnheader" className="objects-connection">
              Connection
            </span>
          )}
        </div>
      </div>
      <div ref={body} role="rowgroup" className="objects-body" style={{ height: count * rowPx }}>
        {shown.map((index) => {
          const row = rows[index];
          return row === undefined ? (
            <div
              key={`place ${index}`}
              role="row"
              aria-rowindex={index + 2}
              className="objects-row is-place"
              style={{ transform: `translateY(${index * rowPx}px)` }}
            >
              <span role="cell" className="skeleton">
                <span className="sr-only">Loading</span>
              </span>
            </div>
          ) : (
            <ObjectRow
              key={`${row.clusterUid} ${row.uid}`}
              row={row}
              index={index}
              topPx={index * rowPx}
              isLive={isLive}
              isOpen={openObject !== null && objectWord(row) === openObject}
              connection={names === undefined ? undefined : (names.get(row.connectionId ?? '') ?? '–')}
            />
          );
        })}
      </div>
    </div>
  );
}

interface ObjectRowProps {
  readonly row: Resource;
  readonly index: number;
  readonly topPx: number;
  readonly isLive: boolean;
  readonly isOpen: boolean;
  /** Undefined where all rows are of one. */
  readonly connection: string | undefined;
}

const ObjectRow = memo(function ObjectRow({ row, index, topPx, isLive, isOpen, connection }: ObjectRowProps) {
  const { name, kind, namespace, createdAt, lastSeenAt } = row;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={`objects-row${isOpen ? ' is-open' : ''}${connection === undefined ? '' : ' has-connection'}`}
      style={{ transform: `translateY(${topPx}px)` }}
    >
      <span role="cell" className="objects-name">
        <button type="button" onClick={() => setSearch({ object: objectWord(row) })}>
          {name}
        </button>
      </span>
      <span role="cell">{kind}</span>
      <span role="cell" className="quiet">
        {namespace === '' ? '–' : namespace}
      </span>
      <span role="cell" className="quiet">
        {createdAt !== undefined && <Age at={createdAt} />}
      </span>
      <span role="cell" className="quiet">
        {isLive ? 'live' : <Age at={lastSeenAt} />}
      </span>
      {connection !== undefined && (
        <span role="cell" className="quiet objects-connection">
          {connection}
        </span>
      )}
    </div>
  );
});
