import { memo, useCallback, useMemo, useRef, useState } from 'react';
import useMediaQuery from '@mui/material/useMediaQuery';
import type { ConnectionSummary } from '../../../api/connection.ts';
import { ConnectionCard } from '../../components/connection/ConnectionCard.tsx';
import { HealthChip } from '../../components/connection/HealthChip.tsx';
import { PathMarks } from '../../components/connection/PathDiagram.tsx';
import { SelectBox } from '../../components/operation/SelectBox.tsx';
import { HEALTH_LOOK, isPending } from '../../components/connection/words.ts';
import { Icon } from '../../ui/Icon.tsx';
import type { Group } from './ordering.ts';
import type { Placed } from './use-order.ts';
import { useRowWindow } from './use-row-window.ts';
import { offsetsOf } from './windowing.ts';

/** Heights of rows.css, in px. */
const ROW_PX = 52;
const ROW_NARROW_PX = 84;
const GROUP_PX = 44;
/** A card’s height until it has been measured. */
const CARD_PX = 420;

type Row =
  | { readonly kind: 'group'; readonly key: string; readonly group: Group; readonly size: number }
  | {
      readonly kind: 'row';
      readonly key: string;
      readonly connection: ConnectionSummary;
      readonly isOpen: boolean;
    };

/** Many connections as compact rows, grouped by health; only those in sight are in the page. A row opens to its card. */
export function ConnectionRows({ placed }: { readonly placed: readonly Placed[] }) {
  const isNarrow = useMediaQuery('(max-width: 719.95px)', { noSsr: true });
  const [openIds, setOpenIds] = useState<ReadonlySet<string>>(new Set());
  const [measured, setMeasured] = useState<ReadonlyMap<string, number>>(new Map());
  const list = useRef<HTMLUListElement>(null);

  const toggle = useCallback((id: string) => {
    setOpenIds((before) =>
      before.has(id) ? new Set([...before].filter((one) => one !== id)) : new Set([...before, id]),
    );
  }, []);
  const onMeasure = useCallback((id: string, heightPx: number) => {
    setMeasured((before) => (before.get(id) === heightPx ? before : new Map(before).set(id, heightPx)));
  }, []);

  const rows = useMemo(() => rowsOf(placed, openIds), [placed, openIds]);
  const rowPx = isNarrow ? ROW_NARROW_PX : ROW_PX;
  const heights = rows.map((row) => {
    if (row.kind === 'group') return GROUP_PX;
    return row.isOpen ? rowPx + (measured.get(row.connection.id) ?? CARD_PX) : rowPx;
  });
  // Compared as text: a poll that moves no row must not move the window either.
  const heightsKey = heights.join();
  const offsets = useMemo(
    () => offsetsOf(heightsKey === '' ? [] : heightsKey.split(',').map(Number)),
    [heightsKey],
  );
  const { start, end } = useRowWindow(list, offsets);

  return (
    <ul ref={list} className="rows" style={{ height: offsets.at(-1) ?? 0 }}>
      {rows.slice(start, end).map((row, index) => (
        <li
          key={row.key}
          className="rows-item"
          style={{ transform: `translateY(${offsets[start + index] ?? 0}px)` }}
          aria-setsize={rows.length}
          aria-posinset={start + index + 1}
        >
          {row.kind === 'group' ? (
            <h2 className="rows-group">
              {row.group === 'pending' ? 'Not looked at yet' : HEALTH_LOOK[row.group].word}{' '}
              <span className="quiet">{row.size}</span>
            </h2>
          ) : (
            <CompactRow
              connection={row.connection}
              isOpen={row.isOpen}
              onToggle={toggle}
              onMeasure={onMeasure}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

interface CompactRowProps {
  readonly connection: ConnectionSummary;
  readonly isOpen: boolean;
  readonly onToggle: (id: string) => void;
  readonly onMeasure: (id: string, heightPx: number) => void;
}

const CompactRow = memo(function CompactRow({ connection, isOpen, onToggle, onMeasure }: CompactRowProps) {
  const { id, name, health, hops, rootCause, server } = connection;
  const watch = useCallback(
    (element: HTMLDivElement | null) => {
      if (element === null) return;
      const observer = new ResizeObserver(() => onMeasure(id, element.offsetHeight));
      observer.observe(element);
      return () => observer.disconnect();
    },
    [id, onMeasure],
  );
  return (
    <>
      <div className="compact-line">
        <SelectBox place={connection} />
        <button type="button" className="compact" aria-expanded={isOpen} onClick={() => onToggle(id)}>
          <span className="compact-name">{name}</span>
          <span className="compact-health">
            <HealthChip health={health} isPending={isPending(connection)} />
          </span>
          <PathMarks hops={hops} />
          <span className="compact-cause quiet small">{rootCause?.summary ?? server}</span>
          <span className={isOpen ? 'compact-open is-open' : 'compact-open'}>
            <Icon name="down" size={16} />
          </span>
        </button>
      </div>
      {isOpen && (
        <div ref={watch} className="compact-card">
          <ConnectionCard connection={connection} />
        </div>
      )}
    </>
  );
});

function rowsOf(placed: readonly Placed[], openIds: ReadonlySet<string>): readonly Row[] {
  const groups = new Map<Group, ConnectionSummary[]>();
  for (const { place, connection } of placed) {
    const group = groups.get(place.group);
    if (group === undefined) groups.set(place.group, [connection]);
    else group.push(connection);
  }
  return [...groups].flatMap(([group, connections]): readonly Row[] => [
    { kind: 'group', key: `group ${group}`, group, size: connections.length },
    ...connections.map((connection): Row => ({
      kind: 'row',
      key: connection.id,
      connection,
      isOpen: openIds.has(connection.id),
    })),
  ]);
}
