/** States a person put a connection in: nothing of its cluster is observed there. */
export const PAUSED_STATES = ['disconnected', 'ignored', 'maintenance'] as const;
export type PausedState = (typeof PAUSED_STATES)[number];

/** Why nothing can be done with the cluster of such a connection, and what to press. */
export function pausedRefusal(name: string, state: PausedState): string {
  const words = { disconnected: 'disconnected', ignored: 'ignored', maintenance: 'in maintenance' }[state];
  return `${name} is ${words}, so its cluster is left alone. Choose “Connect again” first.`;
}
