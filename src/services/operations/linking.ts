import type { OperationRequest, SyntheticHop } from '../../api/operation.ts';
import { type Plan, StepFailure } from './plan.ts';
import type { OperationTarget } from './target.ts';
import { faultOf, waitForState } from './waiting.ts';

const CONNECT_TIMEOUT_MS = 30_000;
const MESSAGE_TIMEOUT_MS = 30_000;
const ASK_AGAIN_MS = 5_000;

/** What the database side does for an operation; given by the data services, absent where there is no database. */
export interface DataOperations {
  /** Sets the cache aside and starts a new one; intake pauses meanwhile. `note` tells each stage. */
  reset(signal: AbortSignal, note: (message: string) => void): Promise<void>;
  restore(copyId: string, signal: AbortSignal, note: (message: string) => void): Promise<void>;
  /** Removes the rows of one connection. @returns how many */
  flush(connectionId: string, signal: AbortSignal): Promise<number>;
  rows(connectionId: string): number;
  /** The guide's synthetic test; throws `StepFailure` naming the first hop that did not answer. */
  synthetic(
    connectionId: string,
    onHop: (hop: SyntheticHop) => void,
    signal: AbortSignal,
  ): Promise<{ totalMs: number }>;
}

/** The links of every connection, to be asked for a re-sync after a reset. */
export type AllTargets = () => readonly OperationTarget[];

/** Tears the link to the Broker down, builds it anew and asks for everything again. */
export function planReconnect(target: OperationTarget): Plan {
  return {
    title: 'Reconnect this server to the Broker',
    changes: [],
    warnings: [],
    refusal: target.api() === undefined ? `There is no way into ${target.name}.` : undefined,
    steps: [
      {
        title: 'Drop the link, resolve addresses and token anew, connect',
        run: async (context) => {
          // The Secret may hold a new token that the observer has not been told of yet.
          await target.refresh(context.signal);
          try {
            await target.link.reconnect(context.signal);
          } catch (error) {
            context.signal.throwIfAborted();
            for (const line of candidates(target)) context.detail(line);
            throw new StepFailure(
              `No way to the Broker answered: ${error instanceof Error ? error.message : String(error)}`,
              faultOf(target)?.cause ?? 'Look at the ways that were tried.',
              error,
            );
          }
          for (const line of candidates(target)) context.detail(line);
        },
      },
      {
        title: 'Ask MeshSync for everything again, and see it arrive',
        run: async (context) => {
          await resync(target, context.signal);
          await waitForState(target, 'broker', ['CONNECTED'], CONNECT_TIMEOUT_MS, context);
        },
      },
    ],
    outcome: () => {
      const { link } = target.evidence();
      return Promise.resolve({
        summary: `Connected to ${link.address ?? 'the Broker'} by way of ${link.chosen ?? 'an unknown way'}; data arrives.`,
      });
    },
  };
}

/** Asks MeshSync to send everything again. */
export function planResync(target: OperationTarget): Plan {
  return {
    title: 'Ask MeshSync for everything again',
    changes: [],
    warnings: [],
    refusal:
      target.evidence().link.state === 'connected'
        ? undefined
        : 'This server has no link to the Broker. Reconnect first.',
    steps: [{ title: 'Ask, and see messages arrive', run: (context) => resync(target, context.signal) }],
    outcome: () => Promise.resolve({ summary: 'MeshSync answered; the cache is being brought up to date.' }),
  };
}

/**
 * Asks MeshSync for everything and waits for messages. Asks again while there is none: one that only just started
 * may not listen yet, and a request is delivered at most once. Throws `StepFailure` after half a minute of silence.
 */
export async function resync(target: OperationTarget, signal: AbortSignal): Promise<void> {
  const before = target.evidence().link.messages;
  for (let waitedMs = 0; waitedMs < MESSAGE_TIMEOUT_MS; waitedMs += ASK_AGAIN_MS) {
    if (target.evidence().link.state === 'connected') target.link.resync();
    const answered = await target.waitFor(
      (_view, { link }) => link.state === 'connected' && link.messages > before,
      ASK_AGAIN_MS,
      signal,
    );
    if (answered) return;
  }
  throw new StepFailure(
    `MeshSync did not answer within ${MESSAGE_TIMEOUT_MS / 1000} s.`,
    faultOf(target)?.summary ?? 'See whether the MeshSync pod runs and is connected to the Broker.',
  );
}

