import type { ConnectionSummary } from '../../../api/connection.ts';
import type { Event } from '../../../api/event.ts';
import { CONTROLLER_NAMES } from '../connection/words.ts';

const WITHOUT_POD: ReadonlySet<string> = new Set(['UNDEPLOYED', 'NOTDEPLOYED', 'ENABLED']);

/** `MeshSync is not running.`; empty while Broker and MeshSync run, or cannot be seen. */
export function stoppedWords({
  controllers,
  health,
}: Pick<ConnectionSummary, 'controllers' | 'health'>): string {
  if (health === 'unknown' || health === 'changing') return '';
  const names = controllers
    .filter(({ controller }) => controller !== 'operator')
    .filter(({ state, verdict }) => WITHOUT_POD.has(state) || (state === 'DEPLOYED' && verdict === 'broken'))
    .map(({ controller }) => CONTROLLER_NAMES[controller]);
  if (names.length === 0) return '';
  return `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} not running.`;
}

/** An event that tells of a Broker or MeshSync which stopped. */
export function isStop({ subject, severity, message, isRead }: Event): boolean {
  return (
    subject === 'controller' && severity === 'critical' && !isRead && /^(?:MeshSync|Broker) of /.test(message)
  );
}
