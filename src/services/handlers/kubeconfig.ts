import type { Handlers } from '../../api/routes.ts';
import type { RequestContext } from '../request-context.ts';
import type { Services } from '../services.ts';

export function createKubeconfigHandlers({
  registry,
}: Services): Pick<Handlers<RequestContext>, 'kubeconfigView' | 'kubeconfigRediscover'> {
  return {
    kubeconfigView: () => registry.kubeconfigs(),
    kubeconfigRediscover: async () => {
      const change = await registry.rediscover();
      return { ...registry.kubeconfigs(), ...change };
    },
  };
}
