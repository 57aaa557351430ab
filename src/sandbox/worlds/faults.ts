import type { SandboxFault } from '../../api/sandbox.ts';
import type { KubeObject } from '../../services/ports.ts';
import type { SimulatedCluster } from '../cluster.ts';
import { install } from '../controllers/install.ts';
import type { Kubelet } from '../controllers/kubelet.ts';
import { DEPLOYMENTS, PODS, STATEFUL_SETS } from '../kube/kinds.ts';
import { listAt, stringAt } from '../kube/json.ts';
import * as refusals from '../kube/refusals.ts';
import { patched } from '../kube/store.ts';
import type { ConnectionPlan } from './plan.ts';

/** A running connection of a simulated world. */
export interface Place {
  readonly plan: ConnectionPlan;
  readonly cluster: SimulatedCluster;
  readonly kubelet: Kubelet;
}

export interface Fault extends SandboxFault {
  inject(place: Place): void;
  repair(place: Place): void;
}

/** The one fault that is not of a cluster: it is offered only where the database belongs to the simulation. */
export const DATABASE_FAULT = 'corrupt-database';
const OPERATORS = ['meshplay-operator', 'meshery-operator'];
const POD_READING = { verbs: ['get', 'list', 'watch'], group: '', resource: 'pods' };

/** Everything that can be broken in a simulated cluster, and mended again. */
export const FAULTS: readonly Fault[] = [
  {
    name: 'kill-broker',
    title: 'Kill the Broker',
    story: 'The container of the Broker crashes, and again each time it is started.',
    inject: ({ cluster }) => {
      cluster.condition.isBrokerDown = true;
      for (const pod of podsWith(cluster, 'nats')) cluster.deletion.request(PODS, pod, 'Background');
    },
    repair: ({ cluster, kubelet }) => {
      cluster.condition.isBrokerDown = false;
      kubelet.retry();
    },
  },
  {
    name: 'freeze-broker',
    title: 'Freeze the Broker',
    story: 'The Broker accepts connections and then says nothing more.',
    inject: ({ cluster }) => freeze(cluster, true),
    repair: ({ cluster }) => freeze(cluster, false),
  },
  {
    name: 'wrong-token',
    title: 'Change the Broker’s token',
    story: 'The Broker wants another token than the Secret holds.',
    inject: ({ cluster }) => changeToken(cluster, `t${cluster.random.hex(64)}`),
    repair: ({ cluster }) => {
      cluster.condition.brokerToken = undefined;
      for (const pod of podsWith(cluster, 'nats')) cluster.deletion.request(PODS, pod, 'Background');
    },
  },
  {
    name: 'scale-meshsync-to-zero',
    title: 'Scale MeshSync to zero',
    story: 'The Deployment of MeshSync has no pod any more.',
    inject: ({ cluster }) => scale(cluster, '-meshsync', 0),
    repair: ({ cluster }) => scale(cluster, '-meshsync', 1),
  },
  {
    name: 'unlink-meshsync',
    title: 'Cut MeshSync off the Broker',
    story: 'MeshSync is given an address of the Broker that leads nowhere.',
    inject: ({ cluster }) => pointMeshsync(cluster, 'nats://broker.gone.svc.cluster.local:4222'),
    repair: ({ cluster }) => pointMeshsync(cluster, undefined),
  },
  {
    name: 'deaf-meshsync',
    title: 'Make MeshSync deaf',
    story: 'MeshSync keeps its link and no longer notices what changes.',
    inject: ({ cluster }) => {
      cluster.condition.isMeshsyncDeaf = true;
    },
    repair: ({ cluster }) => {
      cluster.condition.isMeshsyncDeaf = false;
    },
  },
  {
    name: 'delete-meshsync-resource',
    title: 'Delete the MeshSync resource',
    story: 'Somebody deletes the MeshSync resource; the Operator takes its workload away.',
    inject: ({ cluster }) => deleteResources(cluster, 'meshsyncs'),
    repair: reinstall,
  },
  {
    name: 'delete-broker-resource',
    title: 'Delete the Broker resource',
    story: 'Somebody deletes the Broker resource; the Operator takes its workload away.',
    inject: ({ cluster }) => deleteResources(cluster, 'brokers'),
    repair: reinstall,
  },
  {
    name: 'remove-operator',
    title: 'Remove the Operator',
    story: 'The Operator goes; Broker and MeshSync stay as orphans.',
    inject: ({ cluster }) => {
      for (const deployment of operatorsOf(cluster))
        cluster.deletion.request(DEPLOYMENTS, deployment, 'Background');
    },
    repair: reinstall,
  },
  {
    name: 'image-pull',
    title: 'Take the images away',
    story: 'The Operator is rolled out anew, and its image can no longer be pulled.',
    inject: ({ cluster }) => {
      for (const operator of OPERATORS) cluster.condition.missingImages.add(operator);
      for (const deployment of operatorsOf(cluster)) {
        const restarted = { 'kubectl.kubernetes.io/restartedAt': new Date(cluster.now()).toISOString() };
        const template = { metadata: { annotations: restarted } };
        cluster.store.put(DEPLOYMENTS, patched(deployment, { spec: { template } }));
      }
    },
    repair: ({ cluster, kubelet }) => {
      for (const operator of OPERATORS) cluster.condition.missingImages.delete(operator);
      kubelet.retry();
    },
  },
  {
    name: 'revoke-permission',
    title: 'Take the right to see pods away',
    story: 'The identity of the kubeconfig may no longer get, list or watch pods.',
    inject: ({ cluster }) => {
      cluster.condition.denials = [...cluster.condition.denials, POD_READING];
      // An API server checks rights when a watch is opened; this one was restarted with the new rules.
      cluster.watches.fail(refusals.unreachable(cluster.traits.server));
    },
    repair: ({ cluster }) => {
      cluster.condition.denials = cluster.condition.denials.filter((denial) => denial !== POD_READING);
    },
  },
  {
    name: 'api-unreachable',
    title: 'Take the API server off the network',
    story: 'No connection to the API server can be made.',
    inject: ({ cluster }) => {
      cluster.condition.link = 'unreachable';
      cluster.watches.fail(refusals.unreachable(cluster.traits.server));
    },
    repair: answerAgain,
  },
  {
    name: 'api-black-hole',
    title: 'Make the API server a black hole',
    story: 'Connections are accepted and nothing is ever answered.',
    inject: ({ cluster }) => {
      cluster.condition.link = 'black-hole';
    },
    repair: answerAgain,
  },
  {
    name: 'api-slow',
    title: 'Slow the API server down',
    story: 'Every answer takes three seconds.',
    inject: ({ cluster }) => {
      cluster.condition.link = 'slow';
    },
    repair: answerAgain,
  },
  {
    name: 'unauthorized',
    title: 'Expire the credentials',
    story: 'The API server no longer knows the identity of the kubeconfig.',
    inject: ({ cluster }) => {
      cluster.condition.link = 'unauthorized';
      cluster.watches.fail(refusals.unauthorized());
    },
    repair: answerAgain,
  },
  {
    name: 'silent-watch',
    title: 'Silence the watches',
    story: 'Watches stay open and deliver nothing, as behind a proxy that forgot them.',
    inject: ({ cluster }) => {
      cluster.condition.areWatchesSilent = true;
    },
    repair: ({ cluster }) => {
      cluster.condition.areWatchesSilent = false;
    },
  },
  {
    name: DATABASE_FAULT,
    title: 'Damage the database',
    story: 'The file that holds what MeshSync sent is damaged; nothing is stored until it is reset.',
    inject: ({ cluster }) => {
      cluster.condition.isDatabaseDamaged = true;
    },
    repair: ({ cluster }) => {
      cluster.condition.isDatabaseDamaged = false;
    },
  },
];

