import type { Handlers } from '../../api/routes.ts';
import type { BundleMaker } from '../bundle/bundle-maker.ts';
import { previewOf } from '../bundle/preview.ts';
import type { RequestContext } from '../request-context.ts';

type BundleHandlers = Pick<Handlers<RequestContext>, 'bundlePreview' | 'bundleDownload'>;

export function createBundleHandlers(maker: BundleMaker): BundleHandlers {
  return {
    bundlePreview: async ({ query }, { signal }) => previewOf(await make(maker, query, signal)),
    bundleDownload: ({ query }, { signal }) => make(maker, query, signal),
  };
}

function make(
  maker: BundleMaker,
  query: { readonly connectionId?: string | undefined; readonly logs?: boolean | undefined },
  signal: AbortSignal,
) {
  return maker.make({ connectionId: query.connectionId, hasLogs: query.logs !== false }, signal);
}
