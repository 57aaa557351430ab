import type { Observation, Service } from '../../api/evidence.ts';
import type { Observed } from '../observer/observed.ts';

const CLIENT_PORT = 4222;
const MONITOR_PORT = 8222;

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Everything the evidence says about where the Broker is and how to be let in. */
export interface BrokerTarget {
  /** There is something to connect to. */
  readonly isWanted: boolean;
  readonly internal: HostPort | undefined;
  readonly external: HostPort | undefined;
  readonly service: Service | undefined;
  readonly clientPort: number;
  readonly monitorPort: number;
  readonly clientNodePort: number | undefined;
  readonly monitorNodePort: number | undefined;
  readonly apiHost: string | undefined;
  readonly readyPods: readonly { namespace: string; name: string }[];
  readonly isServerInCluster: boolean;
  readonly token: { readonly state: 'none' | 'used' | 'unreadable'; readonly value?: string };
  /** Changes when anything above does: what was refused a moment ago is then worth another try. */
  readonly key: string;
}

/** `host:port` with or without a scheme, IPv6 in brackets; undefined for anything else. Source: domain.md 3.3. */
export function parseHostPort(text: string | undefined): HostPort | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const bare = text
    .trim()
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/\/.*$/, '');
  const match = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(bare);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host === undefined || !(port > 0 && port < 65_536) ? undefined : { host, port };
}

export function hostOf(url: string): string | undefined {
  try {
    return new URL(url).hostname.replace(/^\[|\]$/g, '') || undefined;
  } catch {
    return undefined; // a kubeconfig may name no server, or nonsense; that is told elsewhere
  }
}

export function targetOf(
  observed: Observed,
  about: {
    server: string;
    isServerInCluster: boolean;
    tokens: readonly { namespace: string; token: string }[];
  },
): BrokerTarget {
  const brokers = known(observed.resources, []).filter((resource) => resource.kind === 'Broker');
  const workloads = known(observed.workloads, []).filter((workload) => workload.role === 'broker');
  const broker =
    brokers.find((one) => one.deletedAt === undefined && one.endpoint !== undefined) ?? brokers[0];
  const pods = known(observed.pods, []).filter((pod) => pod.role === 'broker' && pod.deletedAt === undefined);
  const home = broker?.namespace ?? workloads[0]?.namespace ?? pods[0]?.namespace;
  const services = known(observed.services, []).filter(
    (one) => one.role === 'broker' && (one.clusterIp !== undefined || one.type === 'LoadBalancer'),
  );
  const service = services.find((one) => one.namespace === home) ?? services[0];
  const client = portOf(service, ['client', 'nats'], CLIENT_PORT);
  const monitor = portOf(service, ['monitor'], MONITOR_PORT);
  const clientPort = client?.port ?? CLIENT_PORT;
  const address = service?.externalAddresses[0];
  const readyPods = pods
    .filter((pod) => pod.ready)
    .map(({ namespace, name }) => ({ namespace, name }))
    .toSorted(
      (a, b) => Number(b.namespace === home) - Number(a.namespace === home) || a.name.localeCompare(b.name),
    );
  const token = about.tokens.find((one) => one.namespace === home) ?? about.tokens[0];
  const isTokenUnreadable = token === undefined && observed.brokerToken.status === 'failed';
  // Dialling before the Services and pods were looked at would try half of the ways, and tell the others wrongly.
  const isLookedAt = observed.services.status !== 'pending' && observed.pods.status !== 'pending';
  const isThere =
    broker !== undefined || workloads.length > 0 || service !== undefined || readyPods.length > 0;
  const parts = {
    isWanted: isLookedAt && isThere,
    internal:
      parseHostPort(broker?.endpoint?.internal) ??
      (service?.clusterIp === undefined ? undefined : { host: service.clusterIp, port: clientPort }),
    external:
      parseHostPort(broker?.endpoint?.external) ??
      (address === undefined ? undefined : { host: address, port: clientPort }),
    service,
    clientPort,
    monitorPort: monitor?.port ?? MONITOR_PORT,
    clientNodePort: client?.nodePort,
    monitorNodePort: monitor?.nodePort,
    apiHost: hostOf(about.server),
    readyPods,
    isServerInCluster: about.isServerInCluster,
    token:
      token === undefined
        ? ({ state: isTokenUnreadable ? 'unreadable' : 'none' } as const)
        : ({ state: 'used', value: token.token } as const),
  };
  return { ...parts, key: JSON.stringify(parts) };
}

function portOf(service: Service | undefined, names: readonly string[], usual: number) {
  return (
    service?.ports.find((port) => names.includes(port.name)) ??
    service?.ports.find((port) => port.port === usual)
  );
}

function known<T>(observation: Observation<T>, otherwise: T): T {
  if (observation.status === 'seen') return observation.value;
  return (observation.status === 'failed' ? observation.lastValue : undefined) ?? otherwise;
}
