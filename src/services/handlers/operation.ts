import type { Operation } from '../../api/operation.ts';
import type { Handlers } from '../../api/routes.ts';
import type { Operations } from '../operations/runner.ts';
import type { RequestContext } from '../request-context.ts';

type OperationHandlers = Pick<
  Handlers<RequestContext>,
  | 'operationPreview'
  | 'operationStart'
  | 'operationList'
  | 'operationView'
  | 'operationCancel'
  | 'operationResume'
  | 'operationDismiss'
>;

export function createOperationHandlers(operations: Operations): OperationHandlers {
  return {
    operationPreview: ({ body }, { signal }) => operations.preview(body, signal),
    operationStart: ({ body }, { actor, signal }) => operations.begin(body, actor, signal),
    operationList: ({ query }) => {
      const matching = operations
        .list()
        .filter(
          (one) =>
            (query.connectionId === undefined || one.connectionId === query.connectionId) &&
            (query.kind === undefined || one.kind === query.kind) &&
            (query.status === undefined || one.status === query.status) &&
            (query.open !== true || isOpen(one)),
        );
      const from = query.cursor === undefined ? 0 : matching.findIndex((one) => one.id === query.cursor) + 1;
      const items = matching.slice(from, from + query.limit);
      const last = items.at(-1);
      return {
        items,
        ...(last !== undefined && from + query.limit < matching.length ? { nextCursor: last.id } : {}),
      };
    },
    operationView: ({ params }) => operations.view(params.operationId),
    operationCancel: ({ params }) => operations.cancel(params.operationId),
    operationResume: ({ params }, { actor, signal }) => operations.resume(params.operationId, actor, signal),
    operationDismiss: ({ params }) => operations.dismiss(params.operationId),
  };
}

/** Still of interest on a card: running, or ended and not put away by a person. */
function isOpen(operation: Operation): boolean {
  return operation.status === 'running' || !operation.isDismissed;
}
