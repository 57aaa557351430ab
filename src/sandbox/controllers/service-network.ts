import type { KubeObject } from '../../services/ports.ts';
import type { Dialled } from '../broker/network.ts';
import type { NatsServer } from '../broker/nats-server.ts';
import type { SimulatedCluster } from '../cluster.ts';
import { listAt, numberAt, objectAt, stringAt } from '../kube/json.ts';
import { PODS, SERVICES } from '../kube/kinds.ts';

const PROVISION_MS = 1200;

/** Gives LoadBalancer Services their address, and connects Services to the simulated network outside the cluster. */
export function startServiceNetwork(cluster: SimulatedCluster): void {
  const releases = new Map<string, (() => void)[]>();
  const release = (uid: string) => {
    for (const undo of releases.get(uid) ?? []) undo();
    releases.delete(uid);
  };

  const connect = (service: KubeObject) => {
    const uid = service.metadata.uid ?? '';
    release(uid);
    const undo: (() => void)[] = [];
    const clusterIp = stringAt(service, 'spec', 'clusterIP');
    if (clusterIp !== undefined && clusterIp !== 'None') {
      // This server stands outside the cluster, where no router knows the way to a ClusterIP.
      undo.push(cluster.network.claim(clusterIp, () => ({ outcome: 'unreachable' })));
    }
    for (const ingress of listAt(service, 'status', 'loadBalancer', 'ingress')) {
      const host = stringAt(ingress, 'hostname') ?? stringAt(ingress, 'ip');
      if (host !== undefined)
        undo.push(cluster.network.claim(host, (port) => dialLoadBalancer(cluster, service, port)));
    }
    releases.set(uid, undo);
  };

  const provision = (service: KubeObject) => {
    const { namespace, name } = service.metadata;
    const current = cluster.store.get(SERVICES, namespace, name);
    if (current === undefined || stringAt(current, 'spec', 'type') !== 'LoadBalancer') return;
    if (listAt(current, 'status', 'loadBalancer', 'ingress').length > 0) return;
    cluster.store.put(SERVICES, { ...current, status: assigned(cluster, current) });
  };

  cluster.onClose(
    cluster.store.listen(({ type, object }) => {
      if (type === 'DELETED') {
        release(object.metadata.uid ?? '');
        return;
      }
      connect(object);
      if (stringAt(object, 'spec', 'type') === 'LoadBalancer') {
        if (cluster.condition.loadBalancer !== 'pending')
          cluster.after(PROVISION_MS, () => provision(object));
      } else if (listAt(object, 'status', 'loadBalancer', 'ingress').length > 0) {
        cluster.store.put(SERVICES, { ...object, status: { loadBalancer: {} } });
      }
    }, SERVICES),
  );
  const apiHost = new URL(cluster.traits.server).hostname;
  cluster.onClose(cluster.network.claim(apiHost, (port) => dialNodePort(cluster, port)));
  cluster.onClose(() => {
    for (const uid of releases.keys()) release(uid);
  });
}

/** Changes what comes of load balancers, and gives or takes the addresses that follow from it. */
export function changeLoadBalancer(
  cluster: SimulatedCluster,
  loadBalancer: SimulatedCluster['condition']['loadBalancer'],
): void {
  cluster.condition.loadBalancer = loadBalancer;
  for (const service of cluster.store.all(SERVICES)) {
    if (stringAt(service, 'spec', 'type') !== 'LoadBalancer') continue;
    const status = loadBalancer === 'pending' ? { loadBalancer: {} } : assigned(cluster, service);
    cluster.store.put(SERVICES, { ...service, status });
  }
}

function assigned(cluster: SimulatedCluster, { metadata }: KubeObject): object {
  const hostname = `${metadata.name}.${cluster.traits.name}.example`;
  return { loadBalancer: { ingress: [{ hostname }] } };
}

function dialLoadBalancer(cluster: SimulatedCluster, service: KubeObject, port: number): Dialled {
  if (cluster.condition.loadBalancer === 'firewalled') return { outcome: 'timeout' };
  return detour(cluster, port) ?? behindService(cluster, service, port);
}

function dialNodePort(cluster: SimulatedCluster, nodePort: number): Dialled {
  // Where load balancers do not lead in, the nodes cannot be reached from outside either.
  if (cluster.condition.loadBalancer !== 'assigns') return { outcome: 'refused' };
  for (const service of cluster.store.all(SERVICES)) {
    for (const port of listAt(service, 'spec', 'ports')) {
      const number = numberAt(port, 'port') ?? 0;
      if (numberAt(port, 'nodePort') === nodePort)
        return detour(cluster, number) ?? behindService(cluster, service, number);
    }
  }
  return { outcome: 'refused' };
}

/** Who answers in another cluster, where the port of the load balancer leads into one. */
function detour(cluster: SimulatedCluster, port: number): Dialled | undefined {
  const [server] = cluster.condition.detours.get(port)?.brokers.values() ?? [];
  return server === undefined ? undefined : answered(server, port);
}

/** What answers inside the cluster at `host:port`: a ClusterIP or the DNS name of a Service. */
export function dialInside(cluster: SimulatedCluster, host: string, port: number): Dialled {
  const service = cluster.store.all(SERVICES).find(({ metadata, ...rest }) => {
    const { name, namespace = '' } = metadata;
    const names = [
      name,
      `${name}.${namespace}`,
      `${name}.${namespace}.svc`,
      `${name}.${namespace}.svc.cluster.local`,
    ];
    return stringAt(rest, 'spec', 'clusterIP') === host || names.includes(host);
  });
  return service === undefined ? { outcome: 'dns' } : behindService(cluster, service, port);
}

function behindService(cluster: SimulatedCluster, service: KubeObject, port: number): Dialled {
  const entry = listAt(service, 'spec', 'ports').find((candidate) => numberAt(candidate, 'port') === port);
  if (entry === undefined) return { outcome: 'refused' };
  const target = numberAt(entry, 'targetPort') ?? port;
  const selector = Object.entries(objectAt(service, 'spec', 'selector'));
  for (const pod of cluster.store.all(PODS, service.metadata.namespace)) {
    const isSelected = selector.every(([label, value]) => pod.metadata.labels?.[label] === value);
    const server = isSelected ? cluster.brokers.get(pod.metadata.uid ?? '') : undefined;
    if (server !== undefined) return answered(server, target);
  }
  return { outcome: 'refused' };
}

/** What a NATS server answers at one of its own ports. */
function answered(server: NatsServer, port: number): Dialled {
  if (port === 4222) return { outcome: 'answered', endpoint: { server, port: 'client' } };
  if (port === 8222 && server.hasMonitor)
    return { outcome: 'answered', endpoint: { server, port: 'monitor' } };
  return { outcome: 'refused' };
}
