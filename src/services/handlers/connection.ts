import type { ConnectionSummary } from '../../api/connection.ts';
import { ApiError } from '../../api/errors.ts';
import type { Handlers } from '../../api/routes.ts';
import type { ConnectionHandle } from '../registry/handle.ts';
import type { RequestContext } from '../request-context.ts';
import type { Services } from '../services.ts';
import { isoTime } from '../timing.ts';
import { pageOf } from './page.ts';

type ConnectionHandlers = Pick<
  Handlers<RequestContext>,
  'connectionList' | 'connectionView' | 'connectionEvidence' | 'connectionRefresh' | 'connectionRefreshAll'
>;

export function createConnectionHandlers({ registry, ports }: Services): ConnectionHandlers {
  const existing = (id: string): ConnectionHandle => {
    const connection = registry.get(id);
    if (connection !== undefined) return connection;
    throw new ApiError('not-found', `There is no connection ${id}.`, {
      field: 'connectionId',
      remedy: 'Its context may have been removed from the kubeconfig; look at the list of connections.',
    });
  };
  const refreshed = (waitingFor: string[]) => ({
    refreshedAt: isoTime(ports.clock.now()),
    isComplete: waitingFor.length === 0,
    waitingFor,
  });
  return {
    connectionList: ({ query }) => {
      const all = registry.summaries();
      const counts = { healthy: 0, 'needs-attention': 0, broken: 0, changing: 0, unknown: 0 };
      for (const summary of all) counts[summary.health] += 1;
      const sought = query.name?.trim().toLowerCase();
      const matching = all.filter(
        (summary) =>
          (query.health === undefined || summary.health === query.health) &&
          (query.severity === undefined ||
            (registry.get(summary.id)?.findings.some((finding) => finding.severity === query.severity) ??
              false)) &&
          (sought === undefined || sought === '' || mentions(summary, registry.get(summary.id), sought)),
      );
      return { ...pageOf(matching, query), counts };
    },
    connectionView: ({ params }) => existing(params.connectionId).view(),
    connectionEvidence: ({ params }) => existing(params.connectionId).evidence(),
    connectionRefresh: async ({ params }, { signal }) =>
      refreshed(await existing(params.connectionId).refresh(signal)),
    connectionRefreshAll: async (_input, { signal }) => {
      const waitingFor = await Promise.all(
        registry
          .connections()
          .map(async (connection) =>
            (await connection.refresh(signal)).map((stream) => `${connection.name}: ${stream}`),
          ),
      );
      return refreshed(waitingFor.flat());
    },
  };
}

function mentions(
  summary: ConnectionSummary,
  connection: ConnectionHandle | undefined,
  sought: string,
): boolean {
  const findings = connection?.findings ?? [];
  const texts = [
    summary.name,
    summary.server,
    ...findings.flatMap((one) => [one.code, one.summary, one.cause]),
  ];
  return texts.some((text) => text.toLowerCase().includes(sought));
}
