import type { InstallOptions } from '../../api/operation.ts';
import type { Controller } from '../../api/shapes.ts';
import { definitionManifests } from './definitions.ts';
import { flavourNames } from './flavour-names.ts';
import type { Flavour, Manifest } from './manifest.ts';
import { permissionManifests } from './permissions.ts';

/**
 * What MeshSync watches unless told otherwise: the chart's list (domain.md 3.1) without its two kinds of foreign
 * operators, which most clusters lack, and with Jobs, which the chart forgot.
 */
export const DEFAULT_WATCH_LIST: readonly string[] = [
  'namespaces.v1.',
  'configmaps.v1.',
  'nodes.v1.',
  'secrets.v1.',
  'persistentvolumes.v1.',
  'persistentvolumeclaims.v1.',
  'replicasets.v1.apps',
  'pods.v1.',
  'services.v1.',
  'deployments.v1.apps',
  'statefulsets.v1.apps',
  'daemonsets.v1.apps',
  'ingresses.v1.networking.k8s.io',
  'endpoints.v1.',
  'endpointslices.v1.discovery.k8s.io',
  'jobs.v1.batch',
  'cronjobs.v1.batch',
  'replicationcontrollers.v1.',
  'storageclasses.v1.storage.k8s.io',
  'clusterroles.v1.rbac.authorization.k8s.io',
  'volumeattachments.v1.storage.k8s.io',
  'apiservices.v1.apiregistration.k8s.io',
];

/** The manifests of an installation, by the step they belong to. */
export interface Installation {
  readonly namespace: string;
  readonly namespaceManifest: Manifest;
  readonly definitions: readonly Manifest[];
  readonly permissions: readonly Manifest[];
  readonly operator: Manifest;
  readonly broker: Manifest;
  readonly meshsync: Manifest;
}

const PULL_ALWAYS = ['stable-latest', 'latest', 'edge-latest'];

function operatorDeployment(flavour: Flavour, namespace: string, options: InstallOptions): Manifest {
  const names = flavourNames(flavour);
  const isNew = names.apiVersions.length > 1;
  const tag = options.version ?? names.operatorTag;
  const repository = options.operatorImage ?? `${names.operatorImage}:${tag}`;
  const image =
    options.registry === undefined ? repository : `${options.registry.replace(/\/+$/, '')}/${repository}`;
  const labels = {
    'app.kubernetes.io/name': names.operator,
    'app.kubernetes.io/instance': names.operator,
    'app.kubernetes.io/managed-by': 'meshplay-troubleshooter',
  };
  const selector = { 'app.kubernetes.io/name': names.operator, 'app.kubernetes.io/instance': names.operator };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: names.operator,
      namespace,
      labels,
      annotations: { [names.annotation]: 'management-plane' },
    },
    spec: {
      replicas: 1,
      selector: { matchLabels: selector },
      template: {
        metadata: { labels: selector, annotations: { [names.annotation]: 'management-plane' } },
        spec: {
          serviceAccountName: names.operator,
          terminationGracePeriodSeconds: 10,
          ...(options.pullSecret === undefined ? {} : { imagePullSecrets: [{ name: options.pullSecret }] }),
          securityContext: { runAsNonRoot: true, runAsUser: 65532 },
          containers: [
            {
              name: 'manager',
              image,
              imagePullPolicy: PULL_ALWAYS.includes(tag) ? 'Always' : 'IfNotPresent',
              command: ['/manager'],
              // No kube-rbac-proxy beside it: its image was removed from the registry (domain.md 1.2). The old
              // manager therefore serves its metrics on loopback only, the new one protects them itself.
              args: isNew
                ? [
                    '--enable-leader-election',
                    '--metrics-addr=:8443',
                    '--health-probe-bind-address=:8081',
                    `--namespace=${namespace}`,
                  ]
                : ['--enable-leader-election', '--metrics-addr=127.0.0.1:8080', `--namespace=${namespace}`],
              // Both served versions have the same fields, so no conversion webhook and no certificate is needed.
              ...(isNew ? { env: [{ name: 'ENABLE_WEBHOOKS', value: 'false' }] } : {}),
              ports: isNew
                ? [
                    { name: 'https-metrics', containerPort: 8443, protocol: 'TCP' },
                    { name: 'health', containerPort: 8081, protocol: 'TCP' },
                  ]
                : [{ name: 'metrics', containerPort: 8080, protocol: 'TCP' }],
              ...(isNew
                ? {
                    livenessProbe: { httpGet: { path: '/healthz', port: 'health' }, initialDelaySeconds: 15 },
                    readinessProbe: { httpGet: { path: '/readyz', port: 'health' }, initialDelaySeconds: 5 },
                  }
                : {}),
              resources: {
                requests: { cpu: '100m', memory: '64Mi' },
                limits: { cpu: '500m', memory: '256Mi' },
              },
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
            },
          ],
        },
      },
    },
  };
}

function brokerResource(flavour: Flavour, namespace: string, options: InstallOptions): Manifest {
  const names = flavourNames(flavour);
  const isNew = names.apiVersions.length > 1;
  return {
    apiVersion: `${names.group}/${names.apiVersions.at(-1) ?? 'v1alpha1'}`,
    kind: 'Broker',
    metadata: { name: names.brokerResource, namespace },
    spec: {
      size: 1,
      ...(isNew && options.brokerService !== undefined ? { service: { type: options.brokerService } } : {}),
    },
  };
}

function meshsyncResource(flavour: Flavour, namespace: string, options: InstallOptions): Manifest {
  const names = flavourNames(flavour);
  const watchList = options.watchList ?? DEFAULT_WATCH_LIST;
  return {
    apiVersion: `${names.group}/${names.apiVersions.at(-1) ?? 'v1alpha1'}`,
    kind: 'MeshSync',
    metadata: { name: names.meshsyncResource, namespace },
    spec: {
      size: 1,
      broker: { native: { name: names.brokerResource, namespace } },
      'watch-list': {
        data: {
          whitelist: JSON.stringify(
            watchList.map((resource) => ({ Resource: resource, Events: ['ADDED', 'MODIFIED', 'DELETED'] })),
          ),
        },
      },
    },
  };
}

/**
 * Everything an installation consists of, as data; nothing is fetched from anywhere.
 * @param flavour which software
 * @param options what a person chose; names, images and the namespace default to the flavour's own
 */
export function installation(flavour: Flavour, options: InstallOptions = {}): Installation {
  const names = flavourNames(flavour);
  const namespace = options.namespace ?? names.namespace;
  return {
    namespace,
    namespaceManifest: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    definitions: definitionManifests(flavour),
    permissions: permissionManifests(flavour, namespace),
    operator: operatorDeployment(flavour, namespace, options),
    broker: brokerResource(flavour, namespace, options),
    meshsync: meshsyncResource(flavour, namespace, options),
  };
}

/** The manifests needed for the controllers named, in the order they are applied. */
export function manifestsFor(plan: Installation, controllers: readonly Controller[]): readonly Manifest[] {
  return [
    plan.namespaceManifest,
    ...plan.definitions,
    ...(controllers.includes('operator') ? [...plan.permissions, plan.operator] : []),
    ...(controllers.includes('broker') ? [plan.broker] : []),
    ...(controllers.includes('meshsync') ? [plan.meshsync] : []),
  ];
}
