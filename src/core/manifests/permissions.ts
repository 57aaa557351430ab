import { flavourNames } from './flavour-names.ts';
import type { Flavour, Manifest } from './manifest.ts';

const ALL = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
const READ = ['get', 'list', 'watch'];
const RBAC = 'rbac.authorization.k8s.io/v1';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

/** The operator's own resources: itself, its status and its finalizers. */
function ownResources(group: string): Rule[] {
  return [
    { apiGroups: [group], resources: ['brokers', 'meshsyncs'], verbs: ALL },
    { apiGroups: [group], resources: ['brokers/finalizers', 'meshsyncs/finalizers'], verbs: ['update'] },
    {
      apiGroups: [group],
      resources: ['brokers/status', 'meshsyncs/status'],
      verbs: ['get', 'patch', 'update'],
    },
  ];
}

/** What the operator makes for Broker and MeshSync (domain.md 3.2, 3.3). */
const WORKLOADS: readonly Rule[] = [
  { apiGroups: [''], resources: ['configmaps', 'secrets', 'services', 'endpoints'], verbs: ALL },
  { apiGroups: ['apps'], resources: ['deployments', 'statefulsets'], verbs: ALL },
  { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
];

/**
 * MeshSync runs under the operator's service account and must list and watch everything on its watch-list. The new
 * operator's flat manifest lacks exactly this (domain.md 3.3, *gap*), and the old chart grants every verb on
 * everything; reading is all that MeshSync needs.
 */
const READ_EVERYTHING: readonly Rule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: READ },
  { nonResourceURLs: ['/metrics', '/healthz', '/livez', '/readyz', '/version'], verbs: ['get'] },
];

const LEADER_ELECTION: readonly Rule[] = [
  { apiGroups: [''], resources: ['configmaps'], verbs: ALL },
  { apiGroups: [''], resources: ['configmaps/status'], verbs: ['get', 'update', 'patch'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ALL },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
];

/** Service account, roles and bindings of a flavour in `namespace`, in the order they are to be applied. */
export function permissionManifests(flavour: Flavour, namespace: string): readonly Manifest[] {
  const names = flavourNames(flavour);
  const prefix = flavour.family;
  const labels = {
    'app.kubernetes.io/name': names.operator,
    'app.kubernetes.io/managed-by': 'meshplay-troubleshooter',
  };
  const subjects = [{ kind: 'ServiceAccount', name: names.operator, namespace }];
  const clusterRole = (name: string, rules: readonly Rule[]): Manifest[] => [
    { apiVersion: RBAC, kind: 'ClusterRole', metadata: { name: `${name}-role`, labels }, rules },
    {
      apiVersion: RBAC,
      kind: 'ClusterRoleBinding',
      metadata: { name: `${name}-rolebinding`, labels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `${name}-role` },
      subjects,
    },
  ];
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: names.operator, namespace, labels } },
    ...clusterRole(`${prefix}-operator`, [...ownResources(names.group), ...WORKLOADS]),
    ...clusterRole(`${prefix}-controller`, READ_EVERYTHING),
    {
      apiVersion: RBAC,
      kind: 'Role',
      metadata: { name: `${prefix}-leader-election-role`, namespace, labels },
      rules: LEADER_ELECTION,
    },
    {
      apiVersion: RBAC,
      kind: 'RoleBinding',
      metadata: { name: `${prefix}-leader-election-rolebinding`, namespace, labels },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'Role',
        name: `${prefix}-leader-election-role`,
      },
      subjects,
    },
  ];
}
