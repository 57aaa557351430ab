import type { WayIn } from '../../api/connection.ts';
import type { DiscoveredContext } from '../ports.ts';

/**
 * The context to reach a cluster by: the one a person asked for and no other, else the one in use as long as there is
 * it, else the current one.
 */
export function chooseWay(
  ways: readonly DiscoveredContext[],
  inUse: DiscoveredContext | undefined,
): DiscoveredContext | undefined {
  const usable = ways.filter((way) => way.access !== undefined);
  const preferred = ways.find((way) => way.isPreferred);
  if (preferred !== undefined) return usable.find((way) => way === preferred);
  const same = usable.find((way) => inUse !== undefined && isSameWay(way, inUse));
  return same ?? usable.find((way) => way.isCurrent) ?? usable[0];
}

/** What a connection is called by the contexts that lead to it. */
export function nameByWays(ways: readonly DiscoveredContext[]): string {
  return (chooseWay(ways, undefined) ?? ways[0])?.context ?? '';
}

/** True when what is open may stay open: the same context, with the same credentials and server. */
export function isSameWayStill(
  next: DiscoveredContext | undefined,
  before: DiscoveredContext | undefined,
): boolean {
  return (
    next !== undefined &&
    before !== undefined &&
    isSameWay(next, before) &&
    next.credentialsMark === before.credentialsMark &&
    next.server === before.server
  );
}

export function waysInOf(ways: readonly DiscoveredContext[], inUse: DiscoveredContext | undefined): WayIn[] {
  return ways.map((way) => ({
    context: way.context,
    source: way.source,
    user: way.user,
    isInUse: way === inUse,
    isTlsVerified: way.isTlsVerified,
    ...(way.problem === undefined ? {} : { problem: way.problem }),
  }));
}

/** The ways in beside the one shown that skip the check of the certificate: any of them may be the next one used. */
export function uncheckedBeside(
  ways: readonly DiscoveredContext[],
  shown: DiscoveredContext | undefined,
): { uncheckedWays?: string[] } {
  const unchecked = ways.filter((way) => way !== shown && !way.isTlsVerified).map(({ context }) => context);
  return unchecked.length === 0 ? {} : { uncheckedWays: unchecked };
}

/** The proxy of a way in, as the evidence tells it. */
export function proxyOf(way: DiscoveredContext | undefined): { proxy?: string } {
  return way?.proxy === undefined ? {} : { proxy: way.proxy };
}

function isSameWay(a: DiscoveredContext, b: DiscoveredContext): boolean {
  return a.context === b.context && a.source === b.source;
}
