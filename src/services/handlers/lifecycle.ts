import type { Handlers } from '../../api/routes.ts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import type { RequestContext } from '../request-context.ts';

export function createLifecycleHandlers(
  lifecycle: Lifecycle,
): Pick<Handlers<RequestContext>, 'connectionTransition' | 'connectionRename'> {
  return {
    connectionTransition: ({ params, body }, { actor, signal }) =>
      lifecycle.transition(params.connectionId, body, actor, signal),
    connectionRename: ({ params, body }, { actor }) =>
      lifecycle.rename(params.connectionId, body.name, actor),
  };
}
