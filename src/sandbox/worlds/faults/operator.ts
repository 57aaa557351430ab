import type { SimulatedCluster } from '../../cluster.ts';
import { install, MESHERY, MESHPLAY, writeDefinitions } from '../../controllers/install.ts';
import type { Installation } from '../../controllers/install.ts';
import type { JsonObject } from '../../kube/json.ts';
import { listAt } from '../../kube/json.ts';
import { DEFINITIONS, DEPLOYMENTS, PODS, STATEFUL_SETS } from '../../kube/kinds.ts';
import { patched } from '../../kube/store.ts';
import { connection } from '../plan.ts';
import { deleteResources, operatorsOf, OPERATORS, podsWith, reinstall } from './acts.ts';
import type { Fault, Place } from './fault.ts';
import { leaderLockForbidden } from './leader-lock.ts';
import { ourDefinitions, removeDefinitions, uninstall } from './uninstall.ts';

const OLD_GROUP = 'meshery.layer5.io';
const OLD_MESHERY: Installation = {
  ...MESHERY,
  operatorImage: 'meshery/meshery-operator:0.8.2',
  group: OLD_GROUP,
};
const PROXY = 'gcr.io/kubebuilder/';
const PROXY_IMAGE = `${PROXY}kube-rbac-proxy:v0.16.0`;
const SECOND_NAMESPACE = 'operators';
/** The Operator needs this long to notice and to clean up. */
const CLEANED_UP_MS = 15_000;

/** What can go wrong with the Operator. */
export const operatorFaults: readonly Fault[] = [
  {
    name: 'uninstall-everything',
    title: 'Uninstall everything',
    story: 'Somebody removes Operator, MeshSync and Broker with all that belongs to them.',
    shows: ['MT-O-01'],
    inject: ({ cluster, plan }) => {
      for (const installation of plan.installations) uninstall(cluster, installation);
    },
    repair: reinstallPatiently,
  },
  {
    name: 'remove-operator',
    title: 'Remove the Operator',
    story: 'The Operator goes; Broker and MeshSync stay as orphans.',
    shows: ['MT-O-04', 'MT-O-25'],
    inject: ({ cluster }) => removeOperators(cluster),
    repair: reinstall,
  },
  {
    name: 'delete-resources-last',
    title: 'Delete the resources after their Operator',
    story: 'The Operator was removed first; the resources wait for it to release their finalizers.',
    shows: ['MT-O-02'],
    inject: ({ cluster }) => {
      cluster.condition.isOperatorHung = true;
      removeOperators(cluster);
      deleteResources(cluster, 'brokers');
      deleteResources(cluster, 'meshsyncs');
    },
    repair: unhang,
  },
  {
    name: 'only-resources-left',
    title: 'Remove all but the resources',
    story: 'The Operator and every workload are gone; the Broker and MeshSync resources stay.',
    shows: ['MT-O-03'],
    inject: ({ cluster }) => {
      cluster.condition.isOperatorHung = true;
      removeOperators(cluster);
      for (const key of [STATEFUL_SETS, DEPLOYMENTS]) {
        for (const workload of cluster.store.all(key))
          if (/-(?:broker|nats|meshsync)$/.test(workload.metadata.name))
            cluster.deletion.request(key, workload, 'Background');
      }
    },
    repair: unhang,
  },
  {
    name: 'hang-operator',
    title: 'Delete the definitions while the Operator hangs',
    story: 'Somebody deletes the definitions; the Operator hangs and does not release the resources.',
    shows: ['MT-O-05', 'MT-O-23'],
    inject: ({ cluster }) => {
      cluster.condition.isOperatorHung = true;
      removeDefinitions(cluster);
    },
    repair: unhang,
  },
  leaderLockForbidden,
  {
    name: 'definitions-of-another-group',
    title: 'Swap the API group of the definitions',
    story: 'The definitions are those of an older install; this Operator looks for another API group.',
    shows: ['MT-O-06'],
    inject: ({ cluster }) => {
      uninstallDefinitions(cluster);
      writeDefinitions(cluster, OLD_MESHERY);
    },
    repair: (place) => {
      uninstallDefinitions(place.cluster);
      reinstallPatiently(place);
    },
  },
  {
    name: 'delete-definitions',
    title: 'Delete the definitions',
    story: 'The definitions of Broker and MeshSync are deleted, and all resources with them.',
    shows: ['MT-O-07'],
    inject: ({ cluster }) => uninstallDefinitions(cluster),
    repair: reinstallPatiently,
  },
  {
    name: 'serve-no-version',
    title: 'Switch off every version of the definitions',
    story: 'The definitions are there, and serve none of their versions.',
    shows: ['MT-O-08'],
    inject: ({ cluster }) =>
      changeDefinitions(cluster, (definition) => ({
        versions: listAt(definition, 'spec', 'versions').map((version) => ({
          ...Object(version),
          served: false,
        })),
      })),
    repair: reinstall,
  },
  {
    name: 'conversion-webhook',
    title: 'Point the definitions at a webhook that is not there',
    story: 'The definitions convert by a webhook whose Service was never installed.',
    shows: ['MT-O-09'],
    inject: ({ cluster }) =>
      changeDefinitions(cluster, () => ({
        conversion: {
          strategy: 'Webhook',
          webhook: {
            clientConfig: { service: { name: 'webhook-service', namespace: 'system', path: '/convert' } },
            conversionReviewVersions: ['v1'],
          },
        },
      })),
    repair: reinstall,
  },
  {
    name: 'rbac-proxy-gone',
    title: 'Move an old Operator to a new node',
    story:
      'The Operator’s pod moves to a node that does not hold kube-rbac-proxy, which no registry has any more.',
    shows: ['MT-O-10'],
    inject: ({ cluster }) => {
      addRbacProxy(cluster);
      for (const pod of podsWith(cluster, 'manager')) cluster.deletion.request(PODS, pod, 'Background');
    },
    repair: reinstall,
  },
  {
    name: 'rbac-proxy-held',
    title: 'Run an Operator from before 1.0',
    story: 'The Operator still asks for kube-rbac-proxy; its node happens to hold the image.',
    shows: ['MT-O-28'],
    inject: ({ cluster }) => {
      cluster.condition.missingImages.delete(PROXY);
      addRbacProxy(cluster);
    },
    repair: (place) => {
      place.cluster.condition.missingImages.add(PROXY);
      reinstall(place);
    },
  },
  {
    name: 'image-pull',
    title: 'Take the images away',
    story: 'The Operator is rolled out anew, and its image can no longer be pulled.',
    shows: ['MT-O-20'],
    inject: ({ cluster }) => {
      for (const operator of OPERATORS) cluster.condition.missingImages.add(operator);
      const restarted = { 'kubectl.kubernetes.io/restartedAt': new Date(cluster.now()).toISOString() };
      changeOperators(cluster, { spec: { template: { metadata: { annotations: restarted } } } });
    },
    repair: ({ cluster, kubelet }) => {
      for (const operator of OPERATORS) cluster.condition.missingImages.delete(operator);
      kubelet.retry();
    },
  },
  {
    name: 'delete-all-resources',
    title: 'Delete both resources',
    story: 'Somebody deletes the Broker and the MeshSync resource; the Operator has nothing left to do.',
    shows: ['MT-O-22'],
    inject: ({ cluster }) => {
      deleteResources(cluster, 'brokers');
      deleteResources(cluster, 'meshsyncs');
    },
    repair: reinstallPatiently,
  },
  {
    name: 'second-operator',
    title: 'Install a second Operator',
    story: 'An Operator of the same family is installed a second time, in another namespace.',
    shows: ['MT-O-24'],
    inject: ({ cluster, plan }) =>
      install(cluster, {
        ...(plan.installations[0] ?? MESHPLAY),
        namespace: SECOND_NAMESPACE,
        parts: 'operator',
      }),
    repair: ({ cluster }) => {
      for (const deployment of operatorsOf(cluster))
        if (deployment.metadata.namespace === SECOND_NAMESPACE)
          cluster.deletion.request(DEPLOYMENTS, deployment, 'Background');
    },
  },
  {
    name: 'install-other-family',
    title: 'Install the other family beside it',
    story: 'Meshplay and Meshery are installed on one cluster.',
    shows: ['MT-O-26'],
    inject: ({ cluster, plan }) => install(cluster, otherThan(plan.installations)),
    repair: ({ cluster, plan }) => uninstall(cluster, otherThan(plan.installations)),
  },
  {
    name: 'old-group',
    title: 'Install an Operator of the old API group',
    story: 'A Meshery from before the API group was renamed is installed, and works.',
    shows: ['MT-O-27'],
    startsFrom: connection('old-group', { family: 'none' }),
    inject: ({ cluster }) => install(cluster, OLD_MESHERY),
    repair: ({ cluster }) => uninstall(cluster, OLD_MESHERY),
  },
  {
    name: 'operator-going',
    title: 'Begin to delete the Operator',
    story: 'The Operator’s Deployment is being deleted, and a backup tool holds it by a finalizer.',
    shows: ['MT-O-29'],
    inject: ({ cluster }) => {
      changeOperators(cluster, { metadata: { finalizers: ['backup.example.com/hold'] } });
      removeOperators(cluster);
    },
    repair: (place) => {
      changeOperators(place.cluster, { metadata: { finalizers: [] } });
      reinstall(place);
    },
  },
];

