import type { RouteReply } from '../../api/route.ts';
import type { Routes } from '../../api/routes.ts';
import type { ConnectionSummary } from '../../api/connection.ts';

export type ConnectionList = RouteReply<Routes['connectionList']>;

/**
 * Gives `next` with every item that did not change replaced by the object shown before, and `previous` itself when
 * nothing changed at all. A card is drawn again only when its object is another one.
 */
export function keepUnchanged(previous: ConnectionList | undefined, next: ConnectionList): ConnectionList {
  if (previous === undefined || previous === next) return next;
  const known = new Map(previous.items.map((item) => [item.id, item]));
  const items = next.items.map((item) => {
    const before = known.get(item.id);
    return before !== undefined && isSame(before, item) ? before : item;
  });
  const isUnchanged =
    items.length === previous.items.length && items.every((item, index) => item === previous.items[index]);
  const counts = isSameCounts(previous.counts, next.counts) ? previous.counts : next.counts;
  return isUnchanged && counts === previous.counts ? previous : { ...next, items, counts };
}

/** `changedAt` covers what is judged; the counters and times beside it move on their own. */
function isSame(a: ConnectionSummary, b: ConnectionSummary): boolean {
  return (
    a.changedAt === b.changedAt &&
    a.messages === b.messages &&
    a.ratePerSecond === b.ratePerSecond &&
    a.lastMessageAt === b.lastMessageAt &&
    a.seenAt === b.seenAt &&
    a.nextTryAt === b.nextTryAt &&
    a.isStale === b.isStale &&
    a.health === b.health &&
    a.name === b.name &&
    a.findings === b.findings &&
    a.symptoms === b.symptoms &&
    a.rootCause?.code === b.rootCause?.code
  );
}

function isSameCounts(a: ConnectionList['counts'], b: ConnectionList['counts']): boolean {
  return (
    a.healthy === b.healthy &&
    a['needs-attention'] === b['needs-attention'] &&
    a.broken === b.broken &&
    a.changing === b.changing &&
    a.unknown === b.unknown
  );
}
