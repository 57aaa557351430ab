/** Runs operations through our server’s REST API, and lists what a cluster holds, object by object. */
import { z } from 'zod';
import type {
  Operation,
  OperationKind,
  OperationPreview,
  OperationRequest,
} from '../../../src/api/operation.ts';
import type { KubeApi, KubeObject } from './kube-api.ts';
import { waitFor } from './poll.ts';
import type { Product } from './product.ts';

/** Generous: the suite also runs on machines with two busy cores. */
const ENDED_LIMIT_MS = 110_000;

/** What a person chooses; the rest is what the contract defaults to. */
export type Ask = Partial<Omit<OperationRequest, 'kind'>> & { readonly kind: OperationKind };

export interface Operating {
  readonly connectionId: string;
  /** The name to confirm by. */
  readonly name: string;
  preview(ask: Ask): Promise<OperationPreview>;
  start(ask: Ask): Promise<Operation>;
  view(id: string): Promise<Operation>;
  /** Waits until it runs no more, whatever the end. */
  untilEnded(id: string): Promise<Operation>;
  /** Waits until the operation, still running, is as the predicate says. Throws when it ended before. */
  untilRunning(what: string, id: string, predicate: (operation: Operation) => boolean): Promise<Operation>;
  /** Starts it and waits until it ended. */
  run(ask: Ask): Promise<Operation>;
  /** The same, and throws unless it succeeded, saying every step. */
  succeed(ask: Ask): Promise<Operation>;
}

/** Operations on the only connection of a product; resolves once its cluster was looked at. */
export async function operate(product: Product): Promise<Operating> {
  const { value: connection } = await product.waitForConnection(
    'the cluster was looked at',
    ({ hops, controllers }) => hops.length > 0 && controllers.every((one) => one.state !== 'UNKNOWN'),
    { timeoutMs: 60_000 },
  );
  const full = (ask: Ask) => ({
    body: {
      connectionId: connection.id,
      ...(destroys(ask.kind) ? { confirm: connection.name } : {}),
      ...ask,
    },
  });
  const operating: Operating = {
    connectionId: connection.id,
    name: connection.name,
    preview: (ask) => product.call('operationPreview', full(ask)),
    start: (ask) => product.call('operationStart', full(ask)),
    view: (id) => product.call('operationView', { params: { operationId: id } }),
    async untilEnded(id) {
      const ended = async () => {
        const operation = await operating.view(id);
        return operation.status === 'running' ? undefined : operation;
      };
      const { value } = await waitFor('the operation ended', ended, { timeoutMs: ENDED_LIMIT_MS }).catch(
        async (error: unknown) => {
          throw new Error(`it still runs:\n${storyOf(await operating.view(id))}`, { cause: error });
        },
      );
      return value;
    },
    async untilRunning(what, id, predicate) {
      let ended: Operation | undefined;
      const { value } = await waitFor(
        what,
        async () => {
          const operation = await operating.view(id);
          if (operation.status !== 'running') ended = operation;
          return ended !== undefined || predicate(operation) ? operation : undefined;
        },
        { timeoutMs: ENDED_LIMIT_MS, everyMs: 15 },
      );
      if (ended !== undefined) throw new Error(`${what}: it ended before\n${storyOf(ended)}`);
      return value;
    },
    run: async (ask) => operating.untilEnded((await operating.start(ask)).id),
    async succeed(ask) {
      const operation = await operating.run(ask);
      if (operation.status !== 'succeeded') throw new Error(storyOf(operation));
      return operation;
    },
  };
  return operating;
}

function destroys(kind: OperationKind): boolean {
  return kind === 'uninstall' || kind === 'cleanup-orphans' || kind === 'release-finalizers';
}

/** All that an operation told, to read when a test fails. */
export function storyOf(operation: Operation): string {
  const steps = operation.steps.map(
    (step) =>
      `  ${step.status} ${step.title}: ${step.message ?? ''}${step.details.map((line) => `\n    ${line}`).join('')}`,
  );
  return [
    `${operation.title}: ${operation.status}; ${operation.summary ?? ''} ${operation.remedy ?? ''}`,
    ...steps,
  ].join('\n');
}

