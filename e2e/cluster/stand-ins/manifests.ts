/** What an installer puts on a cluster before the operator runs: definitions, roles, the operator, the two resources. */
import type { Names } from './names.ts';

/** The two definitions, `apiextensions.k8s.io/v1`. */
export function definitions(names: Names): object[] {
  return [definition(names, 'brokers', 'Broker'), definition(names, 'meshsyncs', 'MeshSync')];
}

function definition(names: Names, plural: string, kind: string): object {
  const stored = names.versions.at(-1);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${names.group}` },
    spec: {
      group: names.group,
      scope: 'Namespaced',
      names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      versions: names.versions.map((name) => ({
        name,
        served: true,
        storage: name === stored,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      })),
    },
  };
}

/** Service account, the read-all role MeshSync lives on, and its binding: `[collection path, object]`. */
export function operatorAccess(names: Names): [string, object][] {
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const role = `${names.family}-controller-role`;
  return [
    [`/api/v1/namespaces/${names.namespace}/serviceaccounts`, { metadata: { name: names.operator } }],
    [
      `${rbac}/clusterroles`,
      {
        metadata: { name: role },
        rules: [
          {
            apiGroups: ['*'],
            resources: ['*'],
            verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
          },
        ],
      },
    ],
    [
      `${rbac}/clusterrolebindings`,
      {
        metadata: { name: `${names.family}-controller-rolebinding` },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
        subjects: [{ kind: 'ServiceAccount', name: names.operator, namespace: names.namespace }],
      },
    ],
  ];
}

/** The operator’s Deployment. */
export function operatorDeployment(names: Names): object {
  const labels =
    names.generation === 'new'
      ? { app: names.family, component: 'operator' }
      : { 'app.kubernetes.io/name': names.operator, 'app.kubernetes.io/instance': names.operator };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: names.operator, namespace: names.namespace, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: names.operator,
          containers: Object.entries(names.operatorImages).map(([name, image]) => ({ name, image })),
        },
      },
    },
  };
}

/** The Broker resource. */
export function brokerResource(names: Names): object {
  return resource(names, 'Broker', names.brokerResource, { size: 1 });
}

/** The MeshSync resource, with the watch-list of the chart. */
export function meshsyncResource(names: Names): object {
  const whitelist = JSON.stringify(
    [
      'namespaces.v1.',
      'configmaps.v1.',
      'secrets.v1.',
      'pods.v1.',
      'services.v1.',
      'deployments.v1.apps',
    ].map((name) => ({ Resource: name, Events: ['ADDED', 'MODIFIED', 'DELETED'] })),
  );
  return resource(names, 'MeshSync', names.meshsyncResource, {
    size: 1,
    broker: { native: { name: names.brokerResource, namespace: names.namespace } },
    'watch-list': { data: { whitelist } },
  });
}

function resource(names: Names, kind: string, name: string, spec: object): object {
  return {
    apiVersion: `${names.group}/${names.versions.at(-1) ?? ''}`,
    kind,
    metadata: { name, namespace: names.namespace },
    spec,
  };
}
