import type { z } from 'zod';
import { ApiError, ERROR_STATUS } from '../../api/errors.ts';
import type { ErrorCode } from '../../api/errors.ts';
import type { Route } from '../../api/route.ts';
import type { Handlers, RouteName } from '../../api/routes.ts';
import { routes } from '../../api/routes.ts';
import type { RequestContext } from '../request-context.ts';

/** One request, whatever it travelled on. */
export interface DispatchRequest extends RequestContext {
  readonly method: string;
  /** Path without query, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined where there was none. */
  readonly body: unknown;
  /** `etag` is the value of If-None-Match. */
  readonly headers: { readonly etag?: string | undefined };
}

export interface DispatchReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** To be sent as JSON; undefined for a reply without a body. */
  readonly body: unknown;
  /** The route that answered, for the log. */
  readonly route?: RouteName | undefined;
  /** An error nobody foresaw: for the log, never for the reply. */
  readonly unexpected?: unknown;
}

export type Dispatcher = (request: DispatchRequest) => Promise<DispatchReply>;

/**
 * Tells the version of what a GET would answer, before it is answered; undefined where none is known. It must depend
 * on everything the answer depends on except the query, which is added here; it is given the query for answers that
 * have a version only to some questions.
 */
export type VersionOf = (
  name: RouteName,
  params: Readonly<Record<string, string>>,
  query: URLSearchParams,
) => string | undefined;

/** What to do about an error whose thrower knew nothing better: nobody is left with a bare refusal. */
const USUAL_REMEDIES: Readonly<Partial<Record<ErrorCode, string>>> = {
  'invalid-request': 'Correct that and send it again; /api/docs tells what every request takes.',
  'not-found': 'It may have been removed meanwhile: take the id from the list anew.',
  'too-many-requests': 'Wait until some of what runs has ended.',
  conflict: 'Look at its present state, then decide again.',
  unprocessable: 'Nothing was changed. Look at its present state, then decide again.',
};

interface Compiled {
  readonly name: RouteName;
  readonly route: Route;
  readonly segments: readonly string[];
}

interface Matched extends Compiled {
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Makes the one function behind both transports (Fastify and the service worker of the offline page): it finds the
 * route, parses, calls the handler, and gives status, headers and body. It never rejects.
 */
export function createDispatcher(handlers: Handlers<RequestContext>, versionOf?: VersionOf): Dispatcher {
  const table = compile();
  return async (request) => {
    let name: RouteName | undefined;
    try {
      const matched = match(table, request.method, request.path);
      name = matched.name;
      const etag = request.method === 'GET' ? etagOf(matched, request, versionOf) : undefined;
      if (etag !== undefined && isFresh(request.headers.etag, etag)) {
        return { status: 304, headers: replyHeaders(request.requestId, etag), body: undefined, route: name };
      }
      const input = {
        params: parsePart(matched.route.params, matched.params, 'path'),
        query: parsePart(matched.route.query, queryObject(request.query), 'query'),
        body: parsePart(matched.route.body, request.body, 'body'),
      };
      // Handlers are typed route by route; the input was just parsed by that very route's schemas.
      const handler = handlers[name] as (input: unknown, context: RequestContext) => unknown;
      const context = { requestId: request.requestId, actor: request.actor, signal: request.signal };
      const body = await handler(input, context);
      return {
        status: matched.route.status ?? 200,
        headers: replyHeaders(request.requestId, etag),
        body,
        route: name,
      };
    } catch (error) {
      return failed(error, request.requestId, name);
    }
  };
}

function compile(): readonly Compiled[] {
  // `routes` is keyed by name and nothing else, so its keys are the names.
  const names = Object.keys(routes) as RouteName[];
  return names.map((name) => ({ name, route: routes[name], segments: routes[name].path.split('/') }));
}

function match(table: readonly Compiled[], method: string, path: string): Matched {
  const given = path.split('/');
  const otherMethods: string[] = [];
  for (const compiled of table) {
    const params = paramsOf(compiled.segments, given);
    if (params === undefined) continue;
    if (compiled.route.method === method) return { ...compiled, params };
    otherMethods.push(compiled.route.method);
  }
  if (otherMethods.length > 0) {
    throw new ApiError('not-found', `${path} does not answer ${method}.`, {
      allowed: otherMethods,
      remedy: `Ask it by ${otherMethods.join(' or ')}.`,
    });
  }
  throw new ApiError('not-found', `There is nothing at ${path}.`, {
    remedy: 'See /api/docs for every path there is.',
  });
}

function paramsOf(pattern: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, wanted] of pattern.entries()) {
    const segment = given[index] ?? '';
    if (wanted.startsWith(':')) {
      if (segment === '') return undefined;
      params[wanted.slice(1)] = segment;
    } else if (wanted !== segment) {
      return undefined;
    }
  }
  return decoded(params);
}

