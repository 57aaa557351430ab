import type { KubeObject } from '../../services/ports.ts';
import type { Dialled } from '../broker/network.ts';
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
    const hostname = `${name}.${cluster.traits.name}.example`;
    cluster.store.put(SERVICES, { ...current, status: { loadBalancer: { ingress: [{ hostname }] } } });
  };

  cluster.onClose(
    cluster.store.listen(({ type, object }) => {
      if (type === 'DELETED') {
        release(object.metadata.uid ?? '');
        return;
      }
      connect(object);
      if (stringAt(object, 'spec', 'type') === 'LoadBalancer') {
        if (cluster.traits.loadBalancer !== 'pending') cluster.after(PROVISION_MS, () => provision(object));
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

function dialLoadBalancer(cluster: SimulatedCluster, service: KubeObject, port: number): Dialled {
  if (cluster.traits.loadBalancer === 'firewalled') return { outcome: 'timeout' };
  return behindService(cluster, service, port);
}

function dialNodePort(cluster: SimulatedCluster, nodePort: number): Dialled {
  // Where load balancers do not lead in, the nodes cannot be reached from outside either.
  if (cluster.traits.loadBalancer !== 'assigns') return { outcome: 'refused' };
  for (const service of cluster.store.all(SERVICES)) {
    for (const port of listAt(service, 'spec', 'ports')) {
      if (numberAt(port, 'nodePort') === nodePort)
        return behindService(cluster, service, numberAt(port, 'port') ?? 0);
    }
  }
  return { outcome: 'refused' };
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
  const serves = listAt(service, 'spec', 'ports').some((entry) => numberAt(entry, 'port') === port);
  if (!serves) return { outcome: 'refused' };
  const selector = Object.entries(objectAt(service, 'spec', 'selector'));
  for (const pod of cluster.store.all(PODS, service.metadata.namespace)) {
    const isSelected = selector.every(([label, value]) => pod.metadata.labels?.[label] === value);
    const server = isSelected ? cluster.brokers.get(pod.metadata.uid ?? '') : undefined;
    if (server !== undefined && (port === 4222 || port === 8222)) {
      return { outcome: 'answered', endpoint: { server, port: port === 4222 ? 'client' : 'monitor' } };
    }
  }
  return { outcome: 'refused' };
}
