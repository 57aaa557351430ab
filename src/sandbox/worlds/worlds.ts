import { DEPLOYMENTS } from '../kube/kinds.ts';
import { patched } from '../kube/store.ts';
import type { SimulatedCluster } from '../cluster.ts';
import { install, MESHPLAY } from '../controllers/install.ts';
import type { ConnectionPlan, World } from './plan.ts';
import { DATABASE_FAULT } from './faults/index.ts';
import { connection, NO_PORT_FORWARD } from './plan.ts';

const HOUR_MS = 3_600_000;

/** Every simulated world; the first one is where a newcomer starts. */
export const WORLDS: readonly World[] = [
  {
    name: 'welcome',
    title: 'Four clusters, four stories',
    story:
      'One cluster is well, one has a Broker out of reach, one is being upgraded, and one does not answer.',
    connections: [
      connection('prod-eu-1', {
        traits: { version: 'v1.33.4', latencyMs: 38 },
        installation: { serviceType: 'ClusterIP' },
        denials: [NO_PORT_FORWARD],
        ageMs: 72 * HOUR_MS,
      }),
      connection('staging', { family: 'meshery', traits: { changesPerSecond: 48 } }),
      connection('edge-lab', {
        traits: { version: 'v1.32.8', latencyMs: 2 },
        start: rollOut('khulnasoft/meshplay-operator:1.0.6', 'edge-lab'),
      }),
      connection('legacy-dc2', {
        traits: { server: 'https://legacy-dc2.example:6443', version: 'v1.29.2' },
        faults: ['api-unreachable'],
      }),
    ],
  },
  {
    name: 'healthy',
    title: 'Everything is well',
    story: 'Three clusters of both families; data flows from each.',
    connections: [
      connection('prod-eu-1', { traits: { changesPerSecond: 30 } }),
      connection('prod-us-1', { family: 'meshery', traits: { changesPerSecond: 48 } }),
      connection('staging', { family: 'meshery', traits: { version: 'v1.33.4', changesPerSecond: 5 } }),
    ],
  },
  {
    name: 'nothing-deployed',
    title: 'A fresh cluster',
    story: 'The cluster answers, and nothing of Meshplay was ever installed on it.',
    connections: [connection('fresh', { family: 'none' })],
  },
  {
    name: 'rights-of-another-hand',
    title: 'Permissions somebody else has left',
    story:
      'Nothing is deployed, but a binding by the name the Operator needs is there and makes it an administrator of everything. Kubernetes lets nobody change what a binding grants.',
    connections: [connection('second-hand', { family: 'none', start: bindToAdministrator })],
  },
  {
    name: 'just-installed',
    title: 'Installed a moment ago',
    story:
      'Everything was installed a moment ago; part after part comes up, data flows, and a slow disk stores it.',
    connections: [
      connection('brand-new', {
        family: 'none',
        start: (cluster) => {
          cluster.condition.databaseDelayMs = 2000;
          install(cluster, MESHPLAY);
        },
      }),
    ],
    shows: ['MT-O-30', 'MT-B-33', 'MT-M-26', 'MT-S-13', 'MT-D-07'],
  },
  {
    name: 'operator-only',
    title: 'The Operator without resources',
    story:
      'The Operator runs, but nobody made a Broker or a MeshSync resource, so there is nothing for it to do.',
    connections: [connection('half-done', { installation: { parts: 'operator' } })],
  },
  {
    name: 'broker-without-external-address',
    title: 'The Broker has no address outside',
    story:
      'The Service of the Broker is a ClusterIP, and this identity may not open ports through the API server.',
    connections: [
      connection('inside-only', { installation: { serviceType: 'ClusterIP' }, denials: [NO_PORT_FORWARD] }),
      connection('no-load-balancer', { traits: { loadBalancer: 'pending' }, denials: [NO_PORT_FORWARD] }),
    ],
  },
  {
    name: 'meshsync-not-connected',
    title: 'MeshSync has no link to the Broker',
    story: 'MeshSync runs, but the address it was given for the Broker leads nowhere.',
    connections: [connection('unlinked', { family: 'meshery', faults: ['unlink-meshsync'] })],
  },
  {
    name: 'server-not-receiving',
    title: 'This server receives nothing',
    story: 'The Broker has an external address, and a firewall swallows every connection to it.',
    connections: [
      connection('firewalled', { traits: { loadBalancer: 'firewalled' }, denials: [NO_PORT_FORWARD] }),
    ],
  },
  {
    name: 'stale-data',
    title: 'The data is stale',
    story:
      'Every link is up, yet MeshSync has noticed no change for an hour, in a cluster that changes all the time.',
    connections: [connection('stale', { faults: ['deaf-meshsync'], ageMs: 2 * HOUR_MS, wasHeard: true })],
  },
  {
    name: 'empty-database',
    title: 'Nothing has been sent yet',
    story: 'MeshSync has no pod, so the database is empty, and the node of the cluster is read live.',
    connections: [connection('silent-start', { faults: ['scale-meshsync-to-zero'] })],
  },
  {
    name: 'corrupt-database',
    title: 'The database is damaged',
    story:
      'The cluster is well and sends; the file it is stored in is damaged. A reset brings the rows back.',
    connections: [connection('well', { faults: [DATABASE_FAULT] })],
  },
  {
    name: 'orphaned-controllers',
    title: 'Controllers without their Operator',
    story:
      'The Operator was removed and left the Broker and MeshSync behind; they run, and nothing looks after them.',
    connections: [connection('orphans', { faults: ['remove-operator'] })],
  },
  {
    name: 'image-pull-failing',
    title: 'An image that cannot be pulled',
    story: 'The Operator’s image is not in the registry, so its rollout never finishes.',
    connections: [connection('no-image', { faults: ['image-pull'], ageMs: HOUR_MS })],
  },
  {
    name: 'crash-looping',
    title: 'The Broker keeps crashing',
    story: 'The container of the Broker ends as soon as it starts.',
    connections: [connection('crashing', { faults: ['kill-broker'] })],
  },
  {
    name: 'wrong-token',
    title: 'The Broker refuses the token',
    story: 'The token of the Broker was changed, and the Secret still holds the one before.',
    connections: [connection('wrong-token', { family: 'meshery', faults: ['wrong-token'] })],
  },
  {
    name: 'api-unreachable',
    title: 'API servers that do not answer',
    story: 'One cannot be reached, one swallows every request, and one no longer accepts the credentials.',
    connections: [
      connection('unreachable', { faults: ['api-unreachable'] }),
      connection('black-hole', { faults: ['api-black-hole'] }),
      connection('expired-login', { faults: ['unauthorized'] }),
    ],
  },
  {
    name: 'forbidden',
    title: 'Not allowed to look',
    story: 'The identity of the kubeconfig may not list pods, or may see nothing at all.',
    connections: [
      connection('no-pods', { faults: ['revoke-permission'] }),
      connection('no-rights', { denials: [{ verbs: ['*'], group: '*', resource: '*' }] }),
    ],
  },
  {
    name: 'stuck-terminating',
    title: 'Resources that cannot go',
    story: 'Broker and MeshSync were deleted after their Operator was, and wait for it for ever.',
    connections: [
      connection('stuck', { family: 'meshery', faults: ['remove-operator'], start: deleteResources }),
    ],
  },
  {
    name: 'two-families',
    title: 'Meshplay and Meshery side by side',
    story: 'Both families are installed on one cluster.',
    connections: [connection('both', { family: 'both' })],
  },
  {
    name: 'hundred-connections',
    title: 'A hundred clusters',
    story: 'Most are well; every tenth has one fault or another.',
    connections: manyConnections(100, 100),
  },
  {
    name: 'thousand-connections',
    title: 'A thousand clusters',
    story: 'A hundred of them change all the time; every tenth has one fault or another.',
    connections: manyConnections(1000, 100),
  },
];

