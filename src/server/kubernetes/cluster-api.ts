import { z } from 'zod';
import type { Permission } from '../../api/evidence.ts';
import { ClusterError } from '../../services/ports.ts';
import type {
  ByteStream,
  ClusterApi,
  KubeObject,
  ListOptions,
  ObjectRef,
  ResourceKind,
  WayProbe,
} from '../../services/ports.ts';
import type { Dialler } from './dialler.ts';
import { fromTransport } from './failure.ts';
import { listQuery, query, resourcePath } from './paths.ts';
import { openPortForward } from './port-forward.ts';
import { ListShape, fromStatus, parseObject, parseReply } from './reply.ts';
import type { Subject } from './reply.ts';
import type { Ask, Transport } from './transport.ts';
import { linesOf, readWatchLine } from './watch-stream.ts';

/** Fields this product sets by server-side apply are owned under this name. */
const FIELD_MANAGER = 'meshplay-troubleshooter';
const LOG_MAX_BYTES = 4_194_304;
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const METADATA_OBJECT = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';

const Version = z.object({ gitVersion: z.string() });
const Groups = z.object({
  groups: z.array(z.object({ name: z.string(), versions: z.array(z.object({ version: z.string() })) })),
});
const Review = z.object({ status: z.object({ allowed: z.boolean(), reason: z.string().optional() }) });

