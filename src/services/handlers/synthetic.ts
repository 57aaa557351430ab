import { ApiError } from '../../api/errors.ts';
import type { Handlers } from '../../api/routes.ts';
import type { SyntheticSchedules } from '../data/synthetic-schedules.ts';
import type { RequestContext } from '../request-context.ts';

/** @param isKnown whether there is such a connection */
export function createSyntheticHandlers(
  schedules: SyntheticSchedules,
  isKnown: (connectionId: string) => boolean,
): Pick<Handlers<RequestContext>, 'syntheticView' | 'syntheticSchedule'> {
  const known = (connectionId: string): string => {
    if (isKnown(connectionId)) return connectionId;
    throw new ApiError('not-found', `There is no connection ${connectionId}.`, { field: 'connectionId' });
  };
  return {
    syntheticView: ({ params }) => schedules.view(known(params.connectionId)),
    syntheticSchedule: ({ params, body }) =>
      schedules.schedule(known(params.connectionId), body.everyMinutes ?? undefined),
  };
}
