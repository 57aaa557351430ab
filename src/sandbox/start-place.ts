import type { Network } from './broker/network.ts';
import { createSimulatedCluster } from './cluster.ts';
import { createBrokerProgram } from './controllers/broker-program.ts';
import { startEverydayChanges, writeEveryday } from './controllers/everyday.ts';
import { install } from './controllers/install.ts';
import { startKubelet } from './controllers/kubelet.ts';
import { createMeshsyncProgram } from './controllers/meshsync.ts';
import { createOperatorProgram } from './controllers/operator.ts';
import { startServiceNetwork } from './controllers/service-network.ts';
import { startWorkloadController } from './controllers/workloads.ts';
import type { SeededRandom } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Place } from './worlds/faults/index.ts';
import { FAULTS } from './worlds/faults/index.ts';
import { connection, type ConnectionPlan } from './worlds/plan.ts';

/** Builds one connection of a world as if it had been running for long, breaks in it what its plan says, and starts it. */
export function startPlace(options: {
  plan: ConnectionPlan;
  block: number;
  random: SeededRandom;
  network: Network;
  scheduler: Scheduler;
  now(): number;
  onError(error: unknown): void;
}): Place {
  const { plan, ...parts } = options;
  const cluster = createSimulatedCluster({ traits: plan.traits, ...parts });
  startWorkloadController(cluster);
  startServiceNetwork(cluster);
  const programs = [
    createBrokerProgram(cluster),
    createOperatorProgram(cluster),
    createMeshsyncProgram(cluster),
  ];
  const kubelet = startKubelet(cluster, programs);
  let neighbour: Place | undefined;
  const place: Place = {
    plan,
    cluster,
    kubelet,
    kubeconfig: { problem: undefined, isTlsVerified: true, proxy: undefined, credentialsMark: 'sandbox' },
    neighbour: () => {
      neighbour ??= startNeighbour(options);
      return neighbour;
    },
  };
  cluster.onClose(() => neighbour?.cluster.close());
  cluster.inThePast(plan.ageMs, () => {
    writeEveryday(cluster, plan.size);
    for (const installation of plan.installations) install(cluster, installation);
  });
  cluster.condition.denials = [...plan.denials];
  cluster.inThePast(plan.ageMs / 2, () => {
    for (const fault of FAULTS) if (plan.faults.includes(fault.name)) fault.inject(place);
  });
  // Nobody watched yet, so nobody needs what happened while it was built.
  cluster.store.compact();
  plan.start?.(cluster);
  startEverydayChanges(cluster);
  return place;
}

/** Blocks of addresses from here on are for the neighbours; a world has far fewer connections. */
const NEIGHBOUR_BLOCK = 1500;

function startNeighbour(options: Parameters<typeof startPlace>[0]): Place {
  const name = `${options.plan.traits.name}-neighbour`;
  return startPlace({
    ...options,
    plan: connection(name, { size: 'small', traits: { changesPerSecond: 0 } }),
    block: NEIGHBOUR_BLOCK + (options.block % 500),
  });
}
