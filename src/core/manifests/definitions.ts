import { flavourNames } from './flavour-names.ts';
import type { Flavour, Manifest } from './manifest.ts';

const text = { type: 'string' } as const;
const labels = (name: string) => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/managed-by': 'meshplay-troubleshooter',
});

const conditions = {
  type: 'array',
  items: {
    type: 'object',
    required: ['type', 'status'],
    properties: {
      type: text,
      status: text,
      reason: text,
      message: text,
      lastTransitionTime: { type: 'string', format: 'date-time' },
      lastProbeTime: { type: 'string', format: 'date-time' },
      observedGeneration: { type: 'integer', format: 'int64' },
    },
  },
} as const;

function size(isNew: boolean) {
  return isNew
    ? { type: 'integer', format: 'int32', minimum: 1, maximum: 10, default: 1 }
    : { type: 'integer', format: 'int32' };
}

/** Schema of a Broker (domain.md 3.4). Unknown fields are kept, so that a newer operator finds what it wrote. */
function brokerSchema(isNew: boolean) {
  return {
    type: 'object',
    properties: {
      apiVersion: text,
      kind: text,
      metadata: { type: 'object' },
      spec: {
        type: 'object',
        'x-kubernetes-preserve-unknown-fields': true,
        properties: {
          size: size(isNew),
          ...(isNew
            ? {
                version: text,
                service: {
                  type: 'object',
                  properties: {
                    type: { type: 'string', enum: ['ClusterIP', 'NodePort', 'LoadBalancer'] },
                    annotations: { type: 'object', additionalProperties: text },
                    loadBalancerClass: text,
                    loadBalancerSourceRanges: { type: 'array', items: text },
                    externalEndpointOverride: text,
                  },
                },
              }
            : {}),
        },
      },
      status: {
        type: 'object',
        'x-kubernetes-preserve-unknown-fields': true,
        properties: {
          endpoint: { type: 'object', properties: { internal: text, external: text } },
          conditions,
        },
      },
    },
  };
}

/** Schema of a MeshSync resource (domain.md 3.4). */
function meshsyncSchema(isNew: boolean) {
  return {
    type: 'object',
    properties: {
      apiVersion: text,
      kind: text,
      metadata: { type: 'object' },
      spec: {
        type: 'object',
        'x-kubernetes-preserve-unknown-fields': true,
        properties: {
          size: size(isNew),
          version: text,
          broker: {
            type: 'object',
            properties: {
              native: { type: 'object', properties: { name: text, namespace: text } },
              custom: { type: 'object', properties: { url: text } },
            },
          },
          'watch-list': { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
      status: {
        type: 'object',
        'x-kubernetes-preserve-unknown-fields': true,
        properties: { 'publishing-to': text, conditions },
      },
    },
  };
}

const BROKER_COLUMNS = [
  { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
  { name: 'External', type: 'string', jsonPath: '.status.endpoint.external' },
  { name: 'Internal', type: 'string', jsonPath: '.status.endpoint.internal' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
];

/**
 * The two CustomResourceDefinitions of a flavour. The new generation serves two versions with identical fields, so
 * they need no conversion webhook, and with it no certificate manager.
 */
export function definitionManifests(flavour: Flavour): readonly Manifest[] {
  const names = flavourNames(flavour);
  const isNew = names.apiVersions.length > 1;
  const definition = (
    kind: string,
    plural: string,
    schema: object,
    columns: readonly object[],
    shortNames: string[],
  ): Manifest => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${names.group}`, labels: labels(names.operator) },
    spec: {
      group: names.group,
      scope: 'Namespaced',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        ...(isNew && shortNames.length > 0 ? { shortNames } : {}),
        ...(isNew ? { categories: [flavour.family] } : {}),
      },
      conversion: { strategy: 'None' },
      versions: names.apiVersions.map((version, index) => ({
        name: version,
        served: true,
        storage: index === names.apiVersions.length - 1,
        schema: { openAPIV3Schema: schema },
        subresources: { status: {} },
        ...(columns.length > 0 ? { additionalPrinterColumns: columns } : {}),
      })),
    },
  });
  return [
    definition('Broker', 'brokers', brokerSchema(isNew), isNew ? BROKER_COLUMNS : [], ['br']),
    definition('MeshSync', 'meshsyncs', meshsyncSchema(isNew), [], []),
  ];
}
