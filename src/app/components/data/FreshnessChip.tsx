import type { Freshness } from '../../../api/resource.ts';

/** Messages that arrive and are not stored make nothing fresh. */
export function FreshnessChip({ freshness }: { readonly freshness: Freshness }) {
  const word = freshness.needsResync ? 'Incomplete' : freshness.isStale ? 'Stale' : 'Fresh';
  return <span className={`chip tone-${word === 'Fresh' ? 'good' : 'attention'}`}>{word}</span>;
}
