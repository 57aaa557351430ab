import type { ConnectionView } from '../../../src/api/connection.ts';
import type { OpenPage, ShownConnection } from './page.ts';
import { type Product, statesOf } from './product.ts';

/** Within what time of a change the product promises to show it. */
export const CHANGE_LIMIT_MS = 2_000;
/** The same for what is only noticed because nothing is heard any more: a dead API server, a frozen NATS. */
export const SILENCE_LIMIT_MS = 5_000;
/** For what is asked after again with growing pauses once it has come back: no more than the longest pause. */
export const RECOVERY_LIMIT_MS = 15_000;
/**
 * What is asserted is three times what is promised: the suite also runs on loaded two-core machines, and must tell a
 * product that does not notice from one that notices a little late. The time really taken is printed.
 */
const HEAD_ROOM = 3;

export interface Wanted {
  readonly operator?: string;
  readonly meshsync?: string;
  readonly broker?: string;
  readonly health?: ConnectionView['health'];
  /** Whatever else must hold in the reply. */
  readonly also?: (connection: ConnectionView) => boolean;
}

export interface Measure {
  /** Waits until both REST and the page tell what is wanted, counted from now. */
  until(what: string, wanted: Wanted, limitMs?: number): Promise<ConnectionView>;
  /** What was measured, one line each. */
  report(): string;
}

const HEALTH_WORDS: Readonly<Record<ConnectionView['health'], string>> = {
  healthy: 'Healthy',
  'needs-attention': 'Needs attention',
  broken: 'Broken',
  changing: 'Changing',
  unknown: 'Cannot be observed',
};

/** Watches one connection of a product through REST and through an open page. */
export function createMeasure(options: { product: Product; page: OpenPage; connectionId?: string }): Measure {
  const lines: string[] = [];
  return {
    async until(what, wanted, limitMs = CHANGE_LIMIT_MS) {
      const timeoutMs = limitMs * HEAD_ROOM;
      const [rest, pageMs] = await Promise.all([
        options.product.waitForConnection(`REST: ${what}`, (connection) => isWanted(connection, wanted), {
          timeoutMs,
          ...(options.connectionId === undefined ? {} : { id: options.connectionId }),
        }),
        options.page.waitFor(`page: ${what}`, (shown) => isShown(shown, wanted), timeoutMs),
      ]);
      lines.push(
        `${what.padEnd(58)} REST ${String(Math.round(rest.elapsedMs)).padStart(5)} ms, page ` +
          `${String(Math.round(pageMs)).padStart(5)} ms (promised ${limitMs} ms)`,
      );
      return rest.value;
    },
    report: () => lines.join('\n'),
  };
}

function isWanted(connection: ConnectionView, wanted: Wanted): boolean {
  const [operator, meshsync, broker] = statesOf(connection);
  return (
    (wanted.operator ?? operator) === operator &&
    (wanted.meshsync ?? meshsync) === meshsync &&
    (wanted.broker ?? broker) === broker &&
    (wanted.health ?? connection.health) === connection.health &&
    (wanted.also?.(connection) ?? true)
  );
}

function isShown(shown: ShownConnection, wanted: Wanted): boolean {
  // With nothing observed at all the page shows why instead of three times UNKNOWN.
  const state = (name: string) => shown.states[name] ?? 'UNKNOWN';
  return (
    (wanted.operator ?? state('Operator')) === state('Operator') &&
    (wanted.meshsync ?? state('MeshSync')) === state('MeshSync') &&
    (wanted.broker ?? state('Broker')) === state('Broker') &&
    (wanted.health === undefined || shown.health.includes(HEALTH_WORDS[wanted.health]))
  );
}

/** Everything as it should be, and data arriving. */
export const ALL_WELL: Wanted = {
  operator: 'DEPLOYED',
  meshsync: 'CONNECTED',
  broker: 'CONNECTED',
  health: 'healthy',
  also: ({ messages }) => messages > 0,
};
