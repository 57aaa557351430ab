/** What things are called, per family and generation of the operator (domain facts, names table). */
export type Family = 'meshplay' | 'meshery';
export type Generation = 'old' | 'new';

export interface Names {
  readonly family: Family;
  readonly generation: Generation;
  readonly namespace: string;
  readonly group: string;
  /** API versions of the definitions; the last is the one stored. */
  readonly versions: readonly string[];
  readonly operator: string;
  readonly operatorImages: Readonly<Record<string, string>>;
  readonly brokerResource: string;
  readonly meshsyncResource: string;
  readonly brokerWorkload: string;
  readonly brokerLabels: Readonly<Record<string, string>>;
  readonly brokerImages: Readonly<Record<string, string>>;
  readonly meshsyncImage: string;
}

/** Throws nothing; Meshplay has only an old generation, which is why `new` gives Meshery’s names. */
export function namesOf(family: Family, generation: Generation): Names {
  const isNew = generation === 'new';
  const owner = family === 'meshplay' ? 'khulnasoft' : 'layer5';
  return {
    family,
    generation,
    namespace: family,
    group: family === 'meshplay' ? 'meshplay.khulnasoft.com' : 'meshery.io',
    versions: isNew ? ['v1alpha1', 'v1alpha2'] : ['v1alpha1'],
    operator: `${family}-operator`,
    operatorImages: isNew
      ? { manager: 'meshery/meshery-operator:1.0.5' }
      : {
          manager: `${owner}/${family}-operator:stable-latest`,
          'kube-rbac-proxy': 'gcr.io/kubebuilder/kube-rbac-proxy:v0.5.0',
        },
    brokerResource: `${family}-broker`,
    meshsyncResource: `${family}-meshsync`,
    brokerWorkload: isNew ? 'meshery-nats' : `${family}-broker`,
    brokerLabels: isNew
      ? {
          'app.kubernetes.io/name': 'nats',
          'app.kubernetes.io/instance': 'meshery-nats',
          'app.kubernetes.io/component': 'nats',
        }
      : { app: family, component: 'broker' },
    brokerImages: isNew
      ? { nats: 'nats:2.14.2-alpine', reloader: 'natsio/nats-server-config-reloader:0.23.0' }
      : { nats: 'nats:2.8.2-alpine3.15', reloader: 'connecteverything/nats-server-config-reloader:0.6.0' },
    meshsyncImage: isNew ? 'meshery/meshsync:1.0.3' : `${owner}/meshsync:stable-latest`,
  };
}

/** Collection URLs of what the stand-ins and the specs touch. */
export function pathsOf(names: Names) {
  const version = names.versions.at(-1) ?? 'v1alpha1';
  const custom = `/apis/${names.group}/${version}/namespaces/${names.namespace}`;
  const core = `/api/v1/namespaces/${names.namespace}`;
  const apps = `/apis/apps/v1/namespaces/${names.namespace}`;
  return {
    core,
    apps,
    definitions: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    brokers: `${custom}/brokers`,
    meshsyncs: `${custom}/meshsyncs`,
    broker: `${custom}/brokers/${names.brokerResource}`,
    meshsync: `${custom}/meshsyncs/${names.meshsyncResource}`,
    operatorDeployment: `${apps}/deployments/${names.operator}`,
    meshsyncDeployment: `${apps}/deployments/${names.meshsyncResource}`,
    brokerStatefulSet: `${apps}/statefulsets/${names.brokerWorkload}`,
    brokerService: `${core}/services/${names.brokerWorkload}`,
    brokerSecret: `${core}/secrets/meshery-nats-auth`,
    brokerPod: `${names.brokerWorkload}-0`,
  } as const;
}
