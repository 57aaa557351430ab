import type { ControllerResource } from '../../../api/evidence.ts';

const HEALTH_CHECK = 'HealthCheckFailed';
const FAILED = new Set(['ReconciliationFailed', HEALTH_CHECK, 'EndpointFailed', 'CleanupFailed']);

/**
 * What the Operator says went wrong with a resource. It sets its `Failed` condition with status False, so the reason
 * counts and not the status; a resource that reads Ready has recovered. A health check only says that the workload is
 * not ready: where that can be looked at (`isSeen`) the pods tell it themselves, and a condition that they contradict
 * was read before the Operator wrote it anew.
 */
export function failureOf(resource: ControllerResource | undefined, isSeen: boolean): string | undefined {
  if (resource === undefined) return undefined;
  if (resource.conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True'))
    return undefined;
  const failed = resource.conditions.find(
    ({ reason }) => reason !== undefined && FAILED.has(reason) && !(isSeen && reason === HEALTH_CHECK),
  );
  return failed === undefined
    ? undefined
    : `${failed.reason ?? ''}${failed.message === undefined ? '' : `: ${failed.message}`}`;
}
