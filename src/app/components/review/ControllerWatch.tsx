import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Event } from '../../../api/event.ts';
import { client } from '../../data/client.ts';
import { UNREAD } from '../../header/unread.ts';
import { notify } from '../../notify/notify.ts';
import { paths } from '../../paths.ts';
import { isStop } from './stopped.ts';

/**
 * Elsewhere than on the page of the connections, where the card itself says it: when a Broker or MeshSync stops, a
 * notice asks to review what can be done. Reads what the bell has asked for, and asks for nothing itself.
 */
export function ControllerWatch() {
  const { data } = useQuery({
    queryKey: ['eventList', UNREAD],
    queryFn: ({ signal }) => client.call('eventList', { query: UNREAD }, { signal }),
    enabled: false,
  });
  const told = useRef<ReadonlySet<string>>(undefined);
  useEffect(() => {
    if (data === undefined) return;
    const stops = data.items.filter(isStop);
    const before = told.current;
    told.current = new Set(stops.map(({ id }) => id));
    // What had stopped before the page was opened is in the bell, and on the cards.
    if (before === undefined || window.location.pathname === paths.settings()) return;
    for (const stop of newestByConnection(stops.filter(({ id }) => !before.has(id)))) prompt(stop);
  }, [data]);
  return null;
}

/** MeshSync and Broker often stop together; one notice for a connection is enough. */
function newestByConnection(stops: readonly Event[]): readonly Event[] {
  const seen = new Set<string | undefined>();
  return stops.filter(({ connectionId }) => {
    if (seen.has(connectionId)) return false;
    seen.add(connectionId);
    return true;
  });
}

function prompt({ connectionId, message, detail }: Event): void {
  notify({
    kind: 'problem',
    title: message,
    message: detail ?? 'No data comes from there while it is like that.',
    remedy: 'Review what can be done about it.',
    ...(connectionId === undefined
      ? {}
      : {
          link: { label: 'Review the available operations', href: paths.settings({ review: connectionId }) },
        }),
  });
}
