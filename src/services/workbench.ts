import type { Operation } from '../api/operation.ts';
import type { RouteName } from '../api/routes.ts';
import { createCheckRuns } from './checks/check-runs.ts';
import type { DataInsight } from './checks/suites/scene.ts';
import { createBundleMaker } from './bundle/bundle-maker.ts';
import { createSyntheticSchedules, isRoutine } from './data/synthetic-schedules.ts';
import { createBundleHandlers } from './handlers/bundle.ts';
import { createCheckHandlers } from './handlers/check.ts';
import { createLogHandlers } from './handlers/log.ts';
import { createOperationHandlers } from './handlers/operation.ts';
import { createSyntheticHandlers } from './handlers/synthetic.ts';
import type { DataOperations } from './operations/linking.ts';
import { createPlanner } from './operations/planner.ts';
import { createOperations, type OperationListener, type Operations } from './operations/runner.ts';
import type { Services } from './services.ts';

/** What acts and tests, beside what observes. */
export interface Workbench {
  readonly operations: Operations;
  /** Tells of every operation that begins or ends. */
  onOperation(listener: OperationListener): void;
  readonly handlers: ReturnType<typeof createOperationHandlers> &
    ReturnType<typeof createCheckHandlers> &
    ReturnType<typeof createLogHandlers> &
    ReturnType<typeof createBundleHandlers> &
    ReturnType<typeof createSyntheticHandlers>;
  /** Reads what was stored; operations that ran when the server stopped become interrupted. */
  start(): Promise<void>;
  close(): Promise<void>;
  versionOf(name: RouteName, params: Readonly<Record<string, string>>): string | undefined;
}

/**
 * Wires operations and checks over the services.
 * @param data what the database side does, absent where there is none
 * @param insight what it tells the checks
 */
export function createWorkbench(
  services: Services,
  data: DataOperations | undefined,
  insight?: DataInsight,
): Workbench {
  const { clock, log, state, network, place, brokers, environment } = services.ports;
  const { registry } = services;
  const listeners: OperationListener[] = [];
  const operations = createOperations({
    clock,
    log,
    state,
    planner: createPlanner({
      sleep: (ms, signal) => clock.sleep(ms, signal),
      data,
      targets: () => registry.connections(),
    }),
    target: (id) => registry.get(id),
    onChange: (operation) => {
      if (!isRoutine(operation)) services.events.add({ ...wordsOf(operation), subject: 'operation' });
      for (const listener of listeners) listener(operation);
    },
  });
  const synthetic = createSyntheticSchedules({ clock, log, state, operations });
  listeners.push((operation) => synthetic.operationChanged(operation));
  const checks = createCheckRuns(clock);
  const stopWatching = registry.subscribe((id) => checks.leave(id, registry.get(id)));
  const process = clock.uuid().slice(0, 8);
  return {
    operations,
    onOperation: (listener) => void listeners.push(listener),
    handlers: {
      ...createOperationHandlers(operations),
      ...createLogHandlers(services),
      ...createSyntheticHandlers(synthetic, (id) => registry.get(id) !== undefined),
      ...createBundleHandlers(createBundleMaker(services, operations, checks)),
      ...createCheckHandlers(checks, (connectionId) => {
        const target = registry.get(connectionId);
        return target === undefined
          ? undefined
          : {
              target,
              clock,
              place,
              dial:
                network === undefined ? undefined : (host, port, signal) => network.dial(host, port, signal),
              brokers,
              data,
              insight,
              product: { version: environment.version, runtime: environment.runtime },
              vitals: () => environment.vitals(),
            };
      }),
    },
    async start() {
      await operations.start();
      await synthetic.start();
    },
    async close() {
      stopWatching();
      await synthetic.close();
      checks.close();
      await operations.close();
    },
    versionOf(name, { connectionId = '' }) {
      if (name === 'operationList' || name === 'operationView') return `${process}-${operations.version()}`;
      if (name !== 'syntheticView' || registry.get(connectionId) === undefined) return undefined;
      const { everyMinutes, nextAt, history } = synthetic.view(connectionId);
      // Full, the history keeps its length: the time of the last run tells it from the former.
      return [process, everyMinutes, nextAt, history.length, history.at(-1)?.at].join('-');
    },
  };
}

function wordsOf(operation: Operation) {
  const where = operation.connectionName === undefined ? '' : ` on ${operation.connectionName}`;
  const verbs = {
    running: 'began',
    succeeded: 'succeeded',
    failed: 'failed',
    cancelled: 'was cancelled',
    interrupted: 'was interrupted',
  } as const;
  const severities = {
    running: 'info',
    succeeded: 'success',
    failed: 'critical',
    cancelled: 'warning',
    interrupted: 'warning',
  } as const;
  return {
    severity: severities[operation.status],
    message: `${operation.title}${where} ${verbs[operation.status]}, asked by ${operation.actor}.`,
    ...(operation.summary === undefined ? {} : { detail: operation.summary }),
    ...(operation.connectionId === undefined
      ? {}
      : { connectionId: operation.connectionId, connectionName: operation.connectionName }),
  };
}
