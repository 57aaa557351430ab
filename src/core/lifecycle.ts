import type { LifecycleState } from '../api/connection.ts';
import type { PausedState } from './paused.ts';

/**
 * Where a connection may go from each state: the transitions of the server’s state machine, of the connection’s
 * definition, and of the documentation, together. Source: domain.md 2.6.
 */
const TRANSITIONS: Readonly<Record<LifecycleState, readonly LifecycleState[]>> = {
  discovered: ['registered', 'not found', 'deleted'],
  registered: ['connected', 'ignored', 'maintenance', 'not found'],
  connected: ['disconnected', 'ignored', 'maintenance', 'not found', 'deleted'],
  disconnected: ['connected', 'deleted'],
  ignored: ['registered', 'deleted'],
  maintenance: ['registered', 'connected', 'ignored', 'not found'],
  deleted: [],
  'not found': ['discovered', 'deleted'],
};

/**
 * `not found` says that a probe failed: only the system can know that (meshery/meshery#21153). Whatever is not in the
 * table is illegal, except that the same state again is no move at all (meshery/meshery#20993).
 */
export function isAllowedMove(from: LifecycleState, to: LifecycleState, by: 'person' | 'system'): boolean {
  if (from === to) return true;
  return TRANSITIONS[from].includes(to) && (by === 'system' || to !== 'not found');
}

/** Where a person may move a connection from here, in the order of the table. */
export function movesOf(from: LifecycleState): LifecycleState[] {
  return TRANSITIONS[from].filter((to) => to !== 'not found');
}

/** What a connection that a person left alone is, by what was observed: the chain after an import. */
export function observedState(seen: {
  readonly hasWayIn: boolean;
  readonly api: 'seen' | 'pending' | 'failed';
  readonly wasEverSeen: boolean;
}): 'discovered' | 'registered' | 'connected' | 'not found' {
  if (seen.api === 'seen' || seen.wasEverSeen) return 'connected';
  if (!seen.hasWayIn) return 'discovered';
  return seen.api === 'pending' ? 'registered' : 'not found';
}

/** Why nothing is observed, for the card. */
export function pausedWords(state: PausedState): string {
  switch (state) {
    case 'disconnected':
      return 'Disconnected by you. Nothing of this cluster is observed until you reconnect.';
    case 'ignored':
      return 'Ignored by you. It stays so however often its kubeconfig is read.';
    case 'maintenance':
      return 'In maintenance. Nothing of this cluster is observed until you reconnect.';
  }
}

/** What a person can and cannot do with a connection that is not observed, for the card. */
export function pausedAbilities(state: PausedState): string {
  const kept =
    'Its credentials, what was stored of its cluster and its activity are kept and can be looked at';
  switch (state) {
    case 'disconnected':
      return `${kept}; its credentials can be replaced. What needs the cluster waits until you connect it again.`;
    case 'ignored':
      return `${kept}. It can be taken back or deleted; everything else waits until it is taken back.`;
    case 'maintenance':
      return `${kept}, and whatever you do in the cluster meanwhile is reported as no fault. What needs the cluster waits until you connect it again.`;
  }
}
