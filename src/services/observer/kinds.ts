import type { Family } from '../../api/shapes.ts';
import type { ResourceKind } from '../ports.ts';

function kind(group: string, version: string, plural: string, isNamespaced = true): ResourceKind {
  return { group, version, plural, isNamespaced };
}

export const DEFINITIONS = kind('apiextensions.k8s.io', 'v1', 'customresourcedefinitions', false);
export const NAMESPACES = kind('', 'v1', 'namespaces', false);
export const DEPLOYMENTS = kind('apps', 'v1', 'deployments');
export const STATEFUL_SETS = kind('apps', 'v1', 'statefulsets');
export const PODS = kind('', 'v1', 'pods');
export const SERVICES = kind('', 'v1', 'services');
export const EVENTS = kind('', 'v1', 'events');
export const SECRETS = kind('', 'v1', 'secrets');

/** API groups the Broker and MeshSync resources were ever served under, with the family each belongs to. */
export const GROUPS: Readonly<Record<string, Family>> = {
  'meshplay.khulnasoft.com': 'meshplay',
  'meshery.io': 'meshery',
  'meshery.layer5.io': 'meshery',
};

export const RESOURCE_PLURALS = { brokers: 'Broker', meshsyncs: 'MeshSync' } as const;

/** Names of the definitions that are ours: `brokers.meshery.io` and so on. */
export const DEFINITION_NAMES: ReadonlySet<string> = new Set(
  Object.keys(GROUPS).flatMap((group) => Object.keys(RESOURCE_PLURALS).map((plural) => `${plural}.${group}`)),
);

export const OPERATOR_NAMES = ['meshplay-operator', 'meshery-operator'] as const;
export const MESHSYNC_NAMES = ['meshplay-meshsync', 'meshery-meshsync'] as const;
export const BROKER_NAMES = ['meshplay-broker', 'meshery-broker', 'meshery-nats'] as const;

/** Where an installer puts things when nobody says otherwise. */
export const DEFAULT_NAMESPACES: Readonly<Record<Family, string>> = {
  meshplay: 'meshplay',
  meshery: 'meshery',
};

/** Secret of the 1.x operator with the Broker's token; older Brokers have none. */
export const TOKEN_SECRET = 'meshery-nats-auth';
