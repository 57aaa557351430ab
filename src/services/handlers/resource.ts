import type { Handlers } from '../../api/routes.ts';
import type { DataService } from '../data/data-service.ts';
import type { RequestContext } from '../request-context.ts';

type ResourceHandlers = Pick<
  Handlers<RequestContext>,
  | 'resourceList'
  | 'resourceView'
  | 'resourceKinds'
  | 'freshnessView'
  | 'rateView'
  | 'driftView'
  | 'driftCheck'
  | 'driftRepair'
>;

export function createResourceHandlers(data: DataService): ResourceHandlers {
  return {
    resourceList: ({ query }, { signal }) => data.reads.list(query, signal),
    resourceView: ({ query }, { signal }) => data.reads.view(query, signal),
    resourceKinds: ({ query }) => data.reads.kinds(query),
    freshnessView: ({ params }) => data.freshness(params.connectionId),
    rateView: ({ params }) => data.rates(params.connectionId),
    driftView: ({ params }) => data.sweeper.view(data.connection(params.connectionId).id),
    driftCheck: ({ params }, { signal }) => data.sweeper.check(data.connection(params.connectionId), signal),
    driftRepair: ({ params }, { signal }) =>
      data.sweeper.repair(data.connection(params.connectionId), signal),
  };
}