/** The `ClusterApi` port over HTTP. `basePath` is what the server’s URL has behind the host. */
export function createClusterApi(
  server: string,
  basePath: string,
  transport: Transport,
  dialler: Dialler,
  way: WayProbe,
  connectMs: number,
): ClusterApi {
  const { host } = transport;
  const forwards = new Set<ByteStream>();

  function about(
    verb: string,
    kind: ResourceKind,
    namespace: string | undefined,
    name?: string,
    subresource?: string,
  ): Subject {
    const resource = subresource === undefined ? kind.plural : `${kind.plural}/${subresource}`;
    const permission: Permission = {
      verb,
      group: kind.group,
      resource,
      ...(namespace === undefined || !kind.isNamespaced ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
    };
    const full = kind.group === '' ? resource : `${resource}.${kind.group}`;
    return { host, words: `${verb} ${full}${name === undefined ? '' : ` “${name}”`}`, permission };
  }

  function plain(path: string): Subject {
    return { host, words: `get ${path}`, permission: { verb: 'get', group: '', resource: path } };
  }

  async function ask<T>(request: Ask, subject: Subject, parse: (value: unknown) => T): Promise<T> {
    const reply = await transport.ask({ ...request, path: basePath + request.path });
    if (reply.status < 200 || reply.status > 299)
      throw fromStatus(reply.status, reply.body, subject, reply.secrets);
    return parseReply(reply.body, parse, subject);
  }

  function place(object: KubeObject): string | undefined {
    return object.metadata.namespace;
  }

  return {
    server,
    way,

    async version(signal) {
      const { gitVersion } = await ask(
        { method: 'GET', path: '/version', signal },
        plain('/version'),
        (value) => Version.parse(value),
      );
      return gitVersion;
    },

    async health(path, signal) {
      const startedAt = performance.now();
      let asked = `/${path}`;
      let reply = await transport.ask({
        method: 'GET',
        path: `${basePath}${asked}?verbose`,
        accept: '*/*',
        signal,
      });
      if (reply.status === 404) {
        // Servers before 1.16 have one check for everything.
        asked = '/healthz';
        reply = await transport.ask({
          method: 'GET',
          path: `${basePath}${asked}?verbose`,
          accept: '*/*',
          signal,
        });
      }
      const latencyMs = performance.now() - startedAt;
      const failing = [...reply.body.matchAll(/^\[-\](\S+)/gm)].map(([, name = '']) => name);
      const timeMs = Date.parse(reply.date ?? '');
      const told = { failing, latencyMs, ...(Number.isNaN(timeMs) ? {} : { timeMs }) };
      if (reply.status === 200) return { isOk: failing.length === 0, ...told };
      if (reply.status >= 500 && failing.length > 0) return { isOk: false, ...told };
      throw fromStatus(reply.status, reply.body, plain(asked), reply.secrets);
    },

    async groups(signal) {
      const { groups } = await ask({ method: 'GET', path: '/apis', signal }, plain('/apis'), (value) =>
        Groups.parse(value),
      );
      return groups.map(({ name, versions }) => ({
        group: name,
        versions: versions.map(({ version }) => version),
      }));
    },

    get({ kind, namespace, name }: ObjectRef, signal) {
      return ask(
        { method: 'GET', path: resourcePath(kind, namespace, name), signal },
        about('get', kind, namespace, name),
        parseObject,
      );
    },

    async list(kind, options: ListOptions, signal) {
      const path = resourcePath(kind, options.namespace) + query(listQuery(options));
      const accept = options.isMetadataOnly === true ? METADATA_LIST : undefined;
      return ask({ method: 'GET', path, accept, signal }, about('list', kind, options.namespace), (value) => {
        const { metadata, items } = ListShape.parse(value);
        // A page that leads to itself has no end, and whoever reads page by page would ask for ever.
        if (options.continue !== undefined && metadata.continue === options.continue)
          throw new Error('The list leads to the page that was asked for.');
        return {
          resourceVersion: metadata.resourceVersion,
          items: items.map((item) => parseObject(item)),
          ...(metadata.continue === undefined || metadata.continue === ''
            ? {}
            : { continue: metadata.continue }),
        };
      });
    },

    async watch(kind, options, onEvent, signal) {
      const subject = about('watch', kind, options.namespace);
      const path =
        resourcePath(kind, options.namespace) +
        query({
          ...listQuery(options),
          watch: 1,
          allowWatchBookmarks: true,
          resourceVersion: options.resourceVersion,
          timeoutSeconds: options.timeoutSeconds,
        });
      const accept = options.isMetadataOnly === true ? METADATA_OBJECT : undefined;
      if (signal.aborted) return;
      try {
        const reply = await transport.stream({ method: 'GET', path: basePath + path, accept, signal });
        if (reply.status !== 200)
          throw fromStatus(reply.status, await firstOf(reply.body), subject, reply.secrets);
        for await (const line of linesOf(reply.body, host)) {
          const event = readWatchLine(line, subject, reply.secrets);
          if (event !== undefined && !signal.aborted) onEvent(event);
        }
      } catch (error) {
        // The caller ended it, which is a good end, whatever the socket made of it.
        if (signal.aborted) return;
        throw fromTransport(error, host);
      }
    },

    create(kind, object, options, signal) {
      const path =
        resourcePath(kind, place(object)) + query({ fieldManager: FIELD_MANAGER, dryRun: dryRun(options) });
      const request: Ask = {
        method: 'POST',
        path,
        contentType: 'application/json',
        body: JSON.stringify(object),
        signal,
      };
      return ask(request, about('create', kind, place(object), object.metadata.name), parseObject);
    },

    apply(kind, object, options, signal) {
      const { name } = object.metadata;
      const path =
        resourcePath(kind, place(object), name) +
        query({
          fieldManager: FIELD_MANAGER,
          force: options?.isForced === true ? true : undefined,
          dryRun: dryRun(options),
        });
      // JSON is YAML, and this is the media type by which apply is told from other patches.
      const request: Ask = {
        method: 'PATCH',
        path,
        contentType: 'application/apply-patch+yaml',
        body: JSON.stringify(object),
        signal,
      };
      return ask(request, about('patch', kind, place(object), name), parseObject);
    },

    patch({ kind, namespace, name }, patch, options, signal) {
      const path =
        resourcePath(kind, namespace, name, options?.subresource) +
        query({ fieldManager: FIELD_MANAGER, dryRun: dryRun(options) });
      const request: Ask = {
        method: 'PATCH',
        path,
        contentType: 'application/merge-patch+json',
        body: JSON.stringify(patch),
        signal,
      };
      return ask(request, about('patch', kind, namespace, name, options?.subresource), parseObject);
    },

    async remove({ kind, namespace, name }, options, signal) {
      const body = JSON.stringify({
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        ...(options?.propagation === undefined ? {} : { propagationPolicy: options.propagation }),
        ...(options?.uid === undefined ? {} : { preconditions: { uid: options.uid } }),
        ...(options?.isDryRun === true ? { dryRun: ['All'] } : {}),
      });
      const request: Ask = {
        method: 'DELETE',
        path: resourcePath(kind, namespace, name),
        contentType: 'application/json',
        body,
        signal,
      };
      await ask(request, about('delete', kind, namespace, name), () => undefined);
    },

    async mayI({ verb, group, resource, subresource, namespace, name }, signal) {
      const body = JSON.stringify({
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb, group, resource, subresource, namespace, name } },
      });
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      const subject: Subject = {
        host,
        words: 'create selfsubjectaccessreviews.authorization.k8s.io',
        permission: { verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' },
      };
      const { status } = await ask(
        { method: 'POST', path, contentType: 'application/json', body, signal },
        subject,
        (value) => Review.parse(value),
      );
      return {
        isAllowed: status.allowed,
        ...(status.reason === undefined || status.reason === '' ? {} : { reason: status.reason }),
      };
    },

    async logs({ namespace, name, container }, options, signal) {
      const subject = about('get', PODS, namespace, name, 'log');
      const values = {
        container,
        tailLines: options?.tailLines,
        sinceSeconds: options?.sinceSeconds,
        limitBytes: LOG_MAX_BYTES,
      };
      const path =
        resourcePath(PODS, namespace, name, 'log') +
        query({ ...values, previous: options?.isPrevious === true ? true : undefined });
      const reply = await transport.ask({ method: 'GET', path: basePath + path, accept: '*/*', signal });
      if (reply.status !== 200) throw fromStatus(reply.status, reply.body, subject, reply.secrets);
      return reply.body;
    },

    async forward({ namespace, name }, port, signal) {
      const subject = about('create', PODS, namespace, name, 'portforward');
      const path = basePath + resourcePath(PODS, namespace, name, 'portforward') + query({ ports: port });
      try {
        const proof = await transport.proof();
        const stream = await openPortForward({
          dialler,
          path,
          port,
          proof,
          subject,
          openMs: connectMs,
          signal,
          onClosed: () => forwards.delete(stream),
        });
        forwards.add(stream);
        return stream;
      } catch (error) {
        if (error instanceof ClusterError) throw error;
        throw fromTransport(error, host);
      }
    },

    async close() {
      forwards.forEach((stream) => stream.close());
      await transport.close();
    },
  };
}

const PODS: ResourceKind = { group: '', version: 'v1', plural: 'pods', isNamespaced: true };

function dryRun(options: { isDryRun?: boolean } | undefined): string | undefined {
  return options?.isDryRun === true ? 'All' : undefined;
}

/** Enough of a refusal to read its `Status`. */
async function firstOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > 65_536) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
