import type { Link } from '../../api/evidence.ts';

const SHORTEST_SECONDS = 120;
const LONGEST_SECONDS = 3600;
/** For a cluster that was not listened to for as long as this, nobody knows which pause is usual. */
const UNKNOWN_SECONDS = 600;
/** So many times the longest usual pause without a change are no chance any more. */
const PAUSES = 3;

/** What the rule asks of a link: what was heard over it, and what is not heard now. */
export type Heard = Pick<Link, 'heardForSeconds' | 'longestGapSeconds' | 'lastMessageAt' | 'quietForSeconds'>;

/**
 * The silence, in seconds, after which data counts as stale: three times the longest pause that is usual for this
 * cluster, at least two minutes and at most an hour. Ten minutes for a cluster that was not listened to for that long
 * yet. By the longest pause and not by the mean: a cluster that changes in bursts is quiet between them.
 */
export function staleAfterSeconds({ heardForSeconds = 0, longestGapSeconds }: Heard): number {
  if (longestGapSeconds === undefined || heardForSeconds < UNKNOWN_SECONDS) return UNKNOWN_SECONDS;
  return Math.min(LONGEST_SECONDS, Math.max(SHORTEST_SECONDS, PAUSES * longestGapSeconds));
}

/**
 * For how long MeshSync has told of no change while this server listened, seconds: what an answer to a question of
 * ours brings is no sign that it notices changes. Infinite where nothing was ever heard. `nowMs` counts for evidence
 * that tells only of the last message.
 */
export function quietSeconds({ lastMessageAt, quietForSeconds }: Heard, nowMs: number): number {
  if (quietForSeconds !== undefined) return quietForSeconds;
  return lastMessageAt === undefined
    ? Number.POSITIVE_INFINITY
    : Math.max(0, (nowMs - Date.parse(lastMessageAt)) / 1000);
}

/** The one rule of stale data, for the verdict and for the freshness that is shown. */
export function isStale(heard: Heard, nowMs: number): boolean {
  return quietSeconds(heard, nowMs) > staleAfterSeconds(heard);
}
