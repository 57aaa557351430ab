import { ApiError } from '../../api/errors.ts';
import type { OperationRequest } from '../../api/operation.ts';
import { planInstallation } from './installing.ts';
import {
  type AllTargets,
  type DataOperations,
  planDatabase,
  planFlush,
  planReconnect,
  planResync,
  planSynthetic,
} from './linking.ts';
import type { Plan } from './plan.ts';
import { planFinalizerRelease } from './releasing.ts';
import { planRemoval } from './removing.ts';
import type { OperationTarget } from './target.ts';

/** How long a cluster that was only just found may take to be looked at. */
const FIRST_LOOK_MS = 10_000;

/** Planned from what is on the cluster, which must therefore be known as it is now. */
const CLUSTER_KINDS: ReadonlySet<OperationRequest['kind']> = new Set([
  'install',
  'redeploy',
  'adopt',
  'uninstall',
  'cleanup-orphans',
  'release-finalizers',
]);

async function look(target: OperationTarget, signal: AbortSignal): Promise<void> {
  await target.refresh(signal);
  await target.waitFor(
    (_view, { definitions, resources, workloads }) =>
      [definitions, resources, workloads].every((one) => one.status !== 'pending'),
    FIRST_LOOK_MS,
    signal,
  );
}

export interface Planner {
  /** Makes an operation ready. Throws `ApiError` for a request that can never be, and what the cluster refused. */
  plan(request: OperationRequest, target: OperationTarget | undefined, signal: AbortSignal): Promise<Plan>;
}

export function createPlanner(options: {
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  data: DataOperations | undefined;
  targets: AllTargets;
}): Planner {
  const database = (): DataOperations => {
    if (options.data === undefined) {
      throw new ApiError('not-available', 'There is no database here.', {
        remedy: 'Start the server, not the offline page.',
      });
    }
    return options.data;
  };
  return {
    async plan(request, target, signal) {
      if (request.kind === 'reset-database' || request.kind === 'restore-database') {
        return planDatabase(request, database(), options.targets);
      }
      if (target === undefined) {
        throw new ApiError('invalid-request', `${request.kind} needs a connection.`, {
          field: 'connectionId',
          remedy: 'Name the connection.',
        });
      }
      if (CLUSTER_KINDS.has(request.kind)) await look(target, signal);
      switch (request.kind) {
        case 'install':
        case 'redeploy':
        case 'adopt':
          return planInstallation(target, request, options.sleep, signal);
        case 'uninstall':
        case 'cleanup-orphans':
          return planRemoval(target, request, options.sleep, signal);
        case 'release-finalizers':
          return planFinalizerRelease(target, request, options.sleep, signal);
        case 'reconnect':
          return planReconnect(target);
        case 'resync':
          return planResync(target);
        case 'flush':
          return planFlush(target, database());
        case 'synthetic-test':
          return planSynthetic(target, database());
      }
    },
  };
}