function otherThan(installations: readonly Installation[]): Installation {
  return installations.some(({ family }) => family === 'meshplay') ? MESHERY : MESHPLAY;
}

function removeOperators(cluster: SimulatedCluster): void {
  for (const deployment of operatorsOf(cluster))
    cluster.deletion.request(DEPLOYMENTS, deployment, 'Background');
}

/** The Operator works again: it first finishes what it left undone, then everything is asked for anew. */
function unhang(place: Place): void {
  place.cluster.condition.isOperatorHung = false;
  reinstallPatiently(place);
}

/** Installs, and once more when what was still going is gone: it would take with it what was written meanwhile. */
function reinstallPatiently(place: Place): void {
  reinstall(place);
  place.cluster.after(CLEANED_UP_MS, () => reinstall(place));
}

function uninstallDefinitions(cluster: SimulatedCluster): void {
  removeDefinitions(cluster, { isForced: true });
}

function changeDefinitions(cluster: SimulatedCluster, change: (definition: unknown) => JsonObject): void {
  for (const definition of ourDefinitions(cluster))
    cluster.store.put(DEFINITIONS, patched(definition, { spec: change(definition) }));
}

function changeOperators(cluster: SimulatedCluster, patch: JsonObject): void {
  for (const deployment of operatorsOf(cluster)) cluster.store.put(DEPLOYMENTS, patched(deployment, patch));
}

function addRbacProxy(cluster: SimulatedCluster): void {
  for (const deployment of operatorsOf(cluster)) {
    const containers = [
      ...listAt(deployment, 'spec', 'template', 'spec', 'containers'),
      { name: 'kube-rbac-proxy', image: PROXY_IMAGE },
    ];
    cluster.store.put(DEPLOYMENTS, patched(deployment, { spec: { template: { spec: { containers } } } }));
  }
}
