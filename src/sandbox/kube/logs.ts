import type { KubeObject } from '../../services/ports.ts';
import { listAt, stringAt, valueAt } from './json.ts';
import { badRequest } from './refusals.ts';

/** What the containers of the simulated controllers write. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  manager: [
    'INFO setup starting manager',
    'INFO Starting EventSource {"controller": "broker"}',
    'INFO Starting workers {"controller": "broker", "worker count": 1}',
    'INFO Reconciled Broker {"result": "ReconciliationSuccessful"}',
    'INFO Reconciled MeshSync {"result": "ReconciliationSuccessful"}',
  ],
  nats: [
    '[1] [INF] Starting nats-server',
    '[1] [INF]   Listening for client connections on 0.0.0.0:4222',
    '[1] [INF] Starting http monitor on 0.0.0.0:8222',
    '[1] [INF] Server is ready',
  ],
  meshsync: [
    'level=info msg="Starting MeshSync"',
    'level=info msg="Connected to broker"',
    'level=info msg="Informers synced"',
  ],
};

/** The log of a container, with what its program wrote besides. Throws 400 for a container that does not exist or has not started yet. */
export function logOf(
  pod: KubeObject,
  container: string | undefined,
  options: { tailLines?: number; isPrevious?: boolean; sinceSeconds?: number },
  journal: readonly string[] = [],
): string {
  const names = listAt(pod, 'spec', 'containers').map((entry) => stringAt(entry, 'name') ?? '');
  const name = container ?? names[0] ?? '';
  if (!names.includes(name)) throw badRequest(`container ${name} is not valid for pod ${pod.metadata.name}`);
  const status = listAt(pod, 'status', 'containerStatuses').find((entry) => stringAt(entry, 'name') === name);
  const waiting = stringAt(status, 'state', 'waiting', 'reason');
  const isCrashing = waiting === 'CrashLoopBackOff';
  if (waiting !== undefined && !isCrashing) {
    throw badRequest(`container "${name}" in pod "${pod.metadata.name}" is waiting to start: ${waiting}`);
  }
  if (options.isPrevious === true && valueAt(status, 'restartCount') === 0) {
    throw badRequest(`previous terminated container "${name}" in pod "${pod.metadata.name}" not found`);
  }
  const lines = isCrashing
    ? ['panic: the process ended with exit code 1']
    : [...(LINES[name] ?? [`${name} started`]), ...(name in LINES ? journal : [])];
  const tail = options.tailLines === undefined ? lines : lines.slice(-options.tailLines);
  return `${tail.join('\n')}\n`;
}
