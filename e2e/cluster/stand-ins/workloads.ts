/** The objects an operator creates for a Broker and a MeshSync resource. */
import type { KubeObject } from '../harness/kube-api.ts';
import { type Names, pathsOf } from './names.ts';

interface NewObject {
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** `[collection path, object]` in the order of creation; owned by the resource where an owner is given. */
export function brokerObjects(
  names: Names,
  options: { owner: KubeObject | undefined; clusterIp: string; replicas: number; token: string },
): [string, NewObject][] {
  const paths = pathsOf(names);
  const meta = metadataOf(names, options.owner);
  const isNew = names.generation === 'new';
  const configuration: [string, NewObject][] = isNew
    ? [
        [
          `${paths.core}/secrets`,
          { metadata: meta('meshery-nats-auth'), type: 'Opaque', stringData: { token: options.token } },
        ],
        [
          `${paths.core}/configmaps`,
          {
            metadata: meta('meshery-nats-config'),
            data: { 'nats.conf': 'authorization { token: $NATS_TOKEN }\nhttp_port: 8222\nport: 4222\n' },
          },
        ],
        [
          `${paths.core}/services`,
          {
            metadata: meta(`${names.brokerWorkload}-headless`, names.brokerLabels),
            spec: {
              clusterIP: 'None',
              publishNotReadyAddresses: true,
              selector: names.brokerLabels,
              ports: [port('nats', 4222), port('monitor', 8222)],
            },
          },
        ],
      ]
    : [
        [
          `${paths.core}/configmaps`,
          { metadata: meta('meshery-nats-config'), data: { 'nats.conf': 'port: 4222\nhttp: 8222\n' } },
        ],
        [
          `${paths.core}/configmaps`,
          { metadata: meta('meshery-nats-accounts'), data: { 'resolver.conf': '' } },
        ],
      ];
  return [
    ...configuration,
    [
      `${paths.core}/services`,
      {
        metadata: meta(names.brokerWorkload, names.brokerLabels),
        spec: {
          type: isNew ? 'ClusterIP' : 'LoadBalancer',
          clusterIP: options.clusterIp,
          selector: names.brokerLabels,
          ports: isNew
            ? [port('nats', 4222), port('monitor', 8222)]
            : [
                port('client', 4222),
                port('cluster', 6222),
                port('monitor', 8222),
                port('metrics', 7777),
                port('leafnodes', 7422),
                port('gateways', 7522),
              ],
        },
      },
    ],
    [
      `${paths.apps}/statefulsets`,
      {
        metadata: meta(names.brokerWorkload, names.brokerLabels),
        spec: {
          replicas: options.replicas,
          serviceName: isNew ? `${names.brokerWorkload}-headless` : names.brokerWorkload,
          podManagementPolicy: 'Parallel',
          selector: { matchLabels: names.brokerLabels },
          template: {
            metadata: { labels: names.brokerLabels },
            spec: {
              containers: Object.entries(names.brokerImages).map(([name, image]) => ({ name, image })),
            },
          },
        },
      },
    ],
  ];
}

/** MeshSync’s Deployment, publishing to `brokerAddress` (host:port). */
export function meshsyncDeployment(
  names: Names,
  options: { owner: KubeObject | undefined; brokerAddress: string },
): NewObject {
  const labels = { app: names.family, component: 'meshsync' };
  const isNew = names.generation === 'new';
  const token = {
    name: 'NATS_TOKEN',
    valueFrom: { secretKeyRef: { name: 'meshery-nats-auth', key: 'token' } },
  };
  const url = `nats://${isNew ? '$(NATS_TOKEN)@' : ''}${options.brokerAddress}`;
  return {
    metadata: metadataOf(names, options.owner)(names.meshsyncResource, labels),
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: names.operator,
          containers: [
            {
              name: 'meshsync',
              image: names.meshsyncImage,
              ports: [{ name: 'client', containerPort: 11_000 }],
              env: [...(isNew ? [token] : []), { name: 'BROKER_URL', value: url }],
            },
          ],
        },
      },
    },
  };
}

function metadataOf(names: Names, owner: KubeObject | undefined) {
  const ownerReferences =
    owner === undefined
      ? undefined
      : [
          {
            apiVersion: owner.apiVersion,
            kind: owner.kind,
            name: owner.metadata.name,
            uid: owner.metadata.uid,
            controller: true,
          },
        ];
  return (name: string, labels?: Readonly<Record<string, string>>) => ({
    name,
    namespace: names.namespace,
    ...(labels === undefined ? {} : { labels }),
    ...(ownerReferences === undefined ? {} : { ownerReferences }),
  });
}

function port(name: string, number: number): object {
  return { name, port: number, targetPort: number, protocol: 'TCP' };
}
