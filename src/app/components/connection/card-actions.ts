import type { QueryClient } from '@tanstack/react-query';
import type { ConnectionSummary } from '../../../api/connection.ts';
import type { OperationKind } from '../../../api/operation.ts';
import { canLook, canRun, type Capability, type Occupation } from '../../../core/capabilities.ts';
import { client } from '../../data/client.ts';
import { notify, notifyError } from '../../notify/notify.ts';
import { KIND_WORDS } from '../operation/operation-words.ts';
import { beginOperation, openCheck } from '../operation/work.ts';

export interface CardAction {
  readonly id: string;
  readonly label: string;
  /** Why it cannot be used now; shown in its place of use instead of hiding it. */
  readonly reason?: string | undefined;
  readonly run: (cache: QueryClient) => Promise<void> | void;
}

/** Under Redeploy, in the order of the life of an installation. */
const MENU_KINDS = [
  'install',
  'redeploy',
  'uninstall',
  'adopt',
  'cleanup-orphans',
  'release-finalizers',
  'resync',
  'flush',
] as const satisfies readonly OperationKind[];

/** What stands in the action bar of a connection, in its order; one line adds one. */
export function cardActions(connection: ConnectionSummary, occupation: Occupation): readonly CardAction[] {
  return [
    // Reads only, so it is there while an operation runs as well: just then one wants to know.
    {
      id: 'test',
      label: 'Test connectivity',
      reason: refusalOf(canLook(connection)),
      run: () => openCheck(connection),
    },
    operationAction('synthetic-test', connection, occupation),
    operationAction('reconnect', connection, occupation),
  ];
}

/** What is in the menu of the action bar. */
export function menuActions(connection: ConnectionSummary, occupation: Occupation): readonly CardAction[] {
  return MENU_KINDS.map((kind) => operationAction(kind, connection, occupation));
}

function operationAction(
  kind: OperationKind,
  connection: ConnectionSummary,
  occupation: Occupation,
): CardAction {
  const capability = canRun(kind, connection, occupation);
  const { label, isDirect } = KIND_WORDS[kind];
  return {
    id: kind,
    label: isDirect ? label : `${label}…`,
    reason: refusalOf(capability),
    run: (cache) => beginOperation(cache, kind, connection),
  };
}

export function refusalOf(capability: Capability): string | undefined {
  return capability.isAllowed ? undefined : capability.reason;
}

/** Looks at a connection again and says whether everything was seen. */
export async function refresh({ id, name }: ConnectionSummary, cache: QueryClient): Promise<void> {
  try {
    const reply = await client.call('connectionRefresh', { params: { connectionId: id } });
    await cache.refetchQueries({ type: 'active' });
    if (reply.isComplete) notify({ kind: 'done', message: `${name} was looked at again.` });
    else {
      notify({
        kind: 'problem',
        title: `${name} could not be looked at again in full.`,
        message: `Still waiting for ${reply.waitingFor.join(', ') || 'an answer'}.`,
        remedy: 'What is shown is the last good view, with its age.',
      });
    }
  } catch (error) {
    notifyError(`${name} could not be looked at again.`, error);
  }
}
