import type { KubeObject } from '../../services/ports.ts';
import { createNatsServer, type NatsServer } from '../broker/nats-server.ts';
import type { SimulatedCluster } from '../cluster.ts';
import { listAt, stringAt } from '../kube/json.ts';
import { SECRETS } from '../kube/kinds.ts';
import { forgetJournal, note } from './journal.ts';
import type { Program } from './kubelet.ts';

/** Runs a NATS server in every ready pod with a container `nats`. */
export function createBrokerProgram(cluster: SimulatedCluster): Program {
  return {
    started: (pod) => {
      const container = containerOf(pod, 'nats');
      if (container === undefined) return;
      const server = createNatsServer({
        serverId: `N${cluster.random.hex(55).toUpperCase()}`,
        serverName: pod.metadata.name,
        version: /:(\d+\.\d+\.\d+)/.exec(stringAt(container, 'image') ?? '')?.[1] ?? '2.10.0',
        token: cluster.condition.brokerToken ?? envOf(cluster, pod, 'nats', 'NATS_TOKEN'),
        now: cluster.now,
        onError: cluster.onError,
        onLine: (line) => note(cluster, pod, line),
      });
      setUp(cluster, server);
      cluster.brokers.set(pod.metadata.uid ?? '', server);
    },
    stopped: (pod) => {
      const uid = pod.metadata.uid ?? '';
      cluster.brokers.get(uid)?.stop();
      cluster.brokers.delete(uid);
      forgetJournal(cluster, pod);
    },
  };
}

/** Gives the Brokers that run the setup that the condition of their cluster describes. */
export function setUpBrokers(cluster: SimulatedCluster): void {
  for (const server of cluster.brokers.values()) setUp(cluster, server);
}

function setUp({ condition }: SimulatedCluster, server: NatsServer): void {
  server.isFrozen = condition.isBrokerFrozen;
  Object.assign(server, condition.broker);
}

export function containerOf(pod: KubeObject, name: string): unknown {
  return listAt(pod, 'spec', 'containers').find((entry) => stringAt(entry, 'name') === name);
}

/** An environment variable of a container, read from its Secret where it refers to one. */
export function envOf(
  cluster: SimulatedCluster,
  pod: KubeObject,
  container: string,
  variable: string,
): string | undefined {
  const entry = listAt(containerOf(pod, container), 'env').find((env) => stringAt(env, 'name') === variable);
  const name = stringAt(entry, 'valueFrom', 'secretKeyRef', 'name');
  if (name === undefined) return stringAt(entry, 'value');
  const key = stringAt(entry, 'valueFrom', 'secretKeyRef', 'key') ?? '';
  const encoded = stringAt(cluster.store.get(SECRETS, pod.metadata.namespace, name), 'data', key);
  return encoded === undefined ? undefined : atob(encoded);
}
