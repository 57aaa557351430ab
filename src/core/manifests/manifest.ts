import type { Family } from '../../api/shapes.ts';

/** An object to be applied: what `kubectl apply -f` would take, as plain data. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Which software is meant: the two names, and for Meshery the operator before and from 1.0. */
export interface Flavour {
  readonly family: Family;
  readonly generation: 'old' | 'new';
}

/** Plural names of the URL of every kind we make; kept here because the API server wants plurals and manifests hold kinds. */
const PLURALS: Readonly<Record<string, { plural: string; isNamespaced: boolean }>> = {
  Namespace: { plural: 'namespaces', isNamespaced: false },
  CustomResourceDefinition: { plural: 'customresourcedefinitions', isNamespaced: false },
  ServiceAccount: { plural: 'serviceaccounts', isNamespaced: true },
  ClusterRole: { plural: 'clusterroles', isNamespaced: false },
  ClusterRoleBinding: { plural: 'clusterrolebindings', isNamespaced: false },
  Role: { plural: 'roles', isNamespaced: true },
  RoleBinding: { plural: 'rolebindings', isNamespaced: true },
  Deployment: { plural: 'deployments', isNamespaced: true },
  StatefulSet: { plural: 'statefulsets', isNamespaced: true },
  DaemonSet: { plural: 'daemonsets', isNamespaced: true },
  Job: { plural: 'jobs', isNamespaced: true },
  Service: { plural: 'services', isNamespaced: true },
  Ingress: { plural: 'ingresses', isNamespaced: true },
  ConfigMap: { plural: 'configmaps', isNamespaced: true },
  Secret: { plural: 'secrets', isNamespaced: true },
  Pod: { plural: 'pods', isNamespaced: true },
  Broker: { plural: 'brokers', isNamespaced: true },
  PodDisruptionBudget: { plural: 'poddisruptionbudgets', isNamespaced: true },
  NetworkPolicy: { plural: 'networkpolicies', isNamespaced: true },
  PriorityClass: { plural: 'priorityclasses', isNamespaced: false },
  MutatingWebhookConfiguration: { plural: 'mutatingwebhookconfigurations', isNamespaced: false },
  ValidatingWebhookConfiguration: { plural: 'validatingwebhookconfigurations', isNamespaced: false },
  Certificate: { plural: 'certificates', isNamespaced: true },
  Issuer: { plural: 'issuers', isNamespaced: true },
  ServiceMonitor: { plural: 'servicemonitors', isNamespaced: true },
  MeshSync: { plural: 'meshsyncs', isNamespaced: true },
};

export interface ManifestKind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

/**
 * The words of the URL for a manifest's kind.
 * @returns undefined for a kind that neither we nor the operators' charts contain.
 */
export function manifestKind(manifest: { apiVersion: string; kind: string }): ManifestKind | undefined {
  const known = PLURALS[manifest.kind];
  if (known === undefined) return undefined;
  const slash = manifest.apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : manifest.apiVersion.slice(0, slash),
    version: slash < 0 ? manifest.apiVersion : manifest.apiVersion.slice(slash + 1),
    ...known,
  };
}

/** “Deployment meshplay/meshplay-operator”: how an object is named to people. */
export function manifestTitle(manifest: {
  kind: string;
  metadata: { name: string; namespace?: string | undefined };
}): string {
  const { name, namespace } = manifest.metadata;
  return `${manifest.kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
