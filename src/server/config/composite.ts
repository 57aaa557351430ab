import type { BrokerConnector, ByteStream, KubeconfigSource, Route } from '../../services/ports.ts';

/** What the server needs to know of the simulated world to keep it apart from the real one. */
export interface SimulatedWorld {
  readonly kubeconfigs: KubeconfigSource;
  readonly brokers: BrokerConnector;
  /** Its addresses are from ranges reserved for tests, so no real Broker is ever meant. */
  ownsHost(host: string): boolean;
  ownsStream(stream: ByteStream): boolean;
}

/** Contexts of both, the real ones first. */
export function compositeKubeconfigs(real: KubeconfigSource, simulated: KubeconfigSource): KubeconfigSource {
  return {
    async discover() {
      const [found, imagined] = await Promise.all([real.discover(), simulated.discover()]);
      return {
        paths: [...found.paths, ...imagined.paths],
        contexts: [...found.contexts, ...imagined.contexts],
      };
    },
  };
}

/** Dials into the simulated world what belongs to it, and everything else for real. */
export function compositeBrokers(real: BrokerConnector, world: SimulatedWorld): BrokerConnector {
  return {
    connect: (options, signal) =>
      choose(world, options.route, real, (connector, route) =>
        connector.connect({ ...options, route }, signal),
      ),
    monitor: (options, signal) =>
      choose(world, options.route, real, (connector, route) =>
        connector.monitor({ ...options, route }, signal),
      ),
  };
}

async function choose<T>(
  world: SimulatedWorld,
  route: Route,
  real: BrokerConnector,
  use: (connector: BrokerConnector, route: Route) => Promise<T>,
): Promise<T> {
  if (route.kind === 'address') return use(world.ownsHost(route.host) ? world.brokers : real, route);
  // Only the opened stream tells whose it is, so the real connector begins, within its own time limit, and hands over.
  let simulated: ByteStream | undefined;
  let isOver = false;
  const asked: Route = {
    ...route,
    async open(signal) {
      const stream = await route.open(signal);
      if (!world.ownsStream(stream)) return stream;
      if (isOver) stream.close();
      else simulated = stream;
      throw new Error('This stream leads into the simulated world.');
    },
  };
  try {
    return await use(real, asked);
  } catch (error) {
    isOver = true;
    const stream = simulated;
    if (stream === undefined) throw error;
    return use(world.brokers, { ...route, open: async () => stream });
  }
}
