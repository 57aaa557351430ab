import type { DiscoveredContext } from '../ports.ts';

/** What a later discovery found different, by the names of contexts. */
export interface DiscoveryChange {
  readonly added: string[];
  readonly changed: string[];
  readonly removed: string[];
}

/**
 * Contexts with one key lead to one cluster. A context that cannot be used has no cluster to share, so it stands for
 * itself: two broken ones would else be one for the empty address they have in common.
 */
export function keyOf(context: DiscoveredContext): string {
  // An uploaded one was judged when it was added: it keeps its connection when its key is lost.
  const isUsable = context.access !== undefined || context.origin === 'uploaded';
  const leadsSomewhere = isUsable && context.server !== '';
  return leadsSomewhere ? context.fingerprint : `${context.fingerprint} ${placeOf(context)}`;
}

function placeOf(context: DiscoveredContext): string {
  return `${context.source} ${context.context}`;
}

export function compareContexts(
  before: readonly DiscoveredContext[],
  after: readonly DiscoveredContext[],
): DiscoveryChange {
  const old = new Map(before.map((context) => [placeOf(context), context]));
  const now = new Set(after.map(placeOf));
  return {
    added: after.filter((context) => !old.has(placeOf(context))).map((context) => context.context),
    changed: after
      .filter((context) => {
        const was = old.get(placeOf(context));
        return was !== undefined && markOf(was) !== markOf(context);
      })
      .map((context) => context.context),
    removed: before.filter((context) => !now.has(placeOf(context))).map((context) => context.context),
  };
}

function markOf(context: DiscoveredContext): string {
  const {
    fingerprint,
    credentialsMark,
    server,
    user,
    cluster,
    isCurrent,
    isTlsVerified,
    isPreferred,
    problem,
  } = context;
  return JSON.stringify([
    fingerprint,
    credentialsMark,
    server,
    user,
    cluster,
    isCurrent,
    isTlsVerified,
    isPreferred,
    problem?.message,
  ]);
}
