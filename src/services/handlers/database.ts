import type { Handlers } from '../../api/routes.ts';
import type { DataService } from '../data/data-service.ts';
import type { RequestContext } from '../request-context.ts';

export function createDatabaseHandlers(
  data: DataService,
): Pick<Handlers<RequestContext>, 'databaseView' | 'databaseCheck'> {
  return {
    databaseView: () => data.database(),
    databaseCheck: () => data.checkIntegrity(),
  };
}
