import { dismissGuest, inviteGuest } from '../../broker/guests.ts';
import type { SimulatedCluster } from '../../cluster.ts';
import { setUpBrokers } from '../../controllers/broker-program.ts';
import { DEPLOYMENTS, NAMESPACES, PODS } from '../../kube/kinds.ts';
import { patched } from '../../kube/store.ts';
import { connection } from '../plan.ts';
import { podsWith, reinstall } from './acts.ts';
import { cutOutside, workloadsWith } from './broker-acts.ts';
import type { Fault, Place } from './fault.ts';

/** The Operator waits for resources: what is injected is an installation that never worked. */
const OPERATOR_ONLY = connection('lab', { installation: { parts: 'operator' } });

/** What can go wrong with the way of the data from the Broker to this server. */
export const serverFaults: readonly Fault[] = [
  {
    name: 'refuse-subscriptions',
    title: 'Forbid this server to subscribe',
    story: 'The permissions of the Broker let this server in and let it read nothing.',
    shows: ['MT-S-01', 'MT-B-32'],
    inject: ({ cluster }) => {
      setBroker(cluster, { refusesReaders: true });
      cutOutside(cluster);
    },
    repair: ({ cluster }) => setBroker(cluster, { refusesReaders: false }),
  },
  {
    name: 'monitor-of-another',
    title: 'Let the monitoring port lead elsewhere',
    story: 'The load balancer sends the monitoring port to the Broker of a neighbouring cluster.',
    shows: ['MT-S-02'],
    inject: ({ cluster, neighbour }) => {
      cluster.condition.detours.set(8222, neighbour().cluster);
    },
    repair: ({ cluster }) => {
      cluster.condition.detours.clear();
    },
  },
  {
    name: 'unknown-subjects',
    title: 'Install a MeshSync with subjects of its own',
    story:
      'The MeshSync that is installed is a fork, which publishes to subjects that nobody here listens to.',
    shows: ['MT-S-03'],
    startsFrom: OPERATOR_ONLY,
    inject: (place) => installWith(place, 'othermesh/meshsync:1.0.3'),
    repair: ({ cluster }) => restoreImage(cluster),
  },
  {
    name: 'mute-from-the-start',
    title: 'Install a MeshSync that never publishes',
    story: 'Broker and MeshSync are installed and connected, and MeshSync may list nothing of the cluster.',
    shows: ['MT-S-13', 'MT-S-04'],
    startsFrom: OPERATOR_ONLY,
    inject: (place) => {
      place.cluster.condition.meshsync.isMute = true;
      installAll(place);
    },
    repair: ({ cluster }) => {
      cluster.condition.meshsync.isMute = false;
    },
  },
  {
    name: 'garbled-from-the-start',
    title: 'Install a MeshSync that nobody understands',
    story: 'Everything is installed anew, and messages arrive cut in half: the database stays empty.',
    shows: ['MT-D-07', 'MT-D-02', 'MT-D-05'],
    startsFrom: OPERATOR_ONLY,
    inject: (place) => {
      place.cluster.condition.meshsync.isGarbled = true;
      installAll(place);
    },
    repair: ({ cluster }) => {
      cluster.condition.meshsync.isGarbled = false;
      cutOutside(cluster);
    },
  },
  {
    name: 'upstream-meshsync',
    title: 'Install the MeshSync of the other family',
    story: 'The resource is of one family, and the image of MeshSync of the other, with its own subjects.',
    shows: ['MT-S-11'],
    startsFrom: OPERATOR_ONLY,
    inject: (place) => installWith(place, 'meshery/meshsync:1.0.3'),
    repair: ({ cluster }) => restoreImage(cluster),
  },
  {
    name: 'upstream-meshsync-later',
    title: 'Swap the image of MeshSync for that of the other family',
    story:
      'Data of one family flowed for long; then a policy of the cluster swaps the image of MeshSync, and what comes since has the subjects of the other.',
    shows: ['MT-S-11'],
    strikesLater: true,
    inject: ({ cluster }) => {
      cluster.condition.meshsync.image = 'meshery/meshsync:1.0.3';
      redeployMeshsync(cluster);
    },
    repair: ({ cluster }) => restoreImage(cluster),
  },
  {
    name: 'slow-consumer',
    title: 'Let somebody read too slowly',
    story: 'An archive is connected to the Broker and does not read; the Broker cuts it off again and again.',
    shows: ['MT-S-07'],
    inject: ({ cluster }) => inviteGuest(cluster, 'slow-reader'),
    repair: ({ cluster }) => {
      dismissGuest(cluster, 'slow-reader');
      // The Broker counts since its start.
      for (const pod of podsWith(cluster, 'nats')) cluster.deletion.request(PODS, pod, 'Background');
    },
  },
  {
    name: 'slow-way',
    title: 'Slow the way to the Broker down',
    story: 'A message to the Broker and back takes more than a second.',
    shows: ['MT-S-08'],
    inject: ({ cluster }) => setBroker(cluster, { roundTripMs: 1250 }),
    repair: ({ cluster }) => setBroker(cluster, { roundTripMs: 1 }),
  },
  {
    name: 'storm',
    title: 'Let MeshSync storm',
    story: 'MeshSync lists and publishes everything again and again, thousands of messages a second.',
    shows: ['MT-S-09'],
    // A storm of the past would be sent to nobody, and keep the page from opening.
    strikesLater: true,
    inject: ({ cluster }) => {
      cluster.condition.meshsync.isStorming = true;
      // Any change begins it, also in a cluster where nothing else happens.
      for (const namespace of cluster.store.all(NAMESPACES).slice(0, 1)) {
        const annotations = { 'example.com/changed-at': new Date(cluster.now()).toISOString() };
        cluster.store.put(NAMESPACES, patched(namespace, { metadata: { annotations } }));
      }
    },
    repair: ({ cluster }) => {
      cluster.condition.meshsync.isStorming = false;
    },
  },
  {
    name: 'second-server',
    title: 'Start a second server',
    story: 'Another Meshplay Server connects to the same Broker under the same name.',
    shows: ['MT-S-12'],
    inject: ({ cluster }) => inviteGuest(cluster, 'second-server'),
    repair: ({ cluster }) => dismissGuest(cluster, 'second-server'),
  },
];

function setBroker(
  cluster: SimulatedCluster,
  change: Partial<SimulatedCluster['condition']['broker']>,
): void {
  Object.assign(cluster.condition.broker, change);
  setUpBrokers(cluster);
}

/** Installs what the plan left out. */
function installAll(place: Place): void {
  const installations = place.plan.installations.map((one) => ({ ...one, parts: 'all' as const }));
  reinstall({ ...place, plan: { ...place.plan, installations } });
}

/** Installs everything, with another image of MeshSync than the Operator would take. */
function installWith(place: Place, image: string): void {
  place.cluster.condition.meshsync.image = image;
  installAll(place);
}

function restoreImage(cluster: SimulatedCluster): void {
  cluster.condition.meshsync.image = undefined;
  redeployMeshsync(cluster);
}

function redeployMeshsync(cluster: SimulatedCluster): void {
  for (const workload of workloadsWith(cluster, DEPLOYMENTS, 'meshsync'))
    cluster.deletion.request(DEPLOYMENTS, workload, 'Background');
}