function candidates(target: OperationTarget): string[] {
  return target
    .evidence()
    .link.candidates.map(
      (one) =>
        `${one.kind} ${one.address}: ${one.outcome}${one.failure === undefined ? '' : `, ${one.failure.message}`}`,
    );
}

/** Removes what the database holds of one cluster and asks for it again. */
export function planFlush(target: OperationTarget, data: DataOperations): Plan {
  return {
    title: 'Flush and re-sync the data of this connection',
    changes: [],
    warnings: [
      'The rows of this cluster are removed from the database and asked for again; the cluster itself is not touched.',
    ],
    // Flushing first and asking later leaves an empty cache when nobody answers (a fault of the existing software).
    refusal:
      target.evidence().link.state === 'connected'
        ? undefined
        : 'This server has no link to the Broker, so the rows would not come back. Reconnect first.',
    confirmName: target.name,
    steps: [
      {
        title: 'Remove the rows of this cluster',
        run: async (context) => context.note(`${await data.flush(target.id, context.signal)} rows removed`),
      },
      {
        title: 'Ask MeshSync for everything again, and see rows come back',
        run: async (context) => {
          await resync(target, context.signal);
          const back = await target.waitFor(
            () => data.rows(target.id) > 0,
            MESSAGE_TIMEOUT_MS,
            context.signal,
          );
          if (!back)
            throw new StepFailure(
              'Messages arrive, but no row is stored.',
              'Look at the Database page for what is rejected.',
            );
          context.note(`${data.rows(target.id)} rows so far`);
        },
      },
    ],
    outcome: () => Promise.resolve({ summary: `${data.rows(target.id)} rows are back, more may follow.` }),
  };
}

/** Reset and restore of the cache; connections, credentials, activity and settings are in another file and not touched. */
export function planDatabase(request: OperationRequest, data: DataOperations, targets: AllTargets): Plan {
  const isReset = request.kind === 'reset-database';
  return {
    title: isReset ? 'Reset the database' : 'Restore the database',
    changes: [],
    warnings: [
      isReset
        ? 'The present file is set aside (at most three are kept) and an empty one takes its place. Connections, credentials and activity stay.'
        : 'The present file is set aside and the chosen copy takes its place.',
    ],
    refusal: !isReset && request.copyId === undefined ? 'Name the copy to restore (copyId).' : undefined,
    confirmName: 'database',
    steps: [
      {
        title: isReset ? 'Set the file aside and begin a new one' : 'Put the copy in place',
        run: (context) =>
          isReset
            ? data.reset(context.signal, (message) => context.note(message))
            : data.restore(request.copyId ?? '', context.signal, (message) => context.note(message)),
      },
      {
        title: 'Ask every MeshSync for everything again',
        run: (context) => {
          for (const target of targets()) {
            if (target.evidence().link.state !== 'connected') {
              context.detail(`${target.name}: no link to its Broker now; it is asked when the link is back`);
              continue;
            }
            target.link.resync();
            context.detail(`${target.name}: asked`);
          }
          return Promise.resolve();
        },
      },
      {
        title: 'Rows come back',
        run: async (context) => {
          const asked = targets().filter((one) => one.evidence().link.state === 'connected');
          const results = await Promise.all(
            asked.map(async (one) => ({
              one,
              isBack: await one.waitFor(() => data.rows(one.id) > 0, MESSAGE_TIMEOUT_MS, context.signal),
            })),
          );
          for (const { one, isBack } of results)
            context.detail(`${one.name}: ${isBack ? `${data.rows(one.id)} rows` : 'no row yet'}`);
        },
      },
    ],
    outcome: () =>
      Promise.resolve({
        summary: `${targets().reduce((sum, one) => sum + data.rows(one.id), 0)} rows, more may follow.`,
      }),
  };
}

/** The guide's synthetic test: a change in the cluster is followed over every hop into the database. */
export function planSynthetic(target: OperationTarget, data: DataOperations): Plan {
  let total: number | undefined;
  return {
    title: 'Synthetic test',
    changes: [],
    warnings: ['A small ConfigMap is made in the cluster, changed once and removed.'],
    refusal: target.api() === undefined ? `There is no way into ${target.name}.` : undefined,
    steps: [
      {
        title: 'Make a change and follow it over every hop',
        run: async (context) => {
          ({ totalMs: total } = await data.synthetic(target.id, (hop) => context.hop(hop), context.signal));
        },
      },
    ],
    outcome: () =>
      Promise.resolve({
        summary: `A change in the cluster arrives in the database; all of it took ${Math.round(total ?? 0)} ms.`,
      }),
  };
}
