const SHORTEST_SECONDS = 300;
const LONGEST_SECONDS = 3600;
/** So many usual gaps without a message are no chance any more. */
const GAPS = 20;

/**
 * The silence, in seconds, after which data counts as stale: twenty times the usual gap between two messages of this
 * cluster, at least five minutes and at most an hour. A busy cluster is noticed early, a quiet one is left in peace.
 *
 * @param messages how many arrived during `observedSeconds`
 */
export function staleAfterSeconds(messages: number, observedSeconds: number): number {
  if (messages <= 0 || observedSeconds <= 0) return LONGEST_SECONDS;
  return Math.round(
    Math.min(LONGEST_SECONDS, Math.max(SHORTEST_SECONDS, (GAPS * observedSeconds) / messages)),
  );
}
