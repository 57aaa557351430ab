import type { SimulatedCluster } from '../../cluster.ts';
import { PODS, SECRETS, SERVICES, STATEFUL_SETS } from '../../kube/kinds.ts';
import * as refusals from '../../kube/refusals.ts';
import { connection } from '../plan.ts';
import { deleteResources, podsWith, reinstall } from './acts.ts';
import {
  allowPortForward,
  barPortForward,
  brokerServices,
  cutOutside,
  orphanResources,
  patchResources,
  workloadsWith,
} from './broker-acts.ts';
import { brokerWayFaults } from './broker-ways.ts';
import type { Fault } from './fault.ts';

const TOKEN_SECRET = 'meshery-nats-auth';
const LEFT_OVER = { app: 'meshplay', component: 'broker', 'app.kubernetes.io/part-of': 'before-the-upgrade' };
/** Parts of the names of their images. */
const CONTROLLER_IMAGES = ['-operator:', 'nats:', 'meshsync:'];
const SECRET_READING = { verbs: ['get', 'list', 'watch'], group: '', resource: 'secrets' };
/** Only Meshery’s Broker has a token in a Secret. */
const WITH_TOKEN = connection('lab', { family: 'meshery' });

/** What can go wrong with the Broker itself; then, on the way to it. */
export const brokerFaults: readonly Fault[] = [
  {
    name: 'kill-broker',
    title: 'Kill the Broker',
    story: 'The container of the Broker crashes, and again each time it is started.',
    shows: ['MT-B-04'],
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
    shows: ['MT-B-22'],
    strikesLater: true,
    inject: ({ cluster }) => freeze(cluster, true),
    repair: ({ cluster }) => freeze(cluster, false),
  },
  {
    name: 'delete-broker-resource',
    title: 'Delete the Broker resource',
    story: 'Somebody deletes the Broker resource; the Operator takes its workload away.',
    shows: ['MT-B-01'],
    inject: ({ cluster }) => deleteResources(cluster, 'brokers'),
    repair: reinstall,
  },
  {
    name: 'restart-everything',
    title: 'Restart everything at once',
    story:
      'The pods of Operator, Broker and MeshSync are deleted, and the nodes take long to pull their images.',
    shows: ['MT-O-30', 'MT-B-33', 'MT-M-26'],
    // What is being set up is told for the first minute only.
    strikesLater: true,
    inject: ({ cluster }) => {
      for (const image of CONTROLLER_IMAGES) cluster.condition.slowImages.add(image);
      for (const container of ['manager', 'nats', 'meshsync']) {
        for (const pod of podsWith(cluster, container)) cluster.deletion.request(PODS, pod, 'Background');
      }
    },
    repair: ({ cluster, kubelet }) => {
      for (const image of CONTROLLER_IMAGES) cluster.condition.slowImages.delete(image);
      kubelet.retry();
    },
  },
  {
    name: 'orphan-broker',
    title: 'Delete the Broker resource and leave the Broker',
    story:
      'The resource is deleted with its finalizers removed and its objects orphaned; the Broker runs on.',
    shows: ['MT-B-25'],
    inject: ({ cluster }) => orphanResources(cluster, 'brokers'),
    repair: reinstall,
  },
  {
    name: 'refuse-statefulset',
    title: 'Refuse the Broker’s StatefulSet',
    story: 'Its StatefulSet is deleted, and an admission policy refuses the new one of the Operator.',
    shows: ['MT-B-10', 'MT-B-27'],
    inject: ({ cluster }) => {
      cluster.condition.refusedKinds.add(STATEFUL_SETS);
      for (const workload of workloadsWith(cluster, STATEFUL_SETS, 'nats'))
        cluster.deletion.request(STATEFUL_SETS, workload, 'Background');
    },
    repair: ({ cluster }) => {
      cluster.condition.refusedKinds.delete(STATEFUL_SETS);
    },
  },
  {
    name: 'refuse-service',
    title: 'Refuse the Broker’s Service',
    story:
      'Its Services are deleted, an admission policy refuses new ones, and no port can be forwarded: nobody can find the Broker.',
    shows: ['MT-B-13', 'MT-B-26', 'MT-B-27'],
    inject: ({ cluster }) => {
      cluster.condition.refusedKinds.add(SERVICES);
      barPortForward(cluster);
      for (const service of brokerServices(cluster))
        cluster.deletion.request(SERVICES, service, 'Background');
      cutOutside(cluster);
    },
    repair: ({ cluster }) => {
      cluster.condition.refusedKinds.delete(SERVICES);
      allowPortForward(cluster);
    },
  },
  {
    name: 'second-broker',
    title: 'Leave an old Broker behind',
    story: 'An upgrade renamed the Broker, and the StatefulSet of the old one still runs beside it.',
    shows: ['MT-B-24'],
    inject: ({ cluster }) => {
      for (const { metadata, ...workload } of workloadsWith(cluster, STATEFUL_SETS, 'nats')) {
        const labels = { ...LEFT_OVER, app: metadata.name.startsWith('meshery') ? 'meshery' : 'meshplay' };
        const { template } = Object(workload['spec']);
        cluster.write(STATEFUL_SETS, {
          metadata: { name: `${metadata.name}-old`, namespace: metadata.namespace ?? '', labels },
          spec: {
            replicas: 1,
            selector: { matchLabels: labels },
            template: { ...template, metadata: { labels } },
          },
        });
      }
    },
    repair: ({ cluster }) => {
      for (const workload of cluster.store.all(STATEFUL_SETS)) {
        if (workload.metadata.name.endsWith('-old'))
          cluster.deletion.request(STATEFUL_SETS, workload, 'Background');
      }
    },
  },
  {
    name: 'half-a-broker',
    title: 'Ask for a second Broker where no node has room',
    story: 'The Broker is scaled to two pods, and the second finds no node.',
    shows: ['MT-B-28'],
    inject: ({ cluster }) => {
      cluster.condition.podFates.set('nats', 'unschedulable');
      patchResources(cluster, 'brokers', { spec: { size: 2 } });
    },
    repair: ({ cluster, kubelet }) => {
      cluster.condition.podFates.delete('nats');
      patchResources(cluster, 'brokers', { spec: { size: 1 } });
      kubelet.retry();
    },
  },
  {
    name: 'wrong-token',
    title: 'Change the Broker’s token',
    story: 'The Broker wants another token than the Secret holds.',
    shows: ['MT-B-17'],
    startsFrom: WITH_TOKEN,
    inject: ({ cluster }) => changeToken(cluster, `t${cluster.random.hex(64)}`),
    repair: ({ cluster }) => {
      cluster.condition.brokerToken = undefined;
      for (const pod of podsWith(cluster, 'nats')) cluster.deletion.request(PODS, pod, 'Background');
    },
  },
  {
    name: 'delete-token',
    title: 'Delete the Broker’s token',
    story: 'The Secret with the token is deleted; the Broker that runs still asks for it.',
    shows: ['MT-B-15'],
    startsFrom: WITH_TOKEN,
    inject: ({ cluster }) => {
      for (const secret of tokenSecrets(cluster)) cluster.deletion.request(SECRETS, secret, 'Background');
      cutOutside(cluster);
    },
    repair: ({ cluster, plan }) => {
      const [server] = cluster.brokers.values();
      for (const { namespace } of plan.installations) {
        const metadata = { name: TOKEN_SECRET, namespace };
        cluster.write(SECRETS, { metadata, data: { token: btoa(server?.token ?? '') } });
      }
    },
  },
  {
    name: 'hide-token',
    title: 'Rotate the token and hide it',
    story:
      'The token is rotated, Broker and MeshSync are restarted with it, and this identity may no longer read Secrets.',
    shows: ['MT-B-16'],
    startsFrom: WITH_TOKEN,
    inject: ({ cluster }) => {
      cluster.condition.denials = [...cluster.condition.denials, SECRET_READING];
      cluster.watches.fail(refusals.unreachable(cluster.traits.server));
      const data = { token: btoa(`t${cluster.random.hex(64)}`) };
      for (const secret of tokenSecrets(cluster)) cluster.store.put(SECRETS, { ...secret, data });
      for (const container of ['nats', 'meshsync']) {
        for (const pod of podsWith(cluster, container)) cluster.deletion.request(PODS, pod, 'Background');
      }
    },
    repair: ({ cluster }) => {
      cluster.condition.denials = cluster.condition.denials.filter((denial) => denial !== SECRET_READING);
    },
  },
  ...brokerWayFaults,
];

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

function tokenSecrets(cluster: SimulatedCluster) {
  return cluster.store.all(SECRETS).filter(({ metadata }) => metadata.name === TOKEN_SECRET);
}
