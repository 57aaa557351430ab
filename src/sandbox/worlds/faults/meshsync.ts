import type { SimulatedCluster } from '../../cluster.ts';
import { DEPLOYMENTS, PODS } from '../../kube/kinds.ts';
import { patched } from '../../kube/store.ts';
import { connection } from '../plan.ts';
import { deleteResources, podsWith, reinstall, scale } from './acts.ts';
import { cutOutside, orphanResources, patchResources, workloadsWith } from './broker-acts.ts';
import type { Fault } from './fault.ts';

/** What can go wrong with MeshSync. */
export const meshsyncFaults: readonly Fault[] = [
  {
    name: 'scale-meshsync-to-zero',
    title: 'Scale MeshSync to zero',
    story: 'The Deployment of MeshSync has no pod any more.',
    shows: ['MT-M-13'],
    inject: ({ cluster }) => scale(cluster, '-meshsync', 0),
    repair: ({ cluster }) => scale(cluster, '-meshsync', 1),
  },
  {
    name: 'unlink-meshsync',
    title: 'Cut MeshSync off the Broker',
    story: 'MeshSync is given an address of the Broker that leads nowhere.',
    shows: ['MT-M-19', 'MT-M-20', 'MT-M-21'],
    inject: ({ cluster }) => pointMeshsync(cluster, { url: 'nats://broker.gone.svc.cluster.local:4222' }),
    repair: ({ cluster }) => pointMeshsync(cluster, null),
  },
  {
    name: 'deaf-meshsync',
    title: 'Make MeshSync deaf',
    story: 'MeshSync keeps its link and no longer notices what changes.',
    shows: ['MT-S-05'],
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
    shows: ['MT-M-01'],
    inject: ({ cluster }) => deleteResources(cluster, 'meshsyncs'),
    repair: reinstall,
  },
  {
    name: 'orphan-meshsync',
    title: 'Delete the MeshSync resource and leave MeshSync',
    story: 'The resource is deleted with its finalizers removed and its objects orphaned; MeshSync runs on.',
    shows: ['MT-M-23'],
    inject: ({ cluster }) => orphanResources(cluster, 'meshsyncs'),
    repair: reinstall,
  },
  {
    name: 'unknown-broker',
    title: 'Name a Broker that does not exist',
    story: 'The MeshSync resource refers to a Broker by a name that no Broker has.',
    shows: ['MT-M-02'],
    inject: ({ cluster }) => nameBroker(cluster, () => 'broker-of-before'),
    repair: ({ cluster }) => nameBroker(cluster, (family) => `${family}-broker`),
  },
  watchList('both-lists', {
    title: 'Set a whitelist and a blacklist',
    story: 'The watch-list of the MeshSync resource holds both lists, of which only one is allowed.',
    shows: ['MT-M-03'],
    data: {
      whitelist: '[{"Resource":"pods.v1.","Events":["ADDED","MODIFIED","DELETED"]}]',
      blacklist: '["secrets.v1."]',
    },
  }),
  watchList('broken-watch-list', {
    title: 'Write a watch-list that is no JSON',
    story: 'A bracket is missing in the watch-list of the MeshSync resource.',
    shows: ['MT-M-04'],
    data: { whitelist: '[{"Resource":"pods.v1.","Events":["ADDED"]}' },
  }),
  watchList('odd-watch-list', {
    title: 'Write a watch-list of names only',
    story: 'The whitelist of the MeshSync resource is a list of names, as a blacklist would be.',
    shows: ['MT-M-05'],
    data: { whitelist: '["pods.v1.","services.v1."]' },
  }),
  watchList('singular-watch-list', {
    title: 'Write a watch-list in the singular',
    story: 'The whitelist names deployment.v1.apps, which no API serves.',
    shows: ['MT-M-06'],
    data: { whitelist: '[{"Resource":"deployment.v1.apps","Events":["ADDED","MODIFIED","DELETED"]}]' },
  }),
  {
    name: 'refuse-meshsync',
    title: 'Refuse MeshSync’s Deployment',
    story: 'Its Deployment is deleted, and an admission policy refuses the new one of the Operator.',
    shows: ['MT-M-15', 'MT-M-25'],
    inject: ({ cluster }) => {
      cluster.condition.refusedKinds.add(DEPLOYMENTS);
      for (const workload of workloadsWith(cluster, DEPLOYMENTS, 'meshsync'))
        cluster.deletion.request(DEPLOYMENTS, workload, 'Background');
    },
    repair: ({ cluster }) => {
      cluster.condition.refusedKinds.delete(DEPLOYMENTS);
    },
  },
  {
    name: 'meshsync-gives-up',
    title: 'Keep the Broker away until MeshSync gives up',
    story: 'The Broker was away for longer than MeshSync keeps trying, and came back without it.',
    shows: ['MT-M-18'],
    inject: ({ cluster }) => {
      cluster.condition.meshsync.givesUp = true;
      for (const pod of podsWith(cluster, 'nats')) cluster.deletion.request(PODS, pod, 'Background');
    },
    repair: ({ cluster }) => {
      cluster.condition.meshsync.givesUp = false;
      restart(cluster);
    },
  },
  {
    name: 'second-meshsync',
    title: 'Leave an old MeshSync behind',
    story: 'The Deployment of an earlier MeshSync was not removed, and publishes beside the new one.',
    shows: ['MT-M-22'],
    inject: ({ cluster }) => {
      for (const { metadata, ...workload } of workloadsWith(cluster, DEPLOYMENTS, 'meshsync')) {
        const { name, namespace = '', labels = {} } = metadata;
        cluster.write(DEPLOYMENTS, {
          metadata: { name: `${name}-old`, namespace, labels },
          spec: workload['spec'],
        });
      }
    },
    repair: ({ cluster }) => {
      for (const workload of workloadsWith(cluster, DEPLOYMENTS, 'meshsync')) {
        if (workload.metadata.name.endsWith('-old'))
          cluster.deletion.request(DEPLOYMENTS, workload, 'Background');
      }
    },
  },
  {
    name: 'old-meshsync',
    title: 'Pin MeshSync to 1.0.0',
    story: 'MeshSync 1.0.0 runs with a Broker that asks for a token, whose address it misreads.',
    shows: ['MT-M-24'],
    // Only Meshery’s Broker asks for a token.
    startsFrom: connection('lab', { family: 'meshery' }),
    inject: ({ cluster }) => patchResources(cluster, 'meshsyncs', { spec: { version: '1.0.0' } }),
    repair: ({ cluster }) => patchResources(cluster, 'meshsyncs', { spec: { version: null } }),
  },
  {
    name: 'mute-meshsync',
    title: 'Make MeshSync mute',
    story: 'MeshSync keeps its link and publishes nothing more, not even when a full copy is asked for.',
    shows: ['MT-S-06'],
    strikesLater: true,
    inject: ({ cluster }) => {
      cluster.condition.meshsync.isMute = true;
      // The link comes back at once, and asks for a full copy as it always does.
      cutOutside(cluster);
    },
    repair: ({ cluster }) => {
      cluster.condition.meshsync.isMute = false;
    },
  },
  {
    name: 'garble-meshsync',
    title: 'Garble what MeshSync sends',
    story: 'Messages of MeshSync arrive cut in half, so that they cannot be read.',
    shows: ['MT-D-03', 'MT-D-05'],
    strikesLater: true,
    inject: ({ cluster }) => {
      cluster.condition.meshsync.isGarbled = true;
    },
    repair: ({ cluster }) => {
      cluster.condition.meshsync.isGarbled = false;
      // The new link asks for a full copy, which makes good what was lost.
      cutOutside(cluster);
    },
  },
];

