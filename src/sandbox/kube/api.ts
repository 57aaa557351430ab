import type {
  AccessQuestion,
  ByteStream,
  ClusterApi,
  Clock,
  KubeObject,
  ListOptions,
  ObjectRef,
  ResourceKind,
} from '../../services/ports.ts';
import type { SimulatedCluster } from '../cluster.ts';
import { isDenied } from './access.ts';
import { admit } from './admission.ts';
import type { JsonObject } from './json.ts';
import { isObject, isSame, numberAt, objectAt, stringAt } from './json.ts';
import type { ServedKind } from './kinds.ts';
import { apiVersionOf, NAMESPACES, servedGroups, servedKind } from './kinds.ts';
import { logOf } from './logs.ts';
import { applyConfig } from './managed-fields.ts';
import * as refusals from './refusals.ts';
import { createSelector } from './selectors.ts';
import { patched } from './store.ts';
import { simulatedWay } from './way.ts';

const FIELD_MANAGER = 'meshplay-troubleshooter';
/** Slow, and still within what a probe of two requests is given. */
const SLOW_MS = 1100;
const DEFAULT_WATCH_SECONDS = 1800;
const NAME = /^[a-z0-9]([-a-z0-9.:]{0,251}[a-z0-9])?$/;

/** The API server of a simulated cluster, as one identity sees it. */
export function openSimulatedApi(
  cluster: SimulatedCluster,
  clock: Clock,
  user: string,
  proxy?: string,
): ClusterApi {
  const { store, condition, traits } = cluster;
  const closing = new AbortController();

  /** What stands between the caller and an answer. */
  const reach = async (signal: AbortSignal | undefined) => {
    const ended = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
    if (ended.aborted) throw refusals.givenUp(traits.server, ended);
    switch (condition.link) {
      case 'black-hole':
        await new Promise((_, reject) => {
          ended.addEventListener('abort', () => reject(refusals.givenUp(traits.server, ended)), {
            once: true,
          });
        });
        return;
      case 'slow':
        try {
          await clock.sleep(SLOW_MS, ended);
        } catch (cause) {
          if (ended.aborted) throw refusals.givenUp(traits.server, ended);
          throw cause;
        }
        return;
      case 'answers':
        await Promise.resolve();
        return;
      default:
        throw refusals.noAnswer(condition.link, traits.server);
    }
  };

  const serve = (wanted: ResourceKind): ServedKind => {
    const served = servedKind(wanted, store.definitions());
    if (served === undefined) throw refusals.notServed();
    if (condition.unreadableKinds.has(served.key)) throw refusals.unreadable(served);
    return served;
  };

  const authorize = (question: AccessQuestion) => {
    if (isDenied(condition.denials, question)) throw refusals.forbidden(user, question);
  };

  const question = (verb: string, kind: ResourceKind, namespace?: string, name?: string): AccessQuestion => ({
    verb,
    group: kind.group,
    resource: kind.plural,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  });

  const present = (served: ServedKind) => (object: KubeObject) => ({
    ...object,
    apiVersion: apiVersionOf(served),
    kind: served.kind,
  });

  const find = (served: ServedKind, ref: ObjectRef): KubeObject => {
    const found = store.get(served.key, served.isNamespaced ? ref.namespace : undefined, ref.name);
    if (found === undefined) throw refusals.notFound(served, ref.name);
    return found;
  };

  /** Refuses what may not be created: bad names, namespaces that are missing or going. */
  const admitNew = (served: ServedKind, object: KubeObject) => {
    const { name, namespace } = object.metadata;
    if (!NAME.test(name)) throw refusals.invalid(`${served.kind} "${name}" is invalid: metadata.name`);
    if (!served.isNamespaced) return;
    if (namespace === undefined)
      throw refusals.badRequest('an empty namespace may not be set during creation');
    const within = store.get(NAMESPACES, undefined, namespace);
    if (within === undefined) throw refusals.notFound({ group: '', plural: 'namespaces' }, namespace);
    if (within.metadata.deletionTimestamp !== undefined) throw refusals.terminating(served, name, namespace);
  };

  const save = (
    served: ServedKind,
    object: KubeObject,
    config: JsonObject,
    isDryRun: boolean | undefined,
  ) => {
    const { namespace, name } = object.metadata;
    const previous = store.get(served.key, namespace, name);
    const roleOf = (one: unknown) => [stringAt(one, 'roleRef', 'kind'), stringAt(one, 'roleRef', 'name')];
    if (previous !== undefined && !isSame(roleOf(previous), roleOf(object)))
      throw refusals.invalid(
        `${served.kind} "${name}" is invalid: roleRef: Invalid value: cannot change roleRef`,
      );
    const admitted = admit(served.key, present(served)(object), previous, cluster.plan);
    if (isDryRun === true) return { ...admitted, metadata: { ...previous?.metadata, ...admitted.metadata } };
    return present(served)(store.put(served.key, admitted, { manager: FIELD_MANAGER, config }));
  };

  return {
    server: traits.server,
    way: simulatedWay(cluster, proxy),
    version: async (signal) => {
      await reach(signal);
      return traits.version;
    },
    health: async (_path, signal) => {
      const startedMs = clock.now();
      await reach(signal);
      const failing = [...condition.notReady];
      return { isOk: failing.length === 0, failing, latencyMs: traits.latencyMs + clock.now() - startedMs };
    },
    groups: async (signal) => {
      await reach(signal);
      return servedGroups(store.definitions());
    },
    get: async (ref, signal) => {
      await reach(signal);
      const served = serve(ref.kind);
      authorize(question('get', ref.kind, ref.namespace, ref.name));
      return present(served)(find(served, ref));
    },
    list: async (kind, options, signal) => {
      await reach(signal);
      const served = serve(kind);
      authorize(question('list', kind, options.namespace));
      const selects = createSelector(served.key, options);
      const page = readContinue(options.continue);
      if (page !== undefined && page.revision < store.oldestRevision()) {
        throw refusals.expired(String(page.revision), store.oldestRevision());
      }
      const all = store.all(served.key, options.namespace).filter(selects);
      const rest = page === undefined ? all : all.filter((object) => placeOf(object) > page.after);
      const items = options.limit === undefined || options.limit === 0 ? rest : rest.slice(0, options.limit);
      const last = items.at(-1);
      const revision = page?.revision ?? store.revision();
      return {
        resourceVersion: String(revision),
        items: items.map(presenter(served, options)),
        ...(last === undefined || items.length === rest.length
          ? {}
          : { continue: `${revision}:${placeOf(last)}` }),
      };
    },
    watch: async (kind, options, onEvent, signal) => {
      try {
        await reach(signal);
      } catch (error) {
        // Aborting the caller's signal ends a watch in good order, even one that never got an answer.
        if (signal.aborted) return;
        throw error;
      }
      const served = serve(kind);
      authorize(question('watch', kind, options.namespace));
      await cluster.watches.open({
        key: served.key,
        resourceVersion: options.resourceVersion,
        selects: createSelector(served.key, options),
        present: presenter(served, options),
        timeoutSeconds: options.timeoutSeconds ?? DEFAULT_WATCH_SECONDS,
        onEvent,
        signal: AbortSignal.any([signal, closing.signal]),
      });
    },
    create: async (kind, object, options, signal) => {
      await reach(signal);
      const served = serve(kind);
      const { namespace, name } = object.metadata;
      authorize(question('create', kind, namespace));
      admitNew(served, object);
      if (store.get(served.key, namespace, name) !== undefined) throw refusals.alreadyExists(served, name);
      return save(served, object, object, options?.isDryRun);
    },
    apply: async (kind, object, options, signal) => {
      await reach(signal);
      const served = serve(kind);
      const { namespace, name } = object.metadata;
      authorize(question('patch', kind, namespace, name));
      const previous = store.get(served.key, namespace, name);
      if (previous === undefined) {
        authorize(question('create', kind, namespace));
        admitNew(served, object);
        const { status: _status, ...rest } = object;
        return save(served, rest, object, options?.isDryRun);
      }
      const managers = store.managers(served.key, namespace, name);
      const { object: merged, conflicts } = applyConfig(previous, object, FIELD_MANAGER, managers);
      if (conflicts.length > 0 && options?.isForced !== true) {
        const told = conflicts.map(({ manager, field }) => `conflict with "${manager}": ${field}`).join('\n');
        throw refusals.conflict(`Apply failed with ${conflicts.length} conflict(s): ${told}`);
      }
      // What was merged started from a stored object, so it has its metadata.
      return save(served, merged as KubeObject, object, options?.isDryRun);
    },
    patch: async (ref, patch, options, signal) => {
      await reach(signal);
      const served = serve(ref.kind);
      const { subresource } = options ?? {};
      authorize({ ...question('patch', ref.kind, ref.namespace, ref.name), subresource });
      const found = find(served, ref);
      const wanted = stringAt(patch, 'metadata', 'resourceVersion');
      if (wanted !== undefined && wanted !== found.metadata.resourceVersion) {
        throw refusals.conflict(
          `Operation cannot be fulfilled on ${served.plural} "${ref.name}": the object has been modified; please apply your changes to the latest version and try again`,
        );
      }
      const part = partOf(patch, subresource);
      if (isSame(part, {})) return present(served)(found);
      const before = store.managers(served.key, ref.namespace, ref.name).get(FIELD_MANAGER) ?? {};
      const config = { ...before, ...part };
      return save(
        served,
        patched(found, part),
        subresource === 'status' ? before : config,
        options?.isDryRun,
      );
    },
    remove: async (ref, options, signal) => {
      await reach(signal);
      const served = serve(ref.kind);
      authorize(question('delete', ref.kind, ref.namespace, ref.name));
      const found = find(served, ref);
      if (options?.uid !== undefined && options.uid !== found.metadata.uid) {
        throw refusals.conflict(
          `Precondition failed: UID in precondition: ${options.uid}, UID in object meta: ${found.metadata.uid ?? ''}`,
        );
      }
      if (options?.isDryRun === true) return;
      cluster.deletion.request(served.key, found, options?.propagation ?? 'Background');
    },
    mayI: async (asked, signal) => {
      await reach(signal);
      return isDenied(condition.denials, asked)
        ? { isAllowed: false, reason: 'no RBAC policy matched' }
        : { isAllowed: true };
    },
    logs: async (pod, options, signal) => {
      await reach(signal);
      const kind = { group: '', version: 'v1', plural: 'pods', isNamespaced: true };
      authorize({ ...question('get', kind, pod.namespace, pod.name), subresource: 'log' });
      const found = find(serve(kind), { kind, ...pod });
      return logOf(found, pod.container, options ?? {}, cluster.journal.get(found.metadata.uid ?? ''));
    },
    forward: async (pod, port, signal) => {
      await reach(signal);
      const kind = { group: '', version: 'v1', plural: 'pods', isNamespaced: true };
      authorize({ ...question('create', kind, pod.namespace, pod.name), subresource: 'portforward' });
      const found = find(serve(kind), { kind, ...pod });
      if (stringAt(found, 'status', 'phase') !== 'Running') {
        throw refusals.badRequest(`unable to forward port because pod is not running: ${pod.name}`);
      }
      const stream = emptyStream();
      const server = cluster.brokers.get(found.metadata.uid ?? '');
      if (server !== undefined && port === 4222) cluster.network.attach(stream, { server, port: 'client' });
      if (server?.hasMonitor === true && port === 8222)
        cluster.network.attach(stream, { server, port: 'monitor' });
      return stream;
    },
    close: async () => {
      closing.abort(refusals.unreachable(traits.server));
      await Promise.resolve();
    },
  };
}

