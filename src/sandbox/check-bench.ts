/** Tests by hand on simulated worlds, for the specs. */
import { CHECK_SUITES, type CheckRun, type CheckSuite } from '../api/check.ts';
import { DataIntake } from '../services/data/intake.ts';
import type { ConnectionHandle } from '../services/registry/handle.ts';
import { createServices, type Services } from '../services/services.ts';
import { createWorkbench, type Workbench } from '../services/workbench.ts';
import { MemoryStore } from './data/memory-store.ts';
import { createMemoryState, createSandbox, createSystemClock } from './index.ts';
import type { World as WorldPlan } from './worlds/plan.ts';
import { SPEC_ENVIRONMENT } from './spec-environment.ts';

export const CONTEXT = { requestId: 'spec', actor: 'spec', signal: new AbortController().signal };
/** Generous: a loaded machine is no failure. */
export const LIMIT_MS = 60_000;
export const TEST_LIMIT_MS = 120_000;
export const ALL: CheckSuite[] = CHECK_SUITES.filter((one) => one !== 'synthetic');
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface World {
  readonly services: Services;
  readonly workbench: Workbench;
  readonly sandbox: ReturnType<typeof createSandbox>;
  close(): Promise<void>;
}

const open: World[] = [];

/** Closes every world entered; for `afterEach`. */
export async function closeWorlds(): Promise<void> {
  for (const world of open.splice(0)) await world.close();
}

export async function enter(name: string, worlds?: readonly WorldPlan[]): Promise<World> {
  const clock = createSystemClock();
  const sandbox = createSandbox({ clock, seed: 7, world: name, ...(worlds === undefined ? {} : { worlds }) });
  const intake = new DataIntake({ store: new MemoryStore(clock), clock, log: quiet });
  const services = createServices({
    clock,
    log: quiet,
    kubeconfigs: sandbox.kubeconfigs,
    brokers: sandbox.brokers,
    state: createMemoryState(),
    intake,
    sandbox: sandbox.control,
    environment: SPEC_ENVIRONMENT,
  });
  const workbench = createWorkbench(services, undefined);
  const world: World = {
    services,
    workbench,
    sandbox,
    async close() {
      await workbench.close();
      await services.close();
      sandbox.close();
    },
  };
  open.push(world);
  await services.start();
  await workbench.start();
  return world;
}

export function handleOf(world: World, name?: string): ConnectionHandle {
  const handle = world.services.registry.connections().find((one) => name === undefined || one.name === name);
  if (handle === undefined) throw new Error(`there is no connection ${name ?? ''}`);
  return handle;
}

export async function until(
  handle: ConnectionHandle,
  predicate: Parameters<ConnectionHandle['waitFor']>[0],
): Promise<void> {
  if (!(await handle.waitFor(predicate, LIMIT_MS, CONTEXT.signal))) {
    throw new Error(`not reached: ${JSON.stringify(handle.view().controllers)}`);
  }
}

export async function test(
  world: World,
  handle: ConnectionHandle,
  suites: CheckSuite[] = ALL,
): Promise<CheckRun> {
  const { handlers } = world.workbench;
  const body = { connectionId: handle.id, suites };
  let run = await handlers.checkStart({ params: undefined, query: undefined, body }, CONTEXT);
  while (run.status === 'running') {
    run = await handlers.checkView(
      { params: { runId: run.id }, query: { waitMs: 20_000 }, body: undefined },
      CONTEXT,
    );
  }
  return run;
}

export function ids(run: CheckRun, status: CheckRun['results'][number]['status']): string[] {
  return run.results.filter((one) => one.status === status).map((one) => one.id);
}

export function byId(run: CheckRun, id: string) {
  const found = run.results.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no check ${id}`);
  return found;
}
