import type { Operation, OperationPreview } from '../../api/operation.ts';

/** An installation that waits for its Operator, with what the story changes. */
export function installing(change: Partial<Operation> = {}): Operation {
  return {
    id: 'op-1',
    kind: 'install',
    title: 'Install Operator, MeshSync and Broker',
    connectionId: 'staging',
    connectionName: 'staging',
    controllers: ['operator', 'meshsync', 'broker'],
    actor: 'page',
    status: 'running',
    startedAt: '2026-03-01T12:00:00.000Z',
    steps: [
      {
        title: 'Namespace and definitions',
        status: 'done',
        startedAt: '2026-03-01T12:00:00.000Z',
        endedAt: '2026-03-01T12:00:01.200Z',
        details: ['Namespace meshplay: created'],
      },
      {
        title: 'Operator and its permissions',
        status: 'running',
        startedAt: '2026-03-01T12:00:01.200Z',
        message: '0 of 1 ready, pulling image',
        details: [],
      },
      { title: 'Broker', status: 'waiting', details: [] },
    ],
    canCancel: true,
    canResume: false,
    isDismissed: false,
    ...change,
  };
}

/** What uninstalling from staging would remove; it asks for the name. */
export const uninstallPreview: OperationPreview = {
  title: 'Uninstall Operator, MeshSync and Broker',
  changes: [
    {
      action: 'remove',
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'meshplay',
      name: 'meshplay-operator',
    },
    {
      action: 'keep',
      apiVersion: 'v1',
      kind: 'Namespace',
      name: 'meshplay',
      note: 'other things are in it',
      yaml: 'kind: Namespace\n',
    },
  ],
  steps: ['Broker and MeshSync', 'Operator and its permissions'],
  warnings: [],
  confirmName: 'staging',
};
