import type { SimulatedCluster } from '../cluster.ts';
import { ensureNamespace } from '../cluster.ts';
import { DEFINITIONS, DEPLOYMENTS } from '../kube/kinds.ts';

/** An installation as somebody made it long before. */
export interface Installation {
  readonly family: 'meshplay' | 'meshery';
  readonly namespace: string;
  readonly operatorImage: string;
  /** API group of the resources; the old Operator of Meshery had another. */
  readonly group: string;
  /** The Operator alone, or with its resources. */
  readonly parts: 'all' | 'operator';
  readonly serviceType?: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | undefined;
}

export const MESHPLAY: Installation = {
  family: 'meshplay',
  namespace: 'meshplay',
  operatorImage: 'khulnasoft/meshplay-operator:1.0.5',
  group: 'meshplay.khulnasoft.com',
  parts: 'all',
};

export const MESHERY: Installation = {
  family: 'meshery',
  namespace: 'meshery',
  operatorImage: 'meshery/meshery-operator:1.0.5',
  group: 'meshery.io',
  parts: 'all',
};

/** The product itself made it, so that it may change it again without taking it from somebody. */
const INSTALLER = 'meshplay-troubleshooter';
const RBAC = 'rbac.authorization.k8s.io';

/** Writes what an installation writes; everything else follows from it. */
export function install(cluster: SimulatedCluster, installation: Installation): void {
  const { family, namespace, parts } = installation;
  ensureNamespace(cluster, namespace);
  writeDefinitions(cluster, installation);
  const name = `${family}-operator`;
  const subjects = [{ kind: 'ServiceAccount', name, namespace }];
  cluster.write('/serviceaccounts', { metadata: { name, namespace } }, INSTALLER);
  for (const role of [`${family}-operator-role`, `${family}-controller-role`]) {
    const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
    cluster.write(`${RBAC}/clusterroles`, { metadata: { name: role }, rules }, INSTALLER);
    const roleRef = { apiGroup: RBAC, kind: 'ClusterRole', name: role };
    const binding = { metadata: { name: `${role}binding` }, roleRef, subjects };
    cluster.write(`${RBAC}/clusterrolebindings`, binding, INSTALLER);
  }
  cluster.write(DEPLOYMENTS, operatorDeployment(installation), INSTALLER);
  if (parts === 'operator') return;
  writeResources(cluster, installation);
}

/** The definitions of an installation alone. */
export function writeDefinitions(cluster: SimulatedCluster, { group, family }: Installation): void {
  for (const [kind, plural] of [
    ['Broker', 'brokers'],
    ['MeshSync', 'meshsyncs'],
  ] as const) {
    cluster.write(DEFINITIONS, definition(group, kind, plural, family), INSTALLER);
  }
}

function writeResources(
  cluster: SimulatedCluster,
  { family, namespace, group, serviceType }: Installation,
): void {
  const broker = `${family}-broker`;
  cluster.write(
    `${group}/brokers`,
    {
      metadata: { name: broker, namespace },
      spec: { size: 1, ...(serviceType === undefined ? {} : { service: { type: serviceType } }) },
    },
    INSTALLER,
  );
  cluster.write(
    `${group}/meshsyncs`,
    {
      metadata: { name: `${family}-meshsync`, namespace },
      spec: { size: 1, broker: { native: { name: broker, namespace } } },
    },
    INSTALLER,
  );
}

function operatorDeployment({ family, namespace, operatorImage }: Installation) {
  const name = `${family}-operator`;
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': name };
  return {
    metadata: { name, namespace, labels: { ...labels, 'app.kubernetes.io/component': 'operator' } },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          containers: [{ name: 'manager', image: operatorImage, args: ['--enable-leader-election'] }],
        },
      },
    },
  };
}

function definition(group: string, kind: string, plural: string, family: 'meshplay' | 'meshery') {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const version = (name: string, storage: boolean) => ({
    name,
    served: true,
    storage,
    schema,
    subresources: { status: {} },
  });
  const isNew = family === 'meshery' && group === 'meshery.io';
  return {
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      scope: 'Namespaced',
      conversion: { strategy: 'None' },
      versions: isNew ? [version('v1alpha1', false), version('v1alpha2', true)] : [version('v1alpha1', true)],
    },
  };
}
