import { ApiError } from '../../api/errors.ts';
import type { Failure } from '../../api/evidence.ts';
import type { ContextChoice, ContextPreview, UploadConsent } from '../../api/kubeconfig-upload.ts';
import type { RouteInput, RouteReply } from '../../api/route.ts';
import type { Routes } from '../../api/routes.ts';
import type { ResolvedContext } from '../../core/kubeconfig/resolve.ts';
import { readUploaded } from '../../core/kubeconfig/upload.ts';
import type { UploadedContext, UploadReading } from '../../core/kubeconfig/upload.ts';
import { failureOf } from '../failure.ts';
import { ClusterError } from '../ports.ts';
import type { ClusterAccess, ClusterApi, Clock } from '../ports.ts';
import type { EventLog } from '../registry/event-log.ts';
import type { Registry } from '../registry/registry.ts';
import { withDeadline } from '../timing.ts';
import type { Admission } from './gate.ts';
import { askAbilities } from './permissions.ts';
import type { UploadStore } from './upload-store.ts';

/** At most so long for one context, and so many at once: a file of black holes must not hold the page. */
const REACH_LIMIT_MS = 5000;
const AT_ONCE = 8;
const MAX_REACHED = 40;
const KUBE_SYSTEM = {
  kind: { group: '', version: 'v1', plural: 'namespaces', isNamespaced: false },
  name: 'kube-system',
} as const;

type PreviewBody = RouteInput<Routes['kubeconfigPreview']>['body'];
type AddBody = RouteInput<Routes['kubeconfigAdd']>['body'];
type ReplaceBody = RouteInput<Routes['connectionReplaceCredentials']>['body'];
type PreviewReply = RouteReply<Routes['kubeconfigPreview']>;
type AddReply = RouteReply<Routes['kubeconfigAdd']>;

export interface Uploads {
  preview(body: PreviewBody, signal: AbortSignal): Promise<PreviewReply>;
  add(body: AddBody, actor: string, signal: AbortSignal): Promise<AddReply>;
  replace(
    connectionId: string,
    body: ReplaceBody,
    actor: string,
    signal: AbortSignal,
  ): Promise<{ connectionId: string; context: string }>;
}

