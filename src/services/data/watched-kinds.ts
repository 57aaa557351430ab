import type { ClusterApi, ResourceKind } from '../ports.ts';

/** A kind by the word in `kind:` and by the words of its URL. */
export interface WatchedKind {
  readonly kind: string;
  readonly apiVersion: string;
  readonly resource: ResourceKind;
}

function watched(
  group: string,
  version: string,
  kind: string,
  plural: string,
  isNamespaced = true,
): WatchedKind {
  return {
    kind,
    apiVersion: group === '' ? version : `${group}/${version}`,
    resource: { group, version, plural, isNamespaced },
  };
}

/** What MeshSync watches unless told otherwise. Source: meshsync `internal/config/default_config.go`. */
export const DEFAULT_KINDS: readonly WatchedKind[] = [
  watched('', 'v1', 'Namespace', 'namespaces', false),
  watched('', 'v1', 'Node', 'nodes', false),
  watched('', 'v1', 'PersistentVolume', 'persistentvolumes', false),
  watched('', 'v1', 'PersistentVolumeClaim', 'persistentvolumeclaims'),
  watched('', 'v1', 'Pod', 'pods'),
  watched('', 'v1', 'Service', 'services'),
  watched('', 'v1', 'Endpoints', 'endpoints'),
  watched('', 'v1', 'ConfigMap', 'configmaps'),
  watched('', 'v1', 'Secret', 'secrets'),
  watched('', 'v1', 'ServiceAccount', 'serviceaccounts'),
  watched('', 'v1', 'ReplicationController', 'replicationcontrollers'),
  watched('', 'v1', 'ResourceQuota', 'resourcequotas'),
  watched('', 'v1', 'LimitRange', 'limitranges'),
  watched('apps', 'v1', 'Deployment', 'deployments'),
  watched('apps', 'v1', 'ReplicaSet', 'replicasets'),
  watched('apps', 'v1', 'StatefulSet', 'statefulsets'),
  watched('apps', 'v1', 'DaemonSet', 'daemonsets'),
  watched('apps', 'v1', 'ControllerRevision', 'controllerrevisions'),
  watched('batch', 'v1', 'Job', 'jobs'),
  watched('batch', 'v1', 'CronJob', 'cronjobs'),
  watched('networking.k8s.io', 'v1', 'Ingress', 'ingresses'),
  watched('networking.k8s.io', 'v1', 'IngressClass', 'ingressclasses', false),
  watched('networking.k8s.io', 'v1', 'NetworkPolicy', 'networkpolicies'),
  watched('discovery.k8s.io', 'v1', 'EndpointSlice', 'endpointslices'),
  watched('storage.k8s.io', 'v1', 'StorageClass', 'storageclasses', false),
  watched('storage.k8s.io', 'v1', 'VolumeAttachment', 'volumeattachments', false),
  watched('rbac.authorization.k8s.io', 'v1', 'ClusterRole', 'clusterroles', false),
  watched('rbac.authorization.k8s.io', 'v1', 'ClusterRoleBinding', 'clusterrolebindings', false),
  watched('rbac.authorization.k8s.io', 'v1', 'Role', 'roles'),
  watched('rbac.authorization.k8s.io', 'v1', 'RoleBinding', 'rolebindings'),
  watched('apiextensions.k8s.io', 'v1', 'CustomResourceDefinition', 'customresourcedefinitions', false),
  watched('apiregistration.k8s.io', 'v1', 'APIService', 'apiservices', false),
  watched('coordination.k8s.io', 'v1', 'Lease', 'leases'),
  watched('policy', 'v1', 'PodDisruptionBudget', 'poddisruptionbudgets'),
  watched('autoscaling', 'v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'),
  watched(
    'admissionregistration.k8s.io',
    'v1',
    'ValidatingWebhookConfiguration',
    'validatingwebhookconfigurations',
    false,
  ),
  watched(
    'admissionregistration.k8s.io',
    'v1',
    'MutatingWebhookConfiguration',
    'mutatingwebhookconfigurations',
    false,
  ),
  watched('scheduling.k8s.io', 'v1', 'PriorityClass', 'priorityclasses', false),
];

const DEFINITIONS: ResourceKind = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  isNamespaced: false,
};
const PAGE = 500;

/**
 * Finds the URL words of kinds by their `kind` and `apiVersion`: known ones from a table (in any version), others from
 * the names of the cluster's definitions, which are asked for once.
 */
export class KindFinder {
  readonly #api: ClusterApi;
  #definitions: Promise<ReadonlyMap<string, readonly string[]>> | undefined;

  constructor(api: ClusterApi) {
    this.#api = api;
  }

  /** Undefined where the cluster has no such kind. Throws `ClusterError`. */
  async find(
    kind: string,
    apiVersion: string,
    isNamespaced: boolean,
    signal: AbortSignal,
  ): Promise<ResourceKind | undefined> {
    const slash = apiVersion.indexOf('/');
    const group = slash === -1 ? '' : apiVersion.slice(0, slash);
    const version = apiVersion.slice(slash + 1);
    const known = DEFAULT_KINDS.find(
      (candidate) => candidate.kind === kind && candidate.resource.group === group,
    );
    if (known !== undefined) return { ...known.resource, version };
    this.#definitions ??= this.#readDefinitions(signal);
    const plurals = (await this.#definitions).get(group) ?? [];
    const plural = plurals.find((name) => pluralsOf(kind).includes(name));
    return plural === undefined ? undefined : { group, version, plural, isNamespaced };
  }

  /** A definition is named `<plural>.<group>`, so its metadata is enough. */
  async #readDefinitions(signal: AbortSignal): Promise<ReadonlyMap<string, readonly string[]>> {
    const plurals = new Map<string, string[]>();
    let next: string | undefined;
    do {
      const page = await this.#api.list(
        DEFINITIONS,
        { isMetadataOnly: true, limit: PAGE, continue: next },
        signal,
      );
      for (const { metadata } of page.items) {
        const dot = metadata.name.indexOf('.');
        const group = metadata.name.slice(dot + 1);
        plurals.set(group, [...(plurals.get(group) ?? []), metadata.name.slice(0, dot)]);
      }
      next = page.continue;
    } while (next !== undefined && next !== '');
    return plurals;
  }
}

/** How the plural of a kind may be spelt. */
function pluralsOf(kind: string): string[] {
  const word = kind.toLowerCase();
  return [word, `${word}s`, `${word}es`, `${word.slice(0, -1)}ies`];
}