function answerAgain({ cluster }: Place): void {
  cluster.condition.link = 'answers';
}

function reinstall({ cluster, plan }: Place): void {
  for (const installation of plan.installations) install(cluster, installation);
}

function podsWith(cluster: SimulatedCluster, container: string): KubeObject[] {
  return cluster.store
    .all(PODS)
    .filter((pod) =>
      listAt(pod, 'spec', 'containers').some((entry) => stringAt(entry, 'name') === container),
    );
}

function operatorsOf(cluster: SimulatedCluster): KubeObject[] {
  return cluster.store.all(DEPLOYMENTS).filter(({ metadata }) => OPERATORS.includes(metadata.name));
}

function freeze(cluster: SimulatedCluster, isFrozen: boolean): void {
  cluster.condition.isBrokerFrozen = isFrozen;
  for (const server of cluster.brokers.values()) server.isFrozen = isFrozen;
}

function changeToken(cluster: SimulatedCluster, token: string): void {
  cluster.condition.brokerToken = token;
  for (const server of cluster.brokers.values()) {
    server.token = token;
    server.kick('meshsync');
  }
}

function scale(cluster: SimulatedCluster, suffix: string, replicas: number): void {
  for (const key of [DEPLOYMENTS, STATEFUL_SETS]) {
    for (const workload of cluster.store.all(key)) {
      if (workload.metadata.name.endsWith(suffix))
        cluster.store.put(key, patched(workload, { spec: { replicas } }));
    }
  }
}

/** Gives MeshSync another Broker by its resource, which the Operator then follows; `undefined` takes it back. */
function pointMeshsync(cluster: SimulatedCluster, url: string | undefined): void {
  for (const key of resourceKeys(cluster, 'meshsyncs')) {
    for (const resource of cluster.store.all(key)) {
      const custom = url === undefined ? null : { url };
      cluster.store.put(key, patched(resource, { spec: { broker: { custom } } }));
    }
  }
}

function resourceKeys(cluster: SimulatedCluster, plural: string): string[] {
  return cluster.store.keys().filter((key) => key.endsWith(`/${plural}`));
}

function deleteResources(cluster: SimulatedCluster, plural: string): void {
  for (const key of resourceKeys(cluster, plural)) {
    for (const resource of cluster.store.all(key)) cluster.deletion.request(key, resource, 'Background');
  }
}
