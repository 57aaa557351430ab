import { createMemoryState, createSandbox, createSystemClock } from '../sandbox/index.ts';
import { MemoryStore } from '../sandbox/data/memory-store.ts';
import { DataService } from '../services/data/data-service.ts';
import { DataIntake } from '../services/data/intake.ts';
import { createHandlers } from '../services/handlers.ts';
import { createDatabaseHandlers } from '../services/handlers/database.ts';
import { createLifecycleHandlers } from '../services/handlers/lifecycle.ts';
import { createResourceHandlers } from '../services/handlers/resource.ts';
import { createUploadHandlers } from '../services/handlers/upload.ts';
import { createLifecycle } from '../services/lifecycle/lifecycle.ts';
import type { Clock, Log, SandboxControl } from '../services/ports.ts';
import { createServices } from '../services/services.ts';
import type { Dispatcher } from '../services/transport/dispatch.ts';
import { createDispatcher } from '../services/transport/dispatch.ts';
import { createMemoryVault } from '../services/uploads/memory-vault.ts';
import { sandboxGate } from '../services/uploads/sandbox-gate.ts';
import { UploadStore, withUploads } from '../services/uploads/upload-store.ts';
import { createUploads } from '../services/uploads/uploads.ts';
import { createWorkbench } from '../services/workbench.ts';

/** Where the world that was entered last is remembered; the page’s localStorage, or nothing. */
export interface WorldMemory {
  read(): string | null;
  /** `undefined` when the sandbox was left. */
  write(world: string | undefined): void;
}

export interface OfflineBackend {
  readonly clock: Clock;
  readonly dispatch: Dispatcher;
  close(): Promise<void>;
}

/** What is remembered when a person removed the sandbox: no world at all, also after a reload. */
export const NO_WORLD = 'none';

/** The whole product over the simulated world, in one process; `wished` is the world asked for by the address. */
export async function startOfflineBackend(
  memory: WorldMemory,
  wished: string | null,
  log: Log,
): Promise<OfflineBackend> {
  const clock = createSystemClock();
  const sandbox = createSandbox({
    clock,
    seed: 1,
    ownsDatabase: true,
    onError: (error) => log.error({ error }, 'the simulated world made a mistake'),
  });
  const world = chooseWorld(sandbox.control, wished ?? memory.read());
  if (world !== undefined) sandbox.control.enter(world);
  const store = new MemoryStore(clock, sandbox.database);
  const intake = new DataIntake({ store, clock, log });
  const state = sandbox.remembering(createMemoryState());
  const uploaded = new UploadStore({
    clock,
    log,
    state,
    vault: createMemoryVault(clock),
    gate: sandboxGate(sandbox.kubeconfigs, undefined),
  });
  const services = createServices({
    clock,
    log,
    kubeconfigs: withUploads(sandbox.kubeconfigs, uploaded),
    brokers: sandbox.brokers,
    state,
    intake,
    sandbox: remembering(sandbox.control, memory),
    environment: {
      version: 'offline',
      runtime: 'browser',
      isInCluster: false,
      isOffline: true,
      dockerHosts: [],
      vitals: () => ({ eventLoopDelayMs: 0, memoryMb: 0 }),
    },
  });
  const data = new DataService({ store, intake, connections: services.registry, clock, log });
  const workbench = createWorkbench(services, data, data);
  const { registry, events } = services;
  const lifecycle = createLifecycle({
    registry,
    uploads: uploaded,
    operations: workbench.operations,
    events,
    state,
    log,
    clearRows: (uid) => store.clear(uid),
  });
  workbench.onOperation((operation) => lifecycle.operationChanged(operation));
  const handlers = createHandlers(services, {
    ...createDatabaseHandlers(data),
    ...createResourceHandlers(data),
    ...createUploadHandlers(createUploads({ clock, registry, store: uploaded, events }), registry),
    ...createLifecycleHandlers(lifecycle),
    ...workbench.handlers,
  });
  await services.start();
  data.start();
  await workbench.start();
  await lifecycle.start();
  return {
    clock,
    dispatch: createDispatcher(
      handlers,
      (name, params, query) =>
        workbench.versionOf(name, params) ??
        data.versionOf(name, params, query) ??
        services.versionOf(name, params),
    ),
    close: async () => {
      await lifecycle.close();
      await workbench.close();
      await data.close();
      await services.close();
      sandbox.close();
    },
  };
}

/** The world named, where there is one; else the first; none where the sandbox was removed. */
function chooseWorld(control: SandboxControl, named: string | null): string | undefined {
  if (named === NO_WORLD) return undefined;
  const names = control.worlds.map(({ name }) => name);
  const all = [...names, ...control.faults.map(({ world }) => world)];
  return named !== null && all.includes(named) ? named : names[0];
}

function remembering(control: SandboxControl, memory: WorldMemory): SandboxControl {
  return {
    ...control,
    enter: (world) => {
      control.enter(world);
      memory.write(world);
    },
    leave: () => {
      control.leave();
      memory.write(undefined);
    },
  };
}