/** What of a patch a (sub)resource takes: status goes only through `status`, and nothing else does. */
function partOf(patch: JsonObject, subresource: 'status' | 'scale' | undefined): JsonObject {
  switch (subresource) {
    case 'status':
      return 'status' in patch ? { status: patch['status'] } : {};
    case 'scale': {
      const replicas = numberAt(patch, 'spec', 'replicas');
      return replicas === undefined ? {} : { spec: { replicas } };
    }
    case undefined: {
      const { status: _status, ...rest } = patch;
      const metadata = objectAt(rest, 'metadata');
      const { resourceVersion: _resourceVersion, name: _name, namespace: _namespace, ...changed } = metadata;
      return isObject(rest['metadata']) ? { ...rest, metadata: changed } : rest;
    }
  }
}

function presenter(served: ServedKind, options: ListOptions): (object: KubeObject) => KubeObject {
  if (options.isMetadataOnly === true) {
    return ({ metadata }) => ({ apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata });
  }
  return (object) => ({ ...object, apiVersion: apiVersionOf(served), kind: served.kind });
}

function placeOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

function readContinue(token: string | undefined): { revision: number; after: string } | undefined {
  if (token === undefined || token === '') return undefined;
  const parsed = /^(\d+):(.+)$/.exec(token);
  if (parsed === null) throw refusals.badRequest('continue key is not valid');
  return { revision: Number(parsed[1]), after: parsed[2] ?? '' };
}

/** The bytes of a simulated connection do not exist; the connector knows what is at the other end by the stream itself. */
function emptyStream(): ByteStream {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  return { readable, writable, close: () => undefined };
}