function decoded(params: Record<string, string>): Record<string, string> {
  for (const [key, value] of Object.entries(params)) {
    try {
      params[key] = decodeURIComponent(value);
    } catch (cause) {
      throw new ApiError('invalid-request', `“${key}” in the path is not well encoded.`, {
        field: key,
        cause,
      });
    }
  }
  return params;
}

/** A key given more than once becomes a list, so that a schema expecting one value names it as the fault. */
function queryObject(query: URLSearchParams): Record<string, string | string[]> {
  const object: Record<string, string | string[]> = {};
  for (const key of new Set(query.keys())) {
    const values = query.getAll(key);
    object[key] = values.length === 1 ? (values[0] ?? '') : values;
  }
  return object;
}

function parsePart(schema: z.ZodType | undefined, value: unknown, part: 'path' | 'query' | 'body'): unknown {
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue === undefined ? '' : issue.path.map(String).join('.');
  const allowed = issue?.code === 'invalid_value' ? issue.values.map(String) : undefined;
  const where = field === '' ? `The ${part} of the request` : `“${field}” in the ${part} of the request`;
  throw new ApiError(
    'invalid-request',
    `${where} is not valid: ${issue?.message ?? 'it has the wrong shape'}.`,
    {
      field: field === '' ? part : field,
      allowed,
      cause: parsed.error,
    },
  );
}

function etagOf(
  matched: Matched,
  request: DispatchRequest,
  versionOf: VersionOf | undefined,
): string | undefined {
  const version = versionOf?.(matched.name, matched.params, request.query);
  if (version === undefined) return undefined;
  const query = request.query.toString();
  return `W/"${encodeURIComponent(version)}${query === '' ? '' : `?${query}`}"`;
}

/** If-None-Match is a list of tags or `*`; weak comparison, RFC 9110 section 13.1.2. */
function isFresh(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const opaque = etag.replace(/^W\//, '');
  return ifNoneMatch
    .split(',')
    .some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === opaque);
}

function replyHeaders(requestId: string, etag: string | undefined): Record<string, string> {
  return {
    'x-request-id': requestId,
    'cache-control': etag === undefined ? 'no-store' : 'no-cache',
    ...(etag === undefined ? {} : { etag }),
  };
}

function failed(error: unknown, requestId: string, route: RouteName | undefined): DispatchReply {
  const isForeseen = error instanceof ApiError;
  const told = isForeseen
    ? error
    : new ApiError('internal', 'This server made a mistake and could not answer.', {
        remedy: `Look for request ${requestId} in the log of the server.`,
      });
  const remedy = told.remedy ?? USUAL_REMEDIES[told.code];
  return {
    status: ERROR_STATUS[told.code],
    headers: replyHeaders(requestId, undefined),
    body: { ...told.toBody(requestId), ...(remedy === undefined ? {} : { remedy }) },
    route,
    ...(isForeseen ? {} : { unexpected: error }),
  };
}
