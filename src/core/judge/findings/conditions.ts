import type { ControllerResource } from '../../../api/evidence.ts';

const FAILED = new Set(['ReconciliationFailed', 'HealthCheckFailed', 'EndpointFailed', 'CleanupFailed']);

/**
 * What the Operator says went wrong with a resource. It sets its `Failed` condition with status False, so the reason
 * counts and not the status; a resource that reads Ready has recovered.
 */
export function failureOf(resource: ControllerResource | undefined): string | undefined {
  if (resource === undefined) return undefined;
  if (resource.conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True'))
    return undefined;
  const failed = resource.conditions.find(
    (condition) => condition.reason !== undefined && FAILED.has(condition.reason),
  );
  return failed === undefined
    ? undefined
    : `${failed.reason ?? ''}${failed.message === undefined ? '' : `: ${failed.message}`}`;
}
