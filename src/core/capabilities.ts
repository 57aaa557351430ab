import type { ConnectionSummary } from '../api/connection.ts';
import type { ControllerStateName } from '../api/diagnosis.ts';
import type { OperationKind } from '../api/operation.ts';
import type { Controller } from '../api/shapes.ts';
import { PAUSED_STATES, pausedRefusal } from './paused.ts';

/** Whether an action can be used now, and if not, the sentence that says why and what would change it. */
export type Capability =
  | { readonly isAllowed: true }
  | { readonly isAllowed: false; readonly reason: string };

/** What a decision needs of a connection. */
export type CapableConnection = Pick<
  ConnectionSummary,
  'name' | 'health' | 'hops' | 'controllers' | 'lifecycle'
>;

export interface Occupation {
  /** A request to start something here is on its way. */
  readonly isBusy: boolean;
  readonly isOperationRunning: boolean;
}

const ALLOWED: Capability = { isAllowed: true };

/**
 * Whether an operation makes sense on a connection as it is seen now. It decides what a button or a command offers; the
 * server decides again by what the cluster says at that moment, so this refuses only what is certain.
 *
 * The rules: one operation at a time (design, 7); what a person put aside is left alone (domain.md 2.6); nothing is changed blindly where the cluster cannot be seen (design, 5);
 * orphans and stuck finalizers exist only without an Operator (guide, fault 3).
 */
export function canRun(
  kind: OperationKind,
  connection: CapableConnection,
  occupation: Occupation,
): Capability {
  if (occupation.isBusy) return refuse('It is just being started.');
  if (occupation.isOperationRunning) {
    return refuse('Another operation runs here. Wait until it has ended, or cancel it.');
  }
  if (kind === 'reset-database' || kind === 'restore-database') return ALLOWED;
  const paused = canLook(connection);
  if (!paused.isAllowed) return paused;
  if (isUnreachable(connection)) {
    return refuse(`The API server of ${connection.name} does not answer, so nothing can be done there now.`);
  }
  const presence = presenceOf(connection);
  switch (kind) {
    case 'install':
      return connection.health === 'healthy' && presence.installed === 3
        ? refuse('Operator, MeshSync and Broker are installed and work. Redeploy starts them anew.')
        : ALLOWED;
    case 'adopt':
      // Also where nothing runs: a binding or a definition that somebody left may stand in the way of an installation.
      return ALLOWED;
    case 'redeploy':
      return presence.isNothing ? refuse('Nothing is installed here. Install it first.') : ALLOWED;
    case 'uninstall':
      if (presence.isNothing) return refuse('Nothing is installed here.');
      return presence.isUnknown
        ? refuse('What is installed cannot be observed now, so nothing is removed blindly.')
        : ALLOWED;
    case 'cleanup-orphans':
      if (presence.operator === 'present') {
        return refuse(
          'There is an Operator, so Broker and MeshSync are not orphans. Uninstall them instead.',
        );
      }
      return presence.isNothing ? refuse('There is no Broker or MeshSync without an Operator.') : ALLOWED;
    case 'release-finalizers':
      if (presence.operator === 'present') {
        return refuse('The Operator is there and finishes deletions itself.');
      }
      return presence.isNothing ? refuse('Nothing is stuck in deletion here.') : ALLOWED;
    case 'reconnect':
    case 'resync':
    case 'flush':
    case 'synthetic-test':
      return presence.broker === 'absent'
        ? refuse('There is no Broker here, so no data can arrive. Install it first.')
        : ALLOWED;
  }
}

/** Whether a cluster may be looked at, and its connectivity tested: not while a person has put it aside. */
export function canLook({ name, lifecycle }: Pick<CapableConnection, 'name' | 'lifecycle'>): Capability {
  const paused = PAUSED_STATES.find((state) => state === lifecycle);
  return paused === undefined ? ALLOWED : refuse(pausedRefusal(name, paused));
}

function refuse(reason: string): Capability {
  return { isAllowed: false, reason };
}

function isUnreachable({ hops, controllers }: CapableConnection): boolean {
  const kubernetes = hops.find(({ hop }) => hop === 'kubernetes');
  const isAnswering = kubernetes?.verdict === 'good' || kubernetes?.verdict === 'attention';
  return !isAnswering && controllers.every(({ state }) => state === 'UNKNOWN');
}

type Presence = 'present' | 'absent' | 'unknown';

function presenceOf({ controllers }: CapableConnection) {
  const of = (controller: Controller) =>
    presenceIn(controllers.find((one) => one.controller === controller)?.state ?? 'UNKNOWN');
  const all = { operator: of('operator'), meshsync: of('meshsync'), broker: of('broker') };
  const list = Object.values(all);
  return {
    ...all,
    installed: list.filter((one) => one === 'present').length,
    isNothing: list.every((one) => one === 'absent'),
    isUnknown: list.every((one) => one === 'unknown'),
  };
}

function presenceIn(state: ControllerStateName): Presence {
  switch (state) {
    case 'NOTDEPLOYED':
    case 'UNDEPLOYED':
      return 'absent';
    case 'UNKNOWN':
      return 'unknown';
    case 'DEPLOYED':
    case 'DEPLOYING':
    case 'ENABLED':
    case 'RUNNING':
    case 'CONNECTED':
      return 'present';
  }
}
