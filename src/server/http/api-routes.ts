import { promisify } from 'node:util';
import { constants, gzip, gzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Route } from '../../api/route.ts';
import { routes } from '../../api/routes.ts';
import type { Dispatcher } from '../../services/transport/dispatch.ts';
import { addressOf } from './address.ts';
import { Scratch } from './scratch.ts';
import { DATA_POLICY } from './security-headers.ts';
import { createSerialiser } from './serialise.ts';

const compress = promisify(gzip);
/** Below this a packet is a packet, compressed or not. */
const WORTH_COMPRESSING_BYTES = 1400;

/**
 * Up to here compressing takes less than a millisecond. A thread would cost a turn of the event loop more, which is
 * tens of milliseconds while MeshSync sends everything.
 */
const COMPRESSED_AT_ONCE_LENGTH = 64 * 1024;

/** Speed over size: the reader is usually on this very machine. */
const HASTE = { level: constants.Z_BEST_SPEED };
const gzipped = (bytes: string | Uint8Array) =>
  bytes.length <= COMPRESSED_AT_ONCE_LENGTH ? gzipSync(bytes, HASTE) : compress(bytes, HASTE);

/** How the bodies of replies are written. */
interface Writer {
  readonly serialise: (body: unknown) => string | readonly Uint8Array[];
  readonly scratch: Scratch;
}

/** Mounts every route of the contract; what is parsed, answered and refused is the dispatcher’s business. */
export function mountRoutes(app: FastifyInstance, dispatch: Dispatcher): void {
  const writer: Writer = { serialise: createSerialiser(), scratch: new Scratch() };
  for (const route of Object.values<Route>(routes)) {
    app.route({
      method: route.method,
      url: route.path,
      config: { routeName: route.name, tooLargeRemedy: route.bodyLimit?.remedy },
      ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit.bytes }),
      handler: async (request, reply) => answer(request, reply, dispatch, writer),
    });
  }
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  dispatch: Dispatcher,
  writer: Writer,
): Promise<FastifyReply> {
  const url = addressOf(request);
  const gone = new AbortController();
  // A reply that closes before it was sent has lost its reader.
  reply.raw.once('close', () => gone.abort());
  const result = await dispatch({
    // Fastify answers HEAD by the handler of GET and leaves out the body.
    method: request.method === 'HEAD' ? 'GET' : request.method,
    path: url.pathname,
    query: url.searchParams,
    body: request.body,
    headers: { etag: request.headers['if-none-match'] },
    requestId: request.id,
    actor: actorOf(request),
    signal: gone.signal,
  });
  // What failed because its reader left is nobody’s mistake.
  if (result.unexpected !== undefined && !gone.signal.aborted) {
    request.log.error({ route: result.route, err: result.unexpected }, 'a request failed');
  }
  return sendJson(request, reply.code(result.status).headers(result.headers), result.body, writer);
}

/** What the caller calls itself; it goes into the activity log, so it is a word and nothing else. */
function actorOf(request: FastifyRequest): string {
  const name = request.headers['x-meshplay-actor'];
  return typeof name === 'string' && /^[\w .@-]{1,40}$/.test(name) ? name : 'local';
}

/** Sends JSON, compressed where that pays and is asked for. */
export async function sendJson(
  request: FastifyRequest,
  reply: FastifyReply,
  body: unknown,
  { serialise, scratch }: Writer = { serialise: JSON.stringify, scratch: new Scratch() },
): Promise<FastifyReply> {
  reply.header('content-security-policy', DATA_POLICY).header('vary', 'accept-encoding');
  if (body === undefined) return reply.send();
  const json = serialise(body);
  reply.type('application/json; charset=utf-8');
  const isShort = typeof json === 'string' && json.length < WORTH_COMPRESSING_BYTES;
  if (isShort || !acceptsGzip(request))
    return reply.send(typeof json === 'string' ? json : Buffer.concat(json));
  const small =
    typeof json === 'string'
      ? await gzipped(json)
      : await scratch.join(json, async (bytes) => gzipped(bytes));
  return reply.header('content-encoding', 'gzip').send(small);
}

export function acceptsGzip(request: FastifyRequest): boolean {
  const accepted = request.headers['accept-encoding'] ?? '';
  return /(^|,)\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*(,|$))|,|$)/i.test(accepted);
}
