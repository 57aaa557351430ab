/** An installation as Helm 3 would have made it of the old Meshplay chart: its objects, and its record in Secrets. */
import { gzipSync } from 'node:zlib';
import type { World } from '../harness/world.ts';
import * as manifests from './manifests.ts';

export const RELEASE = 'meshplay-operator';
const RBAC = 'rbac.authorization.k8s.io/v1';
const ROLES = `/apis/${RBAC}`;

/** What the release owns, record included. */
export const OWNED: readonly string[] = [
  'apps/v1 Deployment meshplay/meshplay-operator',
  'meshplay.khulnasoft.com/v1alpha1 Broker meshplay/meshplay-broker',
  'meshplay.khulnasoft.com/v1alpha1 MeshSync meshplay/meshplay-meshsync',
  `${RBAC} ClusterRole meshplay-controller-role`,
  `${RBAC} ClusterRole meshplay-proxy-role`,
  `${RBAC} ClusterRoleBinding meshplay-controller-rolebinding`,
  'v1 Secret meshplay/sh.helm.release.v1.meshplay-operator.v2',
  'v1 Secret meshplay/sh.helm.release.v1.meshplay-operator.v3',
  'v1 Service meshplay/meshplay-operator',
  'v1 ServiceAccount meshplay/meshplay-operator',
];

/** What is no part of it: a chart keeps its definitions apart, and Helm does not make the namespace. */
export const STAYS: readonly string[] = [
  'apiextensions.k8s.io/v1 CustomResourceDefinition brokers.meshplay.khulnasoft.com',
  'apiextensions.k8s.io/v1 CustomResourceDefinition meshsyncs.meshplay.khulnasoft.com',
  'v1 Namespace meshplay',
];

/** Puts definitions, namespace, the chart’s objects and two revisions of the release on the cluster. */
export async function installRelease(world: World): Promise<void> {
  const { api } = world.controlPlane;
  await world.installDefinitions();
  await api.create('/api/v1/namespaces', { metadata: { name: 'meshplay' } });
  for (const [collection, object] of chart(world)) await api.create(collection, object);
  await store(world, 2, 'superseded');
  await store(world, 3, 'deployed');
}

interface ChartObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
}

/** `[collection path, object]` of everything in the chart. */
function chart({ names, paths }: World): [string, ChartObject][] {
  const marked = (
    apiVersion: string,
    kind: string,
    namespace: string | undefined,
    object: object,
  ): ChartObject => {
    const { metadata, ...rest } = { metadata: { name: '', labels: {} }, ...object };
    return {
      apiVersion,
      kind,
      ...rest,
      metadata: {
        ...metadata,
        ...(namespace === undefined ? {} : { namespace }),
        labels: { ...metadata.labels, 'app.kubernetes.io/managed-by': 'Helm' },
        annotations: {
          'meta.helm.sh/release-name': RELEASE,
          'meta.helm.sh/release-namespace': names.namespace,
        },
      },
    };
  };
  const kinds = ['ServiceAccount', 'ClusterRole', 'ClusterRoleBinding'];
  const access = manifests.operatorAccess(names).map(([collection, object], index): [string, ChartObject] => {
    const kind = kinds[index] ?? '';
    const isAccount = kind === 'ServiceAccount';
    return [
      collection,
      marked(isAccount ? 'v1' : RBAC, kind, isAccount ? names.namespace : undefined, object),
    ];
  });
  const service = {
    metadata: { name: names.operator },
    spec: { ports: [{ name: 'http', port: 10_000, targetPort: 'http', protocol: 'TCP' }] },
  };
  const proxyRole = {
    metadata: { name: 'meshplay-proxy-role' },
    rules: [{ apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] }],
  };
  const custom = `${names.group}/v1alpha1`;
  const { namespace } = names;
  return [
    ...access,
    [`${paths.core}/services`, marked('v1', 'Service', namespace, service)],
    [`${ROLES}/clusterroles`, marked(RBAC, 'ClusterRole', undefined, proxyRole)],
    [
      `${paths.apps}/deployments`,
      marked('apps/v1', 'Deployment', namespace, manifests.operatorDeployment(names)),
    ],
    [paths.brokers, marked(custom, 'Broker', namespace, manifests.brokerResource(names))],
    [paths.meshsyncs, marked(custom, 'MeshSync', namespace, manifests.meshsyncResource(names))],
  ];
}

/** A revision as Helm 3 stores it: JSON, gzip, base64, and base64 again as every Secret. */
async function store(world: World, version: number, status: string): Promise<void> {
  // Charts leave the namespace of the release out; Helm fills it in.
  const manifest = chart(world)
    .map(([, object]) => {
      const {
        namespace: _namespace,
        annotations: _annotations,
        ...metadata
      } = { ...object.metadata } as Record<string, unknown>;
      return `---\n# Source: ${RELEASE}/templates/${object.kind}.yaml\n${JSON.stringify({ ...object, metadata })}\n`;
    })
    .join('');
  const release = { name: RELEASE, namespace: 'meshplay', version, info: { status }, manifest };
  await world.controlPlane.api.create(`${world.paths.core}/secrets`, {
    metadata: {
      name: `sh.helm.release.v1.${RELEASE}.v${version}`,
      labels: { owner: 'helm', name: RELEASE, status, version: String(version) },
    },
    type: 'helm.sh/release.v1',
    stringData: { release: gzipSync(JSON.stringify(release)).toString('base64') },
  });
}
