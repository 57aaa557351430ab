import type { SimulatedCluster } from '../cluster.ts';
import { isObject, listAt, stringAt } from '../kube/json.ts';
import { builtInKind } from '../kube/kinds.ts';
import type { Change } from '../kube/store.ts';

/** What the default watch-list covers of the kinds a simulated cluster has. */
const DEFAULTS = [
  '/namespaces',
  '/configmaps',
  '/nodes',
  '/secrets',
  '/persistentvolumes',
  '/persistentvolumeclaims',
  '/pods',
  '/services',
  '/endpoints',
  '/replicationcontrollers',
  'apps/replicasets',
  'apps/deployments',
  'apps/statefulsets',
  'apps/daemonsets',
  'networking.k8s.io/ingresses',
  'discovery.k8s.io/endpointslices',
  'batch/cronjobs',
  'storage.k8s.io/storageclasses',
  'rbac.authorization.k8s.io/clusterroles',
] as const;

type EventType = Change['type'];

/** What MeshSync watches: kinds by their key, each with the events it tells of. */
export interface Pipelines {
  readonly kinds: ReadonlyMap<string, ReadonlySet<EventType>>;
  /** What it writes to its log about the list. */
  readonly complaints: readonly string[];
}

const EVENTS: ReadonlySet<EventType> = new Set(['ADDED', 'MODIFIED', 'DELETED']);
const OWN_GROUPS: ReadonlySet<string> = new Set(DEFAULTS.map((key) => key.split('/')[0] ?? ''));
const DEFAULT_KINDS: ReadonlyMap<string, ReadonlySet<EventType>> = new Map(
  DEFAULTS.map((key) => [key, EVENTS]),
);

/**
 * The pipelines of a MeshSync in a namespace, by the watch-list of its resource. A list that is no good leaves the ones
 * that are built in; names that no API serves are simply never watched (domain: MeshSync's `internal/config`).
 */
export function pipelinesOf(cluster: SimulatedCluster, namespace: string | undefined): Pipelines {
  const [resource] = cluster.store
    .keys()
    .filter((key) => key.endsWith('/meshsyncs'))
    .flatMap((key) => cluster.store.all(key, namespace));
  const whitelist = stringAt(resource, 'spec', 'watch-list', 'data', 'whitelist') ?? '';
  const blacklist = stringAt(resource, 'spec', 'watch-list', 'data', 'blacklist') ?? '';
  if (whitelist !== '' && blacklist !== '')
    return builtIn('level=error msg="cannot use both whitelist and blacklist"');
  if (whitelist === '' && blacklist === '') return { kinds: DEFAULT_KINDS, complaints: [] };
  const list = parse(whitelist === '' ? blacklist : whitelist);
  if (list === undefined) return builtIn('level=error msg="invalid character in watch-list of meshsync"');
  return whitelist === '' ? withoutNames(list) : onlyNamed(list);
}

function builtIn(complaint: string): Pipelines {
  return { kinds: DEFAULT_KINDS, complaints: [complaint] };
}

function withoutNames(list: readonly unknown[]): Pipelines {
  const kinds = new Map(DEFAULT_KINDS);
  for (const name of list) kinds.delete(keyOf(name));
  return { kinds, complaints: [] };
}

function onlyNamed(list: readonly unknown[]): Pipelines {
  const kinds = new Map<string, ReadonlySet<EventType>>();
  const complaints: string[] = [];
  for (const entry of list) {
    // An entry of another shape has no name, and is passed over without a word.
    if (!isObject(entry)) continue;
    const name = stringAt(entry, 'Resource') ?? '';
    const key = keyOf(name);
    if (builtInKind(key) !== undefined)
      kinds.set(key, new Set([...EVENTS].filter((type) => listAt(entry, 'Events').includes(type))));
    // The default list names kinds of Grafana and Prometheus too, which many clusters do not have.
    else if (OWN_GROUPS.has(key.split('/')[0] ?? ''))
      complaints.push(`level=error msg="the server could not find the requested resource" resource=${name}`);
  }
  return { kinds, complaints };
}

/** `deployments.v1.apps` → `apps/deployments`; `pods.v1.` → `/pods`. */
function keyOf(name: unknown): string {
  const [plural = '', , ...group] = typeof name === 'string' ? name.split('.') : [];
  return `${group.join('.')}/${plural}`;
}

function parse(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    // Not JSON: the caller says so.
    return undefined;
  }
}
