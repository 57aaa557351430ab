import type { KubeObject } from '../../services/ports.ts';
import type { SimulatedCluster } from '../cluster.ts';
import { ensureNamespace } from '../cluster.ts';
import { CONFIG_MAPS, DEPLOYMENTS, NODES, SERVICES } from '../kube/kinds.ts';

const SHOP = 'shop';
/** Changes are made in handfuls, so that a busy cluster does not wake the process for each. */
const HANDFUL_MS = 250;

/** What every cluster has: its own namespaces, nodes, and somebody’s workload. */
export function writeEveryday(cluster: SimulatedCluster, size: 'usual' | 'small'): void {
  for (const namespace of ['default', 'kube-system', SHOP]) ensureNamespace(cluster, namespace);
  for (let node = 1; node <= (size === 'small' ? 1 : 3); node += 1) {
    cluster.write(NODES, {
      metadata: { name: `${cluster.traits.name}-node-${node}`, labels: { 'kubernetes.io/os': 'linux' } },
      status: {
        capacity: { cpu: '8', memory: '32Gi', pods: '110' },
        nodeInfo: { kubeletVersion: cluster.traits.version, osImage: 'Debian GNU/Linux 13' },
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
      },
    });
  }
  for (let shelf = 1; shelf <= (size === 'small' ? 2 : 8); shelf += 1) {
    cluster.write(CONFIG_MAPS, {
      metadata: { name: `shelf-${shelf}`, namespace: SHOP, labels: { 'app.kubernetes.io/part-of': SHOP } },
      data: { stock: '100' },
    });
  }
  if (size === 'small') return;
  for (const [name, replicas] of [
    ['storefront', 2],
    ['checkout', 1],
  ] as const) {
    const labels = { app: name };
    cluster.write(DEPLOYMENTS, {
      metadata: { name, namespace: SHOP, labels },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name, image: `shop.example/${name}:4.2.0` }] },
        },
      },
    });
    const ports = [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }];
    cluster.write(SERVICES, {
      metadata: { name, namespace: SHOP, labels },
      spec: { selector: labels, ports },
    });
  }
}

/** Keeps changing the stock of the shop, as often as the cluster’s traits say; a rate of zero changes nothing. */
export function startEverydayChanges(cluster: SimulatedCluster): void {
  const { changesPerSecond } = cluster.traits;
  if (changesPerSecond <= 0) return;
  const waitMs = Math.max(HANDFUL_MS, 1000 / changesPerSecond);
  const handful = Math.max(1, Math.round((changesPerSecond * waitMs) / 1000));
  const tick = () => {
    const shelves = cluster.store.all(CONFIG_MAPS, SHOP);
    for (let count = 0; count < handful; count += 1) {
      const shelf: KubeObject | undefined = shelves[cluster.random.below(shelves.length)];
      if (shelf === undefined) break;
      const stock = `${cluster.random.below(900) + 100}.${cluster.random.below(1000)}`;
      cluster.write(CONFIG_MAPS, { ...shelf, data: { stock } });
    }
    cluster.after(waitMs * (0.75 + cluster.random.next() / 2), tick);
  };
  cluster.after(cluster.random.below(Math.ceil(waitMs)), tick);
}