function rollOut(image: string, cluster: string) {
  return ({ store, condition }: SimulatedCluster): void => {
    condition.slowImages.add(image);
    const operator = store.get(DEPLOYMENTS, 'meshplay', 'meshplay-operator');
    if (operator === undefined) throw new Error(`${cluster} has no Operator to upgrade.`);
    store.put(
      DEPLOYMENTS,
      patched(operator, { spec: { template: { spec: { containers: [{ name: 'manager', image }] } } } }),
    );
  };
}

function bindToAdministrator(cluster: SimulatedCluster): void {
  const apiGroup = 'rbac.authorization.k8s.io';
  const binding = {
    metadata: { name: 'meshplay-operator-rolebinding' },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'meshplay-operator', namespace: 'meshplay' }],
  };
  cluster.write(`${apiGroup}/clusterrolebindings`, binding, 'kubectl-create');
}

function deleteResources({ store, deletion }: SimulatedCluster): void {
  for (const key of ['meshery.io/meshsyncs', 'meshery.io/brokers']) {
    for (const resource of store.all(key)) deletion.request(key, resource, 'Background');
  }
}

function manyConnections(count: number, busy: number): readonly ConnectionPlan[] {
  const faults = [
    'kill-broker',
    'remove-operator',
    'scale-meshsync-to-zero',
    'api-unreachable',
    'revoke-permission',
  ];
  return Array.from({ length: count }, (_, index) => {
    const fault = index % 10 === 3 ? faults[Math.floor(index / 10) % faults.length] : undefined;
    return connection(`cluster-${String(index + 1).padStart(4, '0')}`, {
      family: index % 2 === 0 ? 'meshplay' : 'meshery',
      size: 'small',
      traits: { changesPerSecond: index < busy ? 0.2 : 0, version: `v1.${30 + (index % 5)}.2` },
      faults: fault === undefined ? [] : [fault],
    });
  });
}