const Resources = z.looseObject({
  groupVersion: z.string(),
  resources: z.array(
    z.looseObject({ name: z.string(), kind: z.string(), verbs: z.array(z.string()).default([]) }),
  ),
});
const Groups = z.looseObject({
  groups: z.array(z.looseObject({ preferredVersion: z.looseObject({ groupVersion: z.string() }) })),
});

/** Come and go by themselves, whoever does what. */
const EVERYDAY = new Set([
  'Event',
  'Lease',
  'APIService',
  'ComponentStatus',
  'Node',
  'CSINode',
  'ControllerRevision',
]);
/** Kubernetes makes these for a workload, a Service or a namespace; an installer does not. */
const DERIVED = new Set(['Pod', 'ReplicaSet', 'Endpoints', 'EndpointSlice']);

/** “apps/v1 Deployment meshplay/meshplay-operator”, and the object itself. */
export type Inventory = ReadonlyMap<string, KubeObject>;

/** Everything the cluster holds, of every kind it serves, by its preferred version. */
export async function inventory(api: KubeApi): Promise<Inventory> {
  const groups = Groups.parse(await api.request('GET', '/apis')).groups.map(
    (group) => `/apis/${group.preferredVersion.groupVersion}`,
  );
  const found = await Promise.all(
    ['/api/v1', ...groups].map(async (root) => {
      const { groupVersion, resources } = Resources.parse(await api.request('GET', root));
      const listable = resources.filter(
        (one) => one.verbs.includes('list') && !one.name.includes('/') && !EVERYDAY.has(one.kind),
      );
      const lists = await Promise.all(
        listable.map(async ({ name, kind }) => {
          const { items } = await api.list(`${root}/${name}`);
          return items.map((object): [string, KubeObject] => [
            `${groupVersion} ${kind} ${object.metadata.namespace === undefined ? '' : `${object.metadata.namespace}/`}${object.metadata.name}`,
            object,
          ]);
        }),
      );
      return lists.flat();
    }),
  );
  return new Map(found.flat());
}

/** Titles of what an inventory holds beside another, sorted; without what Kubernetes itself derives unless asked for. */
export function added(now: Inventory, before: Inventory, options: { withDerived?: boolean } = {}): string[] {
  return [...now.entries()]
    .filter(([title, object]) => {
      if (before.has(title) || isOfKubernetes(object)) return false;
      return options.withDerived === true || !isDerived(title, object);
    })
    .map(([title]) => title)
    .toSorted();
}

/** Waits until the cluster holds nothing that it did not hold before; what Kubernetes derives goes last. */
export async function untilNothingIsLeft(api: KubeApi, before: Inventory): Promise<void> {
  await waitFor(
    'nothing at all is left',
    async () => {
      const left = added(await inventory(api), before, { withDerived: true });
      if (left.length > 0) throw new Error(`still there: ${left.join(', ')}`);
      return true;
    },
    { timeoutMs: 60_000, everyMs: 200 },
  );
}

/**
 * The namespaces a cluster begins with, and what is in them: the controllers of Kubernetes go on filling them for a
 * while after it started, and no installation has any business there.
 */
function isOfKubernetes({ metadata: { name, namespace } }: KubeObject): boolean {
  const home = namespace ?? name;
  return home === 'default' || home.startsWith('kube-');
}

function isDerived(title: string, object: KubeObject): boolean {
  const [, kind = ''] = title.split(' ');
  const { name, namespace } = object.metadata;
  if (DERIVED.has(kind)) return true;
  if (namespace === undefined) return false;
  if (kind === 'ServiceAccount') return name === 'default';
  if (kind === 'ConfigMap') return name === 'kube-root-ca.crt';
  return kind === 'Secret' && object['type'] === 'kubernetes.io/service-account-token';
}

/** What a person wrote into an object: all but its status and the bookkeeping of the API server. */
export function substanceOf(object: KubeObject): unknown {
  const { resourceVersion: _version, managedFields: _fields, ...metadata } = object.metadata;
  return { ...object, metadata, status: undefined };
}
