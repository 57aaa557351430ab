import { ApiError } from '../../api/errors.ts';
import type { Handlers } from '../../api/routes.ts';
import { readControllerLog } from '../logs/read-log.ts';
import type { RequestContext } from '../request-context.ts';
import type { Services } from '../services.ts';
import { isoTime } from '../timing.ts';

export function createLogHandlers({
  registry,
  ports,
}: Services): Pick<Handlers<RequestContext>, 'connectionLogs'> {
  return {
    connectionLogs: ({ params, query }, { signal }) => {
      const target = registry.get(params.connectionId);
      if (target === undefined) {
        throw new ApiError('not-found', `There is no connection ${params.connectionId}.`, {
          field: 'connectionId',
        });
      }
      const question = { ...query, isPrevious: query.previous === true };
      return readControllerLog(target, question, isoTime(ports.clock.now()), signal);
    },
  };
}
