import type { Freshness } from '../../../api/resource.ts';
import type { Tone } from '../../theme/tokens.ts';

type Told = Pick<Freshness, 'needsResync' | 'isStale' | 'rows' | 'lastMessageAt'>;

/** Messages that arrive and are not stored make nothing fresh, and neither does that none ever came. */
export function FreshnessChip({ freshness }: { readonly freshness: Told }) {
  const { word, tone } = lookOf(freshness);
  return <span className={`chip tone-${tone}`}>{word}</span>;
}

function lookOf({ needsResync, isStale, rows, lastMessageAt }: Told): { word: string; tone: Tone } {
  if (needsResync) return { word: 'Incomplete', tone: 'attention' };
  if (isStale) return { word: 'Stale', tone: 'attention' };
  if (rows === 0 && lastMessageAt === undefined) return { word: 'Nothing stored yet', tone: 'unknown' };
  return { word: 'Fresh', tone: 'good' };
}
