import type { Controller, Family } from '../../api/shapes.ts';
import type { KubeMetadata } from '../ports.ts';
import { BROKER_NAMES, GROUPS, MESHSYNC_NAMES, OPERATOR_NAMES } from './kinds.ts';

type Labels = Readonly<Record<string, string>>;

/** Which controller a set of labels belongs to, by both families' habits; undefined when none. */
export function roleOfLabels(labels: Labels): Controller | undefined {
  const component = labels['component'];
  const name = labels['app.kubernetes.io/name'];
  if (component === 'broker' || component === 'meshsync') return component;
  if (component === 'operator' && (labels['app'] === 'meshery' || labels['app'] === 'meshplay'))
    return 'operator';
  if (name === undefined) return undefined;
  if (OPERATOR_NAMES.some((operator) => operator === name)) return 'operator';
  if (name === 'nats') {
    // Somebody's own NATS may live beside ours; only a foreign instance name tells it apart.
    const instance = labels['app.kubernetes.io/instance'];
    return instance === undefined || /mesh(ery|play)/.test(instance) ? 'broker' : undefined;
  }
  return undefined;
}

/** Which controller an object's name belongs to: the exact name, or a pod's name that begins with it. */
export function roleOfName(name: string): Controller | undefined {
  const belongs = (known: string) => name === known || name.startsWith(`${known}-`);
  if (OPERATOR_NAMES.some(belongs)) return 'operator';
  if (MESHSYNC_NAMES.some(belongs)) return 'meshsync';
  if (BROKER_NAMES.some(belongs)) return 'broker';
  return undefined;
}

function resourceOwner(metadata: KubeMetadata) {
  return metadata.ownerReferences?.find((owner) => (owner.apiVersion.split('/')[0] ?? '') in GROUPS);
}

/** The object is owned by a Broker or MeshSync resource. */
export function isOwnedByResource(metadata: KubeMetadata): boolean {
  return resourceOwner(metadata) !== undefined;
}

/** Role of a workload or pod: owner first, then labels, then name. */
export function roleOf(metadata: KubeMetadata): Controller | undefined {
  const owner = resourceOwner(metadata);
  if (owner?.kind === 'Broker') return 'broker';
  if (owner?.kind === 'MeshSync') return 'meshsync';
  return roleOfLabels(metadata.labels ?? {}) ?? roleOfName(metadata.name);
}

/** Family by owner, name and labels; Meshery where nothing says Meshplay, because Meshplay is the rebrand. */
export function familyOf(metadata: KubeMetadata): Family {
  const group = resourceOwner(metadata)?.apiVersion.split('/')[0];
  if (group !== undefined) return GROUPS[group] ?? 'meshery';
  const isMeshplay = metadata.name.startsWith('meshplay') || metadata.labels?.['app'] === 'meshplay';
  return isMeshplay ? 'meshplay' : 'meshery';
}
