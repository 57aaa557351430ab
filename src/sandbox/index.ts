import { ApiError } from '../api/errors.ts';
import type {
  BrokerConnector,
  ByteStream,
  Clock,
  Discovery,
  KubeconfigSource,
  SandboxControl,
  StateStore,
} from '../services/ports.ts';
import { createSandboxConnector } from './broker/connector.ts';
import type { Network } from './broker/network.ts';
import { createNetwork } from './broker/network.ts';
import { openSimulatedApi } from './kube/api.ts';
import * as refusals from './kube/refusals.ts';
import { createSeededRandom, hashOf } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import { createScheduler } from './scheduler.ts';
import { startPlace } from './start-place.ts';
import type { Place } from './worlds/faults/index.ts';
import { DATABASE_FAULT, DATABASE_FAULTS, FAULTS } from './worlds/faults/index.ts';
import type { DatabaseDamage } from './data/damage.ts';
import { labWorld, labWorldName } from './worlds/lab.ts';
import { withSimulatedPast } from './worlds/past.ts';
import type { World } from './worlds/plan.ts';
import { WORLDS } from './worlds/worlds.ts';

export { createSystemClock } from './clock.ts';
export { createMemoryState } from './memory-state.ts';

export interface Sandbox {
  readonly control: SandboxControl;
  readonly kubeconfigs: KubeconfigSource;
  readonly brokers: BrokerConnector;
  /** What the fault of the database did to it. */
  readonly database: DatabaseDamage;
  /** The state store given, with what this server heard of the simulated clusters in their simulated past. */
  remembering(state: StateStore): StateStore;
  /** Whether a host is one of the simulated network, so that it must not be dialled for real. */
  ownsHost(host: string): boolean;
  /** Whether a stream was opened by a simulated cluster. */
  ownsStream(stream: ByteStream): boolean;
  close(): void;
}

/** API servers send a bookmark down each watch at about this interval. */
const BOOKMARK_MS = 30_000;
/** Time for a link to come up and for the first rows to be stored. */
const STRIKE_MS = 15_000;

interface Running {
  readonly world: string;
  readonly scheduler: Scheduler;
  readonly places: ReadonlyMap<string, Place>;
  readonly injected: Map<string, Set<string>>;
}

/**
 * Makes a simulated world: clusters, Operators, Brokers, MeshSync and faults, all in memory, the same for the same
 * seed. It starts in `world` (none: `enter` starts one). `onError` is told of a mistake inside the simulation.
 */
