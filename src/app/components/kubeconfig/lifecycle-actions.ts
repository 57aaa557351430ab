import type { ConnectionSummary, LifecycleState } from '../../../api/connection.ts';
import { movesOf } from '../../../core/lifecycle.ts';
import { client } from '../../data/client.ts';
import { notify } from '../../notify/notify.ts';

export interface LifecycleAction {
  readonly id: 'connect' | 'disconnect' | 'ignore' | 'maintain' | 'delete';
  readonly label: string;
  readonly to: LifecycleState;
  /** Why it cannot be used now. */
  readonly reason?: string | undefined;
}

/** What can be done about a connection as a whole, in the order of its menu. Source: domain.md 2.6. */
export function lifecycleActions({ name, lifecycle }: ConnectionSummary): readonly LifecycleAction[] {
  if (lifecycle === undefined) return [];
  const allowed = movesOf(lifecycle);
  const back = (['connected', 'registered', 'discovered'] as const).find((to) => allowed.includes(to));
  const offer = (action: Omit<LifecycleAction, 'reason'>): LifecycleAction => ({
    ...action,
    reason: allowed.includes(action.to)
      ? undefined
      : action.id === 'connect'
        ? `${name} has not been put aside.`
        : `${name} is ${lifecycle}: from there it may only become ${allowed.join(' or ')}.`,
  });
  return [
    offer({ id: 'connect', label: 'Connect again', to: back ?? 'connected' }),
    offer({ id: 'disconnect', label: 'Disconnect…', to: 'disconnected' }),
    offer({ id: 'ignore', label: 'Ignore', to: 'ignored' }),
    offer({ id: 'maintain', label: 'Put into maintenance', to: 'maintenance' }),
    offer({ id: 'delete', label: 'Delete…', to: 'deleted' }),
  ];
}

/** Moves a connection, and says what came of it. Throws `ClientError`. */
export async function moveConnection(
  { id, name }: ConnectionSummary,
  to: LifecycleState,
  options: { operator: 'keep' | 'uninstall'; confirm?: string | undefined } = { operator: 'keep' },
): Promise<void> {
  const { operator, confirm } = options;
  const reply = await client.call('connectionTransition', {
    params: { connectionId: id },
    body: { to, operator, ...(confirm === undefined ? {} : { confirm }) },
  });
  const message =
    reply.operationId === undefined
      ? `${name} is ${reply.lifecycle === 'maintenance' ? 'in maintenance' : reply.lifecycle} now.`
      : `The Operator of ${name} is being uninstalled; it is ${to} when that has succeeded.`;
  notify({ kind: 'done', message });
}
