import type { KubeObject } from '../../services/ports.ts';
import { isObject, listAt, numberAt, stringAt } from './json.ts';
import { DEFINITIONS, DEPLOYMENTS, NAMESPACES, SECRETS, SERVICES, STATEFUL_SETS } from './kinds.ts';

/** Addresses a cluster hands out. */
export interface AddressPlan {
  clusterIp(): string;
  nodePort(): number;
}

/** What an API server fills in on a write: addresses, defaults, first statuses. `previous` keeps what was given out. */
export function admit(
  key: string,
  object: KubeObject,
  previous: KubeObject | undefined,
  plan: AddressPlan,
): KubeObject {
  switch (key) {
    case NAMESPACES:
      return {
        ...object,
        spec: { finalizers: ['kubernetes'] },
        status: previous?.['status'] ?? { phase: 'Active' },
      };
    case SERVICES:
      return admitService(object, previous, plan);
    case DEPLOYMENTS:
    case STATEFUL_SETS:
      return { ...object, spec: { replicas: 1, ...specOf(object) } };
    case SECRETS:
      return admitSecret(object);
    case DEFINITIONS:
      return admitDefinition(object, previous);
    default:
      return object;
  }
}

function specOf(object: KubeObject): Readonly<Record<string, unknown>> {
  return isObject(object['spec']) ? object['spec'] : {};
}

function admitService(object: KubeObject, previous: KubeObject | undefined, plan: AddressPlan): KubeObject {
  const spec = specOf(object);
  const type = stringAt(spec, 'type') ?? 'ClusterIP';
  const clusterIP =
    stringAt(spec, 'clusterIP') ?? stringAt(previous, 'spec', 'clusterIP') ?? plan.clusterIp();
  const ports = listAt(spec, 'ports').map((port) => {
    const number = numberAt(port, 'port');
    const known = listAt(previous, 'spec', 'ports').find(
      (candidate) => numberAt(candidate, 'port') === number,
    );
    const nodePort = numberAt(port, 'nodePort') ?? numberAt(known, 'nodePort') ?? plan.nodePort();
    return {
      protocol: 'TCP',
      ...(isObject(port) ? port : {}),
      ...(type === 'ClusterIP' ? {} : { nodePort }),
    };
  });
  return {
    ...object,
    spec: { ...spec, type, clusterIP, ports },
    status: previous?.['status'] ?? { loadBalancer: {} },
  };
}

function admitSecret(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object;
  const data: Record<string, unknown> = { ...(isObject(object['data']) ? object['data'] : {}) };
  for (const [name, value] of Object.entries(isObject(stringData) ? stringData : {})) {
    data[name] = btoa(String(value));
  }
  return { type: 'Opaque', ...rest, data };
}

function admitDefinition(object: KubeObject, previous: KubeObject | undefined): KubeObject {
  const stored = listAt(object, 'spec', 'versions').find(
    (version) => isObject(version) && version['storage'] === true,
  );
  const names = specOf(object)['names'];
  const finalizers = object.metadata.finalizers ?? ['customresourcecleanup.apiextensions.k8s.io'];
  return {
    ...object,
    metadata: { ...object.metadata, finalizers },
    status: previous?.['status'] ?? {
      acceptedNames: names,
      storedVersions: [stringAt(stored, 'name') ?? 'v1'],
      conditions: [
        { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts' },
        { type: 'Established', status: 'True', reason: 'InitialNamesAccepted' },
      ],
    },
  };
}
