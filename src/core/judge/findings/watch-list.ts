import type { ControllerResource } from '../../../api/evidence.ts';

/** Kinds of Kubernetes by their singular names: what people write, and what the API does not know. */
const SINGULARS = new Set(
  `pod service deployment replicaset statefulset daemonset job cronjob lease node namespace configmap secret ingress endpoint
  endpointslice persistentvolume persistentvolumeclaim storageclass serviceaccount role rolebinding clusterrole
  clusterrolebinding networkpolicy event limitrange resourcequota horizontalpodautoscaler customresourcedefinition`.split(
    /\s+/,
  ),
);

export type WatchListFault =
  | { readonly is: 'invalid-json'; readonly text: string }
  | { readonly is: 'unknown-shape'; readonly text: string }
  | { readonly is: 'singular'; readonly text: string };

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    // Not JSON: that is the finding itself.
    return undefined;
  }
}

/** The names a list gives; undefined for an entry of an unknown shape. */
function namesOf(value: unknown, list: 'whitelist' | 'blacklist'): (string | undefined)[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.map((entry: unknown) => {
    if (list === 'blacklist') return typeof entry === 'string' ? entry : undefined;
    if (typeof entry !== 'object' || entry === null || !('Resource' in entry) || !('Events' in entry))
      return undefined;
    return typeof entry.Resource === 'string' && Array.isArray(entry.Events) ? entry.Resource : undefined;
  });
}

/** What is wrong with the watch-list of a MeshSync resource, if anything. */
export function watchListFault(resource: ControllerResource): WatchListFault | undefined {
  for (const list of ['whitelist', 'blacklist'] as const) {
    const text = resource[list];
    if (text === undefined || text.trim() === '') continue;
    const parsed = parse(text);
    if (parsed === undefined) return { is: 'invalid-json', text: `the ${list} is not JSON` };
    const names = namesOf(parsed.value, list);
    if (names === undefined) return { is: 'unknown-shape', text: `the ${list} is not a list` };
    const odd = names.findIndex((name) => name === undefined);
    if (odd >= 0) return { is: 'unknown-shape', text: `entry ${odd + 1} of the ${list} is not understood` };
    const singular = names.find((name) => SINGULARS.has(name?.split('.')[0]?.toLowerCase() ?? ''));
    if (singular !== undefined) return { is: 'singular', text: `the ${list} names ${singular}` };
  }
  return undefined;
}
