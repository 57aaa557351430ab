import type { DiscoveredContext, Intake, Ports, StateStore } from '../ports.ts';
import { FakeBrokers } from './fake-broker.ts';
import { FakeClock, silentLog } from './fake-clock.ts';

/** Documents in a map, as `state.db` keeps them in a file. */
export class FakeState implements StateStore {
  readonly #documents = new Map<string, Map<string, unknown>>();

  async read(collection: string, id: string): Promise<unknown> {
    return this.#documents.get(collection)?.get(id);
  }

  async list(collection: string): Promise<{ id: string; value: unknown }[]> {
    return [...(this.#documents.get(collection) ?? [])].map(([id, value]) => ({ id, value }));
  }

  async write(collection: string, id: string, value: unknown): Promise<void> {
    const documents = this.#documents.get(collection) ?? new Map<string, unknown>();
    documents.set(id, structuredClone(value));
    this.#documents.set(collection, documents);
  }

  async remove(collection: string, id: string): Promise<void> {
    this.#documents.get(collection)?.delete(id);
  }
}

export interface FakeWorld extends Ports {
  readonly clock: FakeClock;
  readonly brokers: FakeBrokers;
  readonly state: FakeState;
  /** What the kubeconfigs hold; the next discovery finds it. */
  contexts: DiscoveredContext[];
  readonly accepted: Parameters<Intake['accept']>[0][];
}

/** Every port in memory, around the contexts given. */
export function createFakeWorld(contexts: DiscoveredContext[], state = new FakeState()): FakeWorld {
  const accepted: Parameters<Intake['accept']>[0][] = [];
  const clock = new FakeClock();
  const world: FakeWorld = {
    clock,
    log: silentLog,
    brokers: new FakeBrokers(),
    state,
    contexts,
    accepted,
    kubeconfigs: { discover: async () => ({ paths: [], contexts: world.contexts }) },
    intake: {
      accept: (message) => void accepted.push(message),
      isBehind: () => false,
      evidence: () => ({
        status: 'seen',
        value: { rows: 0, isBehind: false, rejected: 0 },
        seenAt: new Date(clock.now()).toISOString(),
      }),
    },
    environment: {
      version: '0.1.0',
      runtime: 'v24.21.0',
      isInCluster: false,
      isOffline: false,
      dockerHosts: [],
      vitals: () => ({ eventLoopDelayMs: 1, memoryMb: 64 }),
    },
  };
  return world;
}
