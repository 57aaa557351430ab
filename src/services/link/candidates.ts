import type { Candidate, Failure } from '../../api/evidence.ts';
import type { ClusterApi, Route } from '../ports.ts';
import type { BrokerTarget, HostPort } from './target.ts';

/** Ports inside the pod, whatever the Service maps them to. */
const POD_CLIENT_PORT = 4222;
const POD_MONITOR_PORT = 8222;

export const DIAL_DEADLINE_MS = 2500;
/** A ClusterIP seen from elsewhere answers at once or not at all. */
const FOREIGN_INTERNAL_TIMEOUT_MS = 1500;

/** One way to the Broker, planned: with the routes to dial, or with the reason why it is not dialled. */
export interface Way {
  readonly kind: Candidate['kind'];
  readonly address: string;
  readonly timeoutMs: number;
  /** An answer there says nothing about which cluster answered: loopback, or a ClusterIP seen from elsewhere. */
  readonly isAmbiguous: boolean;
  readonly client?: Route;
  readonly monitor?: Route;
  readonly skipped?: Failure;
}

/**
 * Every way to the Broker in the order of preference. Source: domain.md 11.2, with the port-forward of 11.3 as the
 * last, because it costs the API server a stream.
 */
export function waysTo(
  target: BrokerTarget,
  access: { api: ClusterApi | undefined; dockerHosts: readonly string[] },
): Way[] {
  const ways = [
    internalWay(target),
    externalWay(target),
    ...dockerWays(target, access.dockerHosts),
    apiHostWay(target),
    forwardWay(target, access.api),
  ];
  const seen = new Set<string>();
  return ways.map((way) => {
    if (way.skipped !== undefined || way.client?.kind !== 'address') return way;
    if (seen.has(way.address)) return skip(way.kind, way.address, 'The same address as a way before.');
    seen.add(way.address);
    return way;
  });
}

function internalWay(target: BrokerTarget): Way {
  const { internal, isServerInCluster } = target;
  if (internal === undefined) return skip('internal', '', 'The Broker has published no internal address.');
  return direct('internal', internal, {
    monitorPort: target.monitorPort,
    timeoutMs: isServerInCluster ? DIAL_DEADLINE_MS : FOREIGN_INTERNAL_TIMEOUT_MS,
    isAmbiguous: !isServerInCluster,
  });
}

function externalWay(target: BrokerTarget): Way {
  const { external, clientNodePort, service } = target;
  if (external === undefined) {
    const why =
      service?.type === 'LoadBalancer'
        ? 'The load balancer has not assigned an address to the Broker’s Service.'
        : 'The Broker’s Service has no external address.';
    return skip('external', '', why);
  }
  // A node port's client and monitor ports have nothing to do with each other.
  const isNodePort = external.port === clientNodePort && external.port !== target.clientPort;
  return direct('external', external, {
    monitorPort: isNodePort ? target.monitorNodePort : target.monitorPort,
  });
}

function dockerWays(target: BrokerTarget, hosts: readonly string[]): Way[] {
  if (hosts.length === 0) {
    return [
      skip('docker-host', '', 'This server does not run in a container, so there is no Docker host to try.'),
    ];
  }
  const port = target.clientNodePort ?? target.external?.port ?? target.clientPort;
  const monitorPort = target.clientNodePort === undefined ? target.monitorPort : target.monitorNodePort;
  return hosts.map((host) => direct('docker-host', { host, port }, { monitorPort, isAmbiguous: true }));
}

function apiHostWay(target: BrokerTarget): Way {
  const { apiHost, clientNodePort, service } = target;
  if (apiHost === undefined) return skip('api-host', '', 'The address of the API server names no host.');
  const isExposed = service?.type === 'NodePort' || service?.type === 'LoadBalancer';
  if (clientNodePort === undefined && !isExposed) {
    return skip('api-host', apiHost, 'The Broker’s Service opens no port on the nodes.');
  }
  const port = clientNodePort ?? target.clientPort;
  const monitorPort = clientNodePort === undefined ? target.monitorPort : target.monitorNodePort;
  return direct('api-host', { host: apiHost, port }, { monitorPort });
}

function forwardWay(target: BrokerTarget, api: ClusterApi | undefined): Way {
  const [pod] = target.readyPods;
  if (pod === undefined)
    return skip('port-forward', '', 'No pod of the Broker is ready to forward a port of.');
  if (api === undefined) return skip('port-forward', '', 'The cluster cannot be asked to forward a port.');
  return {
    kind: 'port-forward',
    address: `${pod.namespace}/${pod.name}:${POD_CLIENT_PORT}`,
    timeoutMs: DIAL_DEADLINE_MS,
    isAmbiguous: false,
    client: forwardRoute(api, pod, POD_CLIENT_PORT),
    monitor: forwardRoute(api, pod, POD_MONITOR_PORT),
  };
}

/** The monitoring port of a pod, through the API server. */
export function forwardedMonitor(api: ClusterApi, pod: { namespace: string; name: string }): Route {
  return forwardRoute(api, pod, POD_MONITOR_PORT);
}

function forwardRoute(api: ClusterApi, pod: { namespace: string; name: string }, port: number): Route {
  return {
    kind: 'stream',
    label: `${pod.namespace}/${pod.name}:${port}`,
    open: (signal) => api.forward(pod, port, signal),
  };
}

function direct(
  kind: Candidate['kind'],
  { host, port }: HostPort,
  options: { monitorPort: number | undefined; timeoutMs?: number; isAmbiguous?: boolean },
): Way {
  const { monitorPort, timeoutMs = DIAL_DEADLINE_MS, isAmbiguous = isLoopback(host) } = options;
  return {
    kind,
    address: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    timeoutMs,
    isAmbiguous,
    client: { kind: 'address', host, port },
    ...(monitorPort === undefined ? {} : { monitor: { kind: 'address', host, port: monitorPort } }),
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function skip(kind: Candidate['kind'], address: string, message: string): Way {
  return { kind, address, timeoutMs: 0, isAmbiguous: false, skipped: { kind: 'not-found', message } };
}
