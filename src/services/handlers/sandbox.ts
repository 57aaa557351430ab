import { ApiError } from '../../api/errors.ts';
import type { Handlers } from '../../api/routes.ts';
import type { SandboxControl } from '../ports.ts';
import type { RequestContext } from '../request-context.ts';
import type { Services } from '../services.ts';

type SandboxHandlers = Pick<
  Handlers<RequestContext>,
  'sandboxView' | 'sandboxEnter' | 'sandboxRemove' | 'sandboxFaultInject'
>;

export function createSandboxHandlers({ ports, registry }: Services): SandboxHandlers {
  const control = (): SandboxControl => {
    if (ports.sandbox !== undefined) return ports.sandbox;
    throw new ApiError('not-found', 'This server has no sandbox.');
  };
  const state = () => {
    const { sandbox } = ports;
    const world = sandbox?.current();
    return {
      ...(world === undefined ? {} : { world }),
      worlds: [...(sandbox?.worlds ?? [])],
      faults: [...(sandbox?.faults ?? [])],
      injected: (sandbox?.injected() ?? []).flatMap(({ context, fault }) => {
        const connectionId = registry.connectionOfContext(context, 'sandbox');
        return connectionId === undefined ? [] : [{ connectionId, fault }];
      }),
    };
  };
  return {
    sandboxView: () => state(),
    sandboxEnter: async ({ body }) => {
      control().enter(body.world);
      await registry.rediscover();
      return state();
    },
    sandboxRemove: async () => {
      ports.sandbox?.leave();
      await registry.rediscover();
      return state();
    },
    sandboxFaultInject: async ({ body }) => {
      const context = registry.contextOf(body.connectionId);
      if (context === undefined) {
        throw new ApiError('not-found', `There is no simulated connection ${body.connectionId}.`, {
          field: 'connectionId',
          remedy: 'Faults can be injected into sandbox connections only.',
        });
      }
      // A fault may lie in the kubeconfig, which is else read again only now and then.
      if (control()[body.action](context, body.fault)) await registry.rediscover();
      return state();
    },
  };
}