export function createSandbox(options: {
  clock: Clock;
  seed: number;
  world?: string | undefined;
  /** The database is a `MemoryStore` of this simulation: then it can be damaged too. A real one is left alone. */
  ownsDatabase?: boolean;
  /** The worlds it offers; all of them unless a test brings its own. */
  worlds?: readonly World[];
  onError?: ((error: unknown) => void) | undefined;
}): Sandbox {
  const { clock, seed } = options;
  const onError = options.onError ?? rethrowLater;
  const network = createNetwork();
  const faults = FAULTS.filter(({ name }) => options.ownsDatabase === true || !DATABASE_FAULTS.has(name));
  const worlds = (options.worlds ?? WORLDS).filter(
    ({ connections }) =>
      options.ownsDatabase === true ||
      connections.every((plan) => !plan.faults.some((name) => DATABASE_FAULTS.has(name))),
  );
  let running: Running | undefined;

  const leave = () => {
    if (running === undefined) return;
    running.scheduler.stop();
    for (const { cluster } of running.places.values()) {
      cluster.watches.fail(refusals.unreachable(cluster.traits.server));
      cluster.close();
    }
    running = undefined;
  };

  const enter = (name: string) => {
    const fault = faults.find((candidate) => labWorldName(candidate) === name);
    const world = fault === undefined ? worlds.find((candidate) => candidate.name === name) : labWorld(fault);
    if (world === undefined) {
      const allowed = worlds.map((candidate) => candidate.name);
      throw new ApiError('not-found', `There is no simulated world “${name}”.`, { field: 'world', allowed });
    }
    leave();
    running = start(world, { network, clock, seed, onError });
    for (const { traits, strikes = [] } of world.connections) {
      for (const strike of strikes)
        running.scheduler.after(STRIKE_MS, () => change(traits.name, strike, 'inject'));
    }
  };

  const placeOf = (context: string) => {
    const place = running?.places.get(context);
    if (place === undefined)
      throw new ApiError('not-found', `There is no simulated connection “${context}”.`);
    return place;
  };

  /** True when the entry of the kubeconfig is another afterwards. */
  const change = (context: string, name: string, action: 'inject' | 'repair'): boolean => {
    const place = placeOf(context);
    const fault = faults.find((candidate) => candidate.name === name);
    if (fault === undefined) {
      const allowed = faults.map((candidate) => candidate.name);
      throw new ApiError('not-found', `There is no fault “${name}”.`, { field: 'fault', allowed });
    }
    const known = running?.injected.get(context);
    if (known?.has(name) === (action === 'inject')) return false;
    const before = JSON.stringify(place.kubeconfig);
    fault[action](place);
    if (action === 'inject') known?.add(name);
    else known?.delete(name);
    return JSON.stringify(place.kubeconfig) !== before;
  };

  if (options.world !== undefined) enter(options.world);

  return {
    control: {
      worlds: worlds.map(({ name, title, story, connections }) => ({
        name,
        title,
        story,
        connections: connections.length,
      })),
      faults: faults.map((fault) => ({
        name: fault.name,
        title: fault.title,
        story: fault.story,
        hop: fault.hop,
        shows: [...fault.shows],
        world: labWorldName(fault),
        needsOwnWorld: fault.startsFrom !== undefined,
      })),
      current: () => running?.world,
      injected: () =>
        [...(running?.injected ?? [])].flatMap(([context, faults]) =>
          [...faults].map((fault) => ({ context, fault })),
        ),
      enter,
      leave,
      inject: (context, fault) => change(context, fault, 'inject'),
      repair: (context, fault) => change(context, fault, 'repair'),
    },
    kubeconfigs: { discover: () => Promise.resolve(discover(running, clock)) },
    brokers: createSandboxConnector(network, clock),
    database: {
      problem: () =>
        [...(running?.places.values() ?? [])]
          .map(({ cluster }) => cluster.condition.databaseProblem)
          .find((problem) => problem !== undefined),
      delayMs: () =>
        Math.max(
          0,
          ...[...(running?.places.values() ?? [])].map(({ cluster }) => cluster.condition.databaseDelayMs),
        ),
      mend() {
        for (const [context, known] of running?.injected ?? [])
          if (known.has(DATABASE_FAULT)) change(context, DATABASE_FAULT, 'repair');
      },
    },
    remembering: (state) => withSimulatedPast(state, () => running?.places),
    ownsHost: network.owns,
    ownsStream: (stream) => network.endpointOf(stream) !== undefined,
    close: leave,
  };
}

function start(
  { name, connections }: World,
  parts: { network: Network; clock: Clock; seed: number; onError(error: unknown): void },
): Running {
  const { clock, seed, network, onError } = parts;
  const scheduler = createScheduler(clock, onError);
  const injected = new Map<string, Set<string>>();
  const places = new Map(
    connections.map((plan, block) => {
      const { name: context } = plan.traits;
      const random = createSeededRandom(seed ^ hashOf(`${name}/${context}`));
      injected.set(context, new Set(plan.faults));
      return [
        context,
        startPlace({ plan, block, random, network, scheduler, now: clock.now, onError }),
      ] as const;
    }),
  );
  const bookmark = () => {
    for (const { cluster } of places.values()) cluster.watches.bookmark();
    scheduler.after(BOOKMARK_MS, bookmark);
  };
  scheduler.after(BOOKMARK_MS, bookmark);
  return { world: name, scheduler, places, injected };
}

function discover(running: Running | undefined, clock: Clock): Discovery {
  const places = [...(running?.places ?? [])];
  if (running === undefined) return { paths: [], contexts: [] };
  return {
    paths: [
      {
        path: 'sandbox',
        reason: `the simulated world “${running.world}”`,
        outcome: 'read',
        contexts: places.length,
      },
    ],
    contexts: places.map(([context, { cluster, kubeconfig }], index) => ({
      context,
      cluster: context,
      user: `${context}-admin`,
      server: cluster.traits.server,
      source: 'sandbox',
      origin: 'sandbox',
      isCurrent: index === 0,
      isTlsVerified: kubeconfig.isTlsVerified,
      ...(kubeconfig.proxy === undefined ? {} : { proxy: kubeconfig.proxy }),
      fingerprint: hashOf(`${running.world}/${cluster.traits.server}`).toString(16),
      credentialsMark: kubeconfig.credentialsMark,
      ...(kubeconfig.problem === undefined
        ? { access: { open: () => openSimulatedApi(cluster, clock, `${context}-admin`, kubeconfig.proxy) } }
        : { problem: kubeconfig.problem }),
    })),
  };
}

/** A mistake inside the simulation must be seen, and must not stop the rest of it. */
function rethrowLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
