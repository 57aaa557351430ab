import { lazy, memo, Suspense, useId, useState } from 'react';
import { IconButton } from '../../ui/Button.tsx';
import type { ConnectionSummary } from '../../../api/connection.ts';
import { Age } from '../../ui/Age.tsx';
import { PAUSED_STATES } from '../../../core/paused.ts';
import { useOperationOf } from '../../data/operations.ts';
import { Icon } from '../../ui/Icon.tsx';
import { SelectBox } from '../operation/SelectBox.tsx';
import { ActionBar } from './ActionBar.tsx';
import { ControllerTable } from './ControllerTable.tsx';
import { HealthChip } from './HealthChip.tsx';
import { PathDiagram } from './PathDiagram.tsx';
import { RootCause } from './RootCause.tsx';
import { isPending, subtitleParts } from './words.ts';
import './connection.css';

const CardMenu = lazy(async () => ({ default: (await import('./CardMenu.tsx')).CardMenu }));
const PausedNotice = lazy(async () => ({
  default: (await import('../kubeconfig/PausedNotice.tsx')).PausedNotice,
}));
const OperationPanel = lazy(async () => ({
  default: (await import('../operation/OperationPanel.tsx')).OperationPanel,
}));

/** A line breaks behind the point, never before it. */
const SEPARATOR = '\u00a0\u00a0·  ';

/** One connection: its path, what is wrong with it, its controllers, and what can be done. */
export const ConnectionCard = memo(function ConnectionCard({
  connection,
}: {
  readonly connection: ConnectionSummary;
}) {
  const titleId = useId();
  const [anchor, setAnchor] = useState<HTMLElement>();
  const operation = useOperationOf(connection.id);
  const { name, health, rootCause, origin, isStale, seenAt } = connection;
  const paused = PAUSED_STATES.find((state) => state === connection.lifecycle);
  // With nothing observed the three rows would say UNKNOWN three times; the cause says why instead.
  const isObserved = connection.controllers.some(({ state }) => state !== 'UNKNOWN');
  return (
    <article className="card" aria-labelledby={titleId}>
      <div className="card-body">
        <div className="card-head">
          <SelectBox place={connection} />
          <h2 id={titleId}>{name}</h2>
          {paused === undefined ? (
            <HealthChip health={health} isPending={isPending(connection)} />
          ) : (
            <span className="chip tone-unknown">{paused === 'maintenance' ? 'In maintenance' : paused}</span>
          )}
          {origin === 'sandbox' && <span className="chip tone-unknown">Sandbox</span>}
          <span className="spread" />
          <IconButton
            aria-label={`More about ${name}`}
            aria-haspopup="menu"
            onClick={(event) => setAnchor(event.currentTarget)}
          >
            <Icon name="more" />
          </IconButton>
          {anchor !== undefined && (
            <Suspense>
              <CardMenu connection={connection} anchor={anchor} onClose={() => setAnchor(undefined)} />
            </Suspense>
          )}
        </div>
        <p className="card-subtitle quiet small">
          {subtitleParts(connection).join(SEPARATOR)}
          {isStale && seenAt !== undefined && (
            <>
              {`${SEPARATOR}last good view `}
              <Age at={seenAt} suffix=" ago" />
            </>
          )}
          {isStale && seenAt === undefined && !isPending(connection) && `${SEPARATOR}never seen`}
        </p>
        {paused !== undefined && (
          <Suspense>
            <PausedNotice connection={connection} state={paused} />
          </Suspense>
        )}
        <PathDiagram hops={connection.hops} />
        {operation !== undefined && (
          <Suspense>
            <OperationPanel operation={operation} />
          </Suspense>
        )}
        {rootCause !== undefined && operation?.status !== 'running' && (
          <RootCause connection={connection} finding={rootCause} />
        )}
        {isObserved && <ControllerTable controllers={connection.controllers} />}
      </div>
      <ActionBar connection={connection} />
    </article>
  );
});
