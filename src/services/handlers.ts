import type { Handlers } from '../api/routes.ts';
import { createConnectionHandlers } from './handlers/connection.ts';
import { createEventHandlers } from './handlers/event.ts';
import { createKubeconfigHandlers } from './handlers/kubeconfig.ts';
import { createSandboxHandlers } from './handlers/sandbox.ts';
import { createServerHandlers } from './handlers/server.ts';
import type { RequestContext } from './request-context.ts';
import type { Services } from './services.ts';

/** The handlers that need nothing but the services themselves. */
export function createCoreHandlers(services: Services) {
  return {
    ...createServerHandlers(services),
    ...createConnectionHandlers(services),
    ...createEventHandlers(services),
    ...createKubeconfigHandlers(services),
    ...createSandboxHandlers(services),
  };
}

type CoreHandlers = ReturnType<typeof createCoreHandlers>;

/**
 * Every handler there is, for any transport: the core's, and those of the database, operations and checks, which the
 * caller makes because they need more than the services. A route without a handler does not compile.
 */
export function createHandlers(
  services: Services,
  others: Omit<Handlers<RequestContext>, keyof CoreHandlers>,
): Handlers<RequestContext> {
  return { ...others, ...createCoreHandlers(services) };
}