/** Takes kubeconfigs from people: judged before anything is dialled, dialled only where it was judged, kept sealed. */
export function createUploads(options: {
  clock: Clock;
  registry: Registry;
  store: UploadStore;
  events: EventLog;
}): Uploads {
  const { clock, registry, store, events } = options;

  async function reach<T>(
    access: ClusterAccess,
    signal: AbortSignal,
    ask: (api: ClusterApi, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const api = access.open();
    const late = { kind: 'timeout', message: `No answer within ${REACH_LIMIT_MS / 1000} s.` } as const;
    try {
      return await withDeadline(
        clock,
        REACH_LIMIT_MS,
        signal,
        (limit) => ask(api, limit),
        () => new ClusterError(late),
      );
    } finally {
      await api.close();
    }
  }

  /** A cluster that is off may be added all the same; it tells who it is when it is back. */
  async function identityOf(
    access: ClusterAccess,
    signal: AbortSignal,
  ): Promise<{ uid?: string | undefined; failure?: Failure }> {
    try {
      const uid = await reach(
        access,
        signal,
        async (api, limit) => (await api.get(KUBE_SYSTEM, limit)).metadata.uid,
      );
      return { uid };
    } catch (error) {
      if (signal.aborted) throw error;
      return { failure: failureOf(error) };
    }
  }

  function knownOf(fingerprint: string, uid: string | undefined) {
    const found = registry
      .connections()
      .find(
        (one) =>
          (uid !== undefined && registry.clusterUidOf(one.id) === uid) ||
          registry.waysOf(one.id).some((way) => way.fingerprint === fingerprint),
      );
    return found === undefined ? undefined : { connectionId: found.id, name: found.name };
  }

  async function previewOne(
    about: Pick<ContextPreview, 'file' | 'fileName'>,
    context: UploadedContext,
    agreed: readonly UploadConsent[],
    accept: UploadReading['accept'],
    isTurn: boolean,
    signal: AbortSignal,
  ): Promise<ContextPreview> {
    const { namespace, refusals, warnings, ...names } = context;
    const told = {
      ...about,
      ...names,
      ...(namespace === undefined ? {} : { namespace }),
      refusals: [...refusals],
      warnings: [...warnings],
      abilities: [],
    };
    const notTried = (reason: string, canAdd: boolean): ContextPreview => ({
      ...told,
      reach: { status: 'not-tried', reason },
      canAdd,
    });
    const resolved = accept(context.context);
    if (resolved === undefined) return notTried('It is refused, so it was not dialled.', false);
    const missing = missingConsents(context, agreed);
    if (missing.length > 0) return notTried('It is dialled after you agreed to what is said about it.', true);
    if (!isTurn) return notTried('There are too many contexts to try them all at once.', true);
    let admission: Admission;
    try {
      admission = await store.gate.admit(resolved, agreedOf(agreed));
    } catch (error) {
      const failure = failureOf(error);
      const field = `clusters[${context.cluster}].cluster.server`;
      const isRefusal = failure.kind === 'invalid-config';
      if (isRefusal) told.refusals.push({ code: 'address', field, message: failure.message });
      return { ...told, reach: { status: 'failed', failure }, canAdd: false };
    }
    const found = await look(admission.access, signal);
    const known = knownOf(admission.fingerprint, found.clusterUid);
    return { ...told, ...found, ...(known === undefined ? {} : { known }), canAdd: true };
  }

  async function look(
    access: ClusterAccess,
    signal: AbortSignal,
  ): Promise<Pick<ContextPreview, 'reach' | 'clusterUid' | 'abilities'>> {
    try {
      return await reach(access, signal, async (api, limit) => {
        const version = await api.version(limit);
        const [uid, abilities] = await Promise.all([
          // Without the right to read it the cluster is still reached; who it is stays open.
          api.get(KUBE_SYSTEM, limit).then(
            ({ metadata }) => metadata.uid,
            () => undefined,
          ),
          askAbilities(api, limit),
        ]);
        return {
          reach: { status: 'reached', version },
          abilities,
          ...(uid === undefined ? {} : { clusterUid: uid }),
        };
      });
    } catch (error) {
      if (signal.aborted) throw error;
      return { reach: { status: 'failed', failure: failureOf(error) }, abilities: [] };
    }
  }

  /** Throws a plain error with the reason when the context may not be added. */
  async function admitChosen(
    accept: UploadReading['accept'],
    context: UploadedContext | undefined,
    agreed: readonly UploadConsent[],
  ): Promise<{ resolved: ResolvedContext; admission: Admission }> {
    if (context === undefined) throw new Refused('There is no such context in the file.');
    const resolved = accept(context.context);
    if (resolved === undefined) {
      throw new Refused(context.refusals.map(({ message }) => message).join(' '));
    }
    const missing = missingConsents(context, agreed);
    if (missing.length > 0) {
      throw new Refused(`You have to agree first: ${missing.map(({ message }) => message).join(' ')}`);
    }
    try {
      return { resolved, admission: await store.gate.admit(resolved, agreedOf(agreed)) };
    } catch (error) {
      throw new Refused(failureOf(error).message, error);
    }
  }

  return {
    async preview(body, signal) {
      const inspected = body.files.map((file) => ({
        file,
        ...readUploaded(file.text, store.pluginPolicy),
      }));
      const all = inspected.flatMap(({ file, inspection, accept }, index) =>
        inspection.status === 'refused'
          ? []
          : inspection.contexts.map((context) => ({ file, index, context, accept })),
      );
      const contexts = await inTurns(all, ({ file, index, context, accept }, position) =>
        previewOne(
          { file: index, fileName: file.name },
          context,
          consentsFor(body.contexts, index, context.context),
          accept,
          position < MAX_REACHED,
          signal,
        ),
      );
      return {
        files: inspected.map(({ file, inspection }) =>
          inspection.status === 'refused'
            ? {
                name: file.name,
                contexts: 0,
                problem: { code: inspection.code, message: inspection.message },
              }
            : { name: file.name, contexts: inspection.contexts.length },
        ),
        contexts,
      };
    },

    async add(body, actor, signal) {
      const reply: AddReply = { added: [], refused: [] };
      const added: { context: string; connectionId: string; isNew: boolean }[] = [];
      const readings = body.files.map(({ text }) => readUploaded(text, store.pluginPolicy));
      for (const choice of body.contexts) {
        const reading = readings[choice.file];
        try {
          if (reading === undefined) throw new Refused('There is no such file.');
          const { inspection, accept } = reading;
          if (inspection.status === 'refused') throw new Refused(inspection.message);
          const context = inspection.contexts.find((one) => one.context === choice.context);
          const { resolved, admission } = await admitChosen(accept, context, choice.consents);
          const { uid } = await identityOf(admission.access, signal);
          const known = knownOf(admission.fingerprint, uid);
          const kept = await store.add(resolved, admission, {
            consents: choice.consents,
            actor,
            isPreferred: false,
          });
          if (uid !== undefined) registry.identify(kept, uid);
          await registry.lifecycles.show(kept);
          added.push({
            context: kept.context,
            connectionId: registry.idFor(kept),
            isNew: known === undefined,
          });
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          reply.refused.push({ context: choice.context, reason: error.message });
        }
      }
      if (added.length > 0) {
        await registry.rediscover();
        const names = added.map(({ context }) => context).join(', ');
        events.add({
          severity: 'info',
          subject: 'kubeconfig',
          message: `Uploaded: ${names}, added by ${actor}.`,
        });
      }
      return { ...reply, added };
    },

    async replace(connectionId, body, actor, signal) {
      const connection = registry.get(connectionId);
      if (connection === undefined) {
        throw new ApiError('not-found', `There is no connection ${connectionId}.`, { field: 'connectionId' });
      }
      const { name } = connection;
      const { inspection, accept } = readUploaded(body.file.text, store.pluginPolicy);
      if (inspection.status === 'refused') {
        throw new ApiError('unprocessable', inspection.message, { field: 'file' });
      }
      const ways = registry.waysOf(connectionId);
      const context = chooseContext(
        inspection.contexts,
        body.context,
        ways.map((way) => way.context),
      );
      let chosen: Awaited<ReturnType<typeof admitChosen>>;
      try {
        chosen = await admitChosen(accept, context, body.consents);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        throw new ApiError('unprocessable', error.message, { field: 'file', cause: error });
      }
      const { resolved, admission } = chosen;
      const { uid, failure } = await identityOf(admission.access, signal);
      if (failure?.kind === 'unauthorized') {
        throw new ApiError('unprocessable', `The cluster refuses these credentials: ${failure.message}`, {
          field: 'file',
          remedy: 'Fetch the kubeconfig anew, then try again. Nothing was replaced.',
        });
      }
      const own = registry.clusterUidOf(connectionId);
      const isSameCluster =
        uid !== undefined && own !== undefined
          ? uid === own
          : ways.some((way) => way.fingerprint === admission.fingerprint);
      if (!isSameCluster) {
        throw new ApiError('unprocessable', `${context.context} leads to another cluster than ${name}.`, {
          remedy: 'Add it as a kubeconfig of its own instead.',
          field: 'file',
        });
      }
      const kept = await store.add(resolved, admission, {
        consents: body.consents,
        actor,
        isPreferred: true,
      });
      // What was replaced is not kept: nobody would expect the former credentials to be still there.
      const replaced = ways.filter((way) => way.origin === 'uploaded' && way.context !== kept.context);
      for (const way of replaced) await store.remove(way.context);
      if (uid !== undefined) registry.identify(kept, uid);
      await registry.rediscover();
      events.add({
        severity: 'info',
        subject: 'kubeconfig',
        message: `The credentials of ${name} were replaced by ${actor}.`,
        connectionId,
        connectionName: name,
      });
      return { connectionId, context: kept.context };
    },
  };
}

class Refused extends Error {
  constructor(reason: string, cause?: unknown) {
    super(reason, { cause });
    this.name = 'Refused';
  }
}

function missingConsents(context: UploadedContext, agreed: readonly UploadConsent[]) {
  const given = new Set<string>(agreed);
  return context.warnings.filter(({ needsConsent, code }) => needsConsent && !given.has(code));
}

function agreedOf(agreed: readonly UploadConsent[]) {
  return { isLoopbackAgreed: agreed.includes('loopback'), isPluginAgreed: agreed.includes('exec') };
}

function consentsFor(choices: readonly ContextChoice[], file: number, context: string) {
  return choices.find((one) => one.file === file && one.context === context)?.consents ?? [];
}

/** The one named, else the only one, else the one the connection is known by. Throws `ApiError` naming the choice. */
function chooseContext(
  contexts: readonly UploadedContext[],
  named: string | undefined,
  known: readonly string[],
): UploadedContext {
  const found =
    named === undefined
      ? contexts.length === 1
        ? contexts[0]
        : contexts.find(({ context }) => known.includes(context))
      : contexts.find(({ context }) => context === named);
  if (found !== undefined) return found;
  throw new ApiError('unprocessable', 'Say which context of the file to use.', {
    field: 'context',
    allowed: contexts.map(({ context }) => context),
  });
}

async function inTurns<T, R>(
  items: readonly T[],
  work: (item: T, position: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    const turn = items.slice(start, start + AT_ONCE);
    results.push(...(await Promise.all(turn.map((item, index) => work(item, start + index)))));
  }
  return results;
}
