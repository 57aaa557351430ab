import type { ConnectionSummary } from '../api/connection.ts';
import { type CommandContext, EXIT, type ExitCode, UsageError } from './command.ts';

const PAGE_SIZE = 1000;
/** A cluster that answers is judged well within this; one that does not has then failed by its own limits. */
const SETTLE_MS = 12_000;
const POLL_MS = 150;
/** Where it shows that this process is just connecting. */
const LINKING_HOPS: readonly string[] = ['broker', 'server', 'database'];

/** Every connection, over as many pages as there are. */
export async function allConnections(context: CommandContext, name?: string): Promise<ConnectionSummary[]> {
  const items: ConnectionSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await context.client.call(
      'connectionList',
      { query: { limit: PAGE_SIZE, cursor, name } },
      { signal: context.signal },
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return items;
}

/**
 * Waits until every connection was looked at: right after the start nothing is known, and *unknown* would be told of
 * a healthy cluster. A server that has run for a while knows what it says, so nothing is waited for.
 */
export async function settledConnections(
  context: CommandContext,
  name?: string,
): Promise<ConnectionSummary[]> {
  let items = await allConnections(context, name);
  if (!items.some(isUnsettled)) return items;
  const { startedAt, now } = await context.client.call('serverView', {}, { signal: context.signal });
  const untilMs = SETTLE_MS - (Date.parse(now) - Date.parse(startedAt));
  context.progress(`Looking at ${items.length} connections …`);
  for (let waitedMs = 0; items.some(isUnsettled) && waitedMs < untilMs; waitedMs += POLL_MS) {
    await context.sleep(POLL_MS);
    items = await allConnections(context, name);
  }
  context.progress('');
  return items;
}

/** Nothing was seen yet and nothing was found wrong; or the link is still on its first way. A rollout may take long. */
function isUnsettled(one: ConnectionSummary): boolean {
  const isLinking = one.hops.some(({ hop, verdict }) => LINKING_HOPS.includes(hop) && verdict === 'changing');
  return (one.seenAt === undefined && one.rootCause === undefined) || isLinking;
}

/** The connection meant by a name, an id, or the beginning of one. Throws `UsageError` when none or several fit. */
export async function findConnection(context: CommandContext, wanted: string): Promise<ConnectionSummary> {
  const all = await allConnections(context);
  const exact = all.filter((one) => one.id === wanted || one.name === wanted);
  const fitting =
    exact.length > 0 ? exact : all.filter((one) => one.name.startsWith(wanted) || one.id.startsWith(wanted));
  const [first, second] = fitting;
  if (first === undefined) {
    throw new UsageError(
      `There is no connection “${wanted}”. There are: ${all.map((one) => one.name).join(', ') || 'none'}.`,
    );
  }
  if (second !== undefined)
    throw new UsageError(
      `“${wanted}” fits ${fitting.map((one) => `${one.name} (${one.id})`).join(', ')}. Give the id.`,
    );
  return first;
}

/** The worst of the connections decides. */
export function exitOf(items: readonly ConnectionSummary[]): ExitCode {
  if (
    items.some(
      (one) => one.health === 'broken' || one.health === 'needs-attention' || one.health === 'changing',
    )
  )
    return EXIT.findings;
  if (items.length === 0 || items.some((one) => one.health === 'unknown')) return EXIT.notObserved;
  return EXIT.healthy;
}
