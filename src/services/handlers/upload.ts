import { ApiError } from '../../api/errors.ts';
import type { Handlers } from '../../api/routes.ts';
import type { Registry } from '../registry/registry.ts';
import type { RequestContext } from '../request-context.ts';
import type { Uploads } from '../uploads/uploads.ts';

type UploadHandlers = Pick<
  Handlers<RequestContext>,
  'kubeconfigPreview' | 'kubeconfigAdd' | 'kubeconfigShow' | 'connectionReplaceCredentials'
>;

export function createUploadHandlers(uploads: Uploads, registry: Registry): UploadHandlers {
  return {
    kubeconfigPreview: ({ body }, { signal }) => uploads.preview(body, signal),
    kubeconfigAdd: ({ body }, { actor, signal }) => uploads.add(body, actor, signal),
    kubeconfigShow: async ({ body }) => {
      if (!(await registry.lifecycles.show(body))) {
        throw new ApiError('not-found', `${body.context} is not hidden.`, { field: 'context' });
      }
      registry.settle();
      return registry.kubeconfigs();
    },
    connectionReplaceCredentials: ({ params, body }, { actor, signal }) =>
      uploads.replace(params.connectionId, body, actor, signal),
  };
}
