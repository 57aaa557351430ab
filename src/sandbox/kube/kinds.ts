import type { KubeObject, ResourceKind } from '../../services/ports.ts';
import { listAt, stringAt, valueAt } from './json.ts';

/** A kind of object the simulated API server serves. */
export interface ServedKind {
  /** `group/plural`, the key it is stored under. */
  readonly key: string;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
}

const CORE = [
  ['namespaces', 'Namespace', false],
  ['nodes', 'Node', false],
  ['persistentvolumes', 'PersistentVolume', false],
  ['configmaps', 'ConfigMap', true],
  ['endpoints', 'Endpoints', true],
  ['events', 'Event', true],
  ['persistentvolumeclaims', 'PersistentVolumeClaim', true],
  ['pods', 'Pod', true],
  ['replicationcontrollers', 'ReplicationController', true],
  ['secrets', 'Secret', true],
  ['serviceaccounts', 'ServiceAccount', true],
  ['services', 'Service', true],
] as const;

const GROUPED = [
  ['apps', 'v1', 'daemonsets', 'DaemonSet', true],
  ['apps', 'v1', 'deployments', 'Deployment', true],
  ['apps', 'v1', 'replicasets', 'ReplicaSet', true],
  ['apps', 'v1', 'statefulsets', 'StatefulSet', true],
  ['batch', 'v1', 'cronjobs', 'CronJob', true],
  ['batch', 'v1', 'jobs', 'Job', true],
  ['coordination.k8s.io', 'v1', 'leases', 'Lease', true],
  ['discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice', true],
  ['networking.k8s.io', 'v1', 'ingresses', 'Ingress', true],
  ['rbac.authorization.k8s.io', 'v1', 'clusterroles', 'ClusterRole', false],
  ['rbac.authorization.k8s.io', 'v1', 'clusterrolebindings', 'ClusterRoleBinding', false],
  ['rbac.authorization.k8s.io', 'v1', 'roles', 'Role', true],
  ['rbac.authorization.k8s.io', 'v1', 'rolebindings', 'RoleBinding', true],
  ['storage.k8s.io', 'v1', 'storageclasses', 'StorageClass', false],
  ['storage.k8s.io', 'v1', 'volumeattachments', 'VolumeAttachment', false],
  ['apiregistration.k8s.io', 'v1', 'apiservices', 'APIService', false],
  [
    'admissionregistration.k8s.io',
    'v1',
    'validatingwebhookconfigurations',
    'ValidatingWebhookConfiguration',
    false,
  ],
  [
    'admissionregistration.k8s.io',
    'v1',
    'mutatingwebhookconfigurations',
    'MutatingWebhookConfiguration',
    false,
  ],
  ['apiextensions.k8s.io', 'v1', 'customresourcedefinitions', 'CustomResourceDefinition', false],
] as const;

const BUILT_IN: ReadonlyMap<string, ServedKind> = new Map(
  [
    ...CORE.map(([plural, kind, isNamespaced]) => ({ group: '', version: 'v1', plural, kind, isNamespaced })),
    ...GROUPED.map(([group, version, plural, kind, isNamespaced]) => ({
      group,
      version,
      plural,
      kind,
      isNamespaced,
    })),
  ].map((served) => [
    `${served.group}/${served.plural}`,
    { ...served, key: `${served.group}/${served.plural}` },
  ]),
);

export const NAMESPACES = '/namespaces';
export const PODS = '/pods';
export const SERVICES = '/services';
export const SECRETS = '/secrets';
export const CONFIG_MAPS = '/configmaps';
export const EVENTS = '/events';
export const NODES = '/nodes';
export const DEPLOYMENTS = 'apps/deployments';
export const STATEFUL_SETS = 'apps/statefulsets';
export const LEASES = 'coordination.k8s.io/leases';
export const DEFINITIONS = 'apiextensions.k8s.io/customresourcedefinitions';

/** A built-in kind by its key; undefined for a custom one. */
export function builtInKind(key: string): ServedKind | undefined {
  return BUILT_IN.get(key);
}

/** The kind a request names, in the version it names; undefined where the API server does not serve it (404). */
export function servedKind(
  wanted: Pick<ResourceKind, 'group' | 'version' | 'plural'>,
  definitions: readonly KubeObject[],
): ServedKind | undefined {
  const key = `${wanted.group}/${wanted.plural}`;
  const builtIn = BUILT_IN.get(key);
  if (builtIn !== undefined) return builtIn.version === wanted.version ? builtIn : undefined;
  const definition = definitions.find(({ metadata }) => metadata.name === `${wanted.plural}.${wanted.group}`);
  if (definition === undefined) return undefined;
  const served = listAt(definition, 'spec', 'versions').some(
    (version) => stringAt(version, 'name') === wanted.version && valueAt(version, 'served') === true,
  );
  return served ? { ...customKind(definition), version: wanted.version } : undefined;
}

/** The kind a CustomResourceDefinition defines, in its storage version. */
export function customKind(definition: KubeObject): ServedKind {
  const group = stringAt(definition, 'spec', 'group') ?? '';
  const plural = stringAt(definition, 'spec', 'names', 'plural') ?? '';
  const stored = listAt(definition, 'spec', 'versions').find(
    (version) => valueAt(version, 'storage') === true,
  );
  return {
    key: `${group}/${plural}`,
    group,
    version: stringAt(stored, 'name') ?? 'v1',
    plural,
    kind: stringAt(definition, 'spec', 'names', 'kind') ?? plural,
    isNamespaced: stringAt(definition, 'spec', 'scope') !== 'Cluster',
  };
}

export function apiVersionOf(kind: Pick<ServedKind, 'group' | 'version'>): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

/** What `GET /apis` lists: the groups with their served versions, without the core group. */
export function servedGroups(definitions: readonly KubeObject[]): { group: string; versions: string[] }[] {
  const groups = new Map<string, Set<string>>();
  const add = (group: string, version: string) => {
    if (group === '') return;
    const versions = groups.get(group) ?? new Set<string>();
    versions.add(version);
    groups.set(group, versions);
  };
  for (const served of BUILT_IN.values()) add(served.group, served.version);
  for (const definition of definitions) {
    for (const version of listAt(definition, 'spec', 'versions')) {
      if (valueAt(version, 'served') === true) {
        add(stringAt(definition, 'spec', 'group') ?? '', stringAt(version, 'name') ?? '');
      }
    }
  }
  return [...groups].map(([group, versions]) => ({ group, versions: [...versions] }));
}
