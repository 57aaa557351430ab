import { ApiError } from '../../api/errors.ts';
import type { Handlers } from '../../api/routes.ts';
import type { CheckRuns } from '../checks/check-runs.ts';
import type { CheckScene } from '../checks/suites/scene.ts';
import type { RequestContext } from '../request-context.ts';

type CheckHandlers = Pick<Handlers<RequestContext>, 'checkStart' | 'checkView' | 'checkCancel'>;

/** @param scene what is tested, undefined for an unknown connection */
export function createCheckHandlers(
  runs: CheckRuns,
  scene: (connectionId: string) => CheckScene | undefined,
): CheckHandlers {
  return {
    checkStart: ({ body }) => {
      const found = scene(body.connectionId);
      if (found === undefined)
        throw new ApiError('not-found', `There is no connection ${body.connectionId}.`, {
          field: 'connectionId',
        });
      return runs.start(found, body.suites);
    },
    checkView: ({ params, query }, { signal }) => runs.view(params.runId, query.waitMs, signal),
    checkCancel: ({ params }) => runs.cancel(params.runId),
  };
}
