import type { ConnectionView } from '../../api/connection.ts';
import type { Event } from '../../api/event.ts';
import { DataService } from '../../services/data/data-service.ts';
import { DataIntake } from '../../services/data/intake.ts';
import type { ConnectionHandle } from '../../services/registry/handle.ts';
import { createServices } from '../../services/services.ts';
import { MemoryStore } from '../data/memory-store.ts';
import { createMemoryState, createSandbox } from '../index.ts';
import { createManualClock } from '../manual-clock.ts';
import type { World } from './plan.ts';
import { SPEC_ENVIRONMENT } from '../spec-environment.ts';

/** The whole product over one simulated world, in time that passes only when told: for tests of faults. */
export interface LabBench {
  inject(fault: string): Promise<void>;
  repair(fault: string): Promise<void>;
  /** Lets time pass until it holds of the only connection, at most `limitMs`; tells whether it came to hold. */
  until(holds: (view: ConnectionView) => boolean, limitMs: number): Promise<boolean>;
  view(): ConnectionView;
  /** The only connection itself: its evidence, and the way into its cluster. */
  handle(): ConnectionHandle;
  /** Newest first. */
  events(): readonly Event[];
  close(): Promise<void>;
}

const STEP_MS = 500;

export async function openLabBench(world: World): Promise<LabBench> {
  const clock = createManualClock(Date.UTC(2026, 5, 15, 9));
  const problems: unknown[] = [];
  const fail = (error: unknown) => void problems.push(error);
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (fields: object, message: string) => fail(new Error(`${message} ${JSON.stringify(fields)}`)),
  };
  const sandbox = createSandbox({
    clock,
    seed: 5,
    world: world.name,
    worlds: [world],
    ownsDatabase: true,
    onError: fail,
  });
  const store = new MemoryStore(clock, sandbox.database);
  const intake = new DataIntake({ store, clock, log });
  const services = createServices({
    clock,
    log,
    kubeconfigs: sandbox.kubeconfigs,
    brokers: sandbox.brokers,
    state: sandbox.remembering(createMemoryState()),
    intake,
    sandbox: sandbox.control,
    environment: SPEC_ENVIRONMENT,
  });
  /** Promises of many turns lie between a message and its judgement; a macrotask lets all of them pass. */
  const advance = async (ms: number) => {
    await clock.advance(ms);
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (problems.length > 0)
      throw new AggregateError(problems, `The simulated world failed: ${String(problems[0])}`);
  };
  const drive = async <T>(work: Promise<T>): Promise<T> => {
    const ended = new AbortController();
    void Promise.allSettled([work]).then(() => ended.abort());
    for (let turn = 0; turn < 1000 && !ended.signal.aborted; turn += 1) await advance(50);
    return work;
  };
  const handle = (): ConnectionHandle => {
    const [only] = services.registry.connections();
    if (only === undefined) throw new Error('the world has no connection');
    return only;
  };
  const context = world.connections[0]?.traits.name ?? '';
  const change = async (action: 'inject' | 'repair', fault: string) => {
    sandbox.control[action](context, fault);
    await drive(services.registry.rediscover());
  };
  const data = new DataService({ store, intake, connections: services.registry, clock, log });
  await drive(services.start());
  data.start();
  return {
    inject: (fault) => change('inject', fault),
    repair: (fault) => change('repair', fault),
    view: () => handle().view(),
    handle,
    events: () => services.events.list(),
    async until(holds, limitMs) {
      for (let passedMs = 0; passedMs < limitMs; passedMs += STEP_MS) {
        if (holds(handle().view())) return true;
        await advance(STEP_MS);
      }
      return holds(handle().view());
    },
    async close() {
      await drive(data.close());
      await drive(services.close());
      sandbox.close();
    },
  };
}