/** Gives MeshSync another Broker by its resource, which the Operator then follows; `null` takes it back. */
function pointMeshsync(cluster: SimulatedCluster, custom: { url: string } | null): void {
  patchResources(cluster, 'meshsyncs', { spec: { broker: { custom } } });
}

function nameBroker(cluster: SimulatedCluster, nameOf: (family: string) => string): void {
  for (const key of cluster.store.keys().filter((candidate) => candidate.endsWith('/meshsyncs'))) {
    for (const resource of cluster.store.all(key)) {
      const family = resource.metadata.name.split('-')[0] ?? '';
      cluster.store.put(key, patched(resource, { spec: { broker: { native: { name: nameOf(family) } } } }));
    }
  }
}

function restart(cluster: SimulatedCluster): void {
  for (const pod of podsWith(cluster, 'meshsync')) cluster.deletion.request(PODS, pod, 'Background');
}

function watchList(
  name: string,
  { data, ...fault }: Pick<Fault, 'title' | 'story' | 'shows'> & { data: Readonly<Record<string, string>> },
): Fault {
  return {
    name,
    ...fault,
    inject: ({ cluster }) => patchResources(cluster, 'meshsyncs', { spec: { 'watch-list': { data } } }),
    repair: ({ cluster }) => patchResources(cluster, 'meshsyncs', { spec: { 'watch-list': null } }),
  };
}
