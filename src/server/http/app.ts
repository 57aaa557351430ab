import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import Fastify, { LogController } from 'fastify';
import { ApiError, ERROR_STATUS } from '../../api/errors.ts';
import { openApiDocument } from '../../api/openapi.ts';
import type { Dispatcher } from '../../services/transport/dispatch.ts';
import { mountRoutes, sendJson } from './api-routes.ts';
import { answerBrokenRequest } from './broken-request.ts';
import { docsPage } from './docs-page.ts';
import { assertOwnRequest } from './origin.ts';
import type { PageFolder } from './page-folder.ts';
import { mountPage, newNonce, sendHtml } from './page-routes.ts';
import { COMMON_HEADERS } from './security-headers.ts';

const BODY_LIMIT_BYTES = 2 * 1024 * 1024;
/** A request must have arrived whole in this time; a reply may take longer. */
const REQUEST_TIMEOUT_MS = 30_000;

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly routeName?: string;
    /** What to do when the body is larger than this route takes. */
    readonly tooLargeRemedy?: string | undefined;
  }
}

export interface AppOptions {
  readonly dispatch: Dispatcher;
  /** Undefined when the page has not been built: the API works, the page says how to build it. */
  readonly page: PageFolder | undefined;
  /** Names beside loopback that the server may be called by. */
  readonly allowedHosts: readonly string[];
  readonly version: string;
  readonly logger: FastifyBaseLogger;
}

/** The whole HTTP side, not listening yet: `inject` and `listen` are the caller’s, and so is `close`. */
export function buildApp(options: AppOptions): FastifyInstance {
  const app: FastifyInstance = Fastify({
    loggerInstance: options.logger,
    // One line a request, by `logReplies`, instead of Fastify’s two with the URL in them.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    clientErrorHandler: answerBrokenRequest,
    // What no router could read never reaches the error handler: it is told here, in the same shape.
    frameworkErrors: (error, request, reply) => {
      const told = fromRouter(error);
      const body = JSON.stringify(told.toBody(request.id));
      const headers = {
        ...COMMON_HEADERS,
        'x-request-id': request.id,
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
        'cache-control': 'no-store',
      };
      // No route, so nothing that hooks or types of one would hold for.
      reply.raw.writeHead(ERROR_STATUS[told.code], headers).end(body);
    },
    // Without a name it is refused by `guard` like with a foreign one; Node’s own answer has no body.
    http: { requireHostHeader: false },
    // Never the caller’s: it goes into the log.
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 800 },
  });
  // Without it a form or a plain text of another site could carry JSON past the browser’s preflight.
  app.removeContentTypeParser('text/plain');
  guard(app, options.allowedHosts);
  logReplies(app);
  tellErrors(app);
  mountRoutes(app, options.dispatch);
  mountContract(app, options.version);
  mountPage(app, options.page);
  return app;
}

function guard(app: FastifyInstance, allowedHosts: readonly string[]): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(COMMON_HEADERS).header('x-request-id', request.id);
    // Whatever follows may say otherwise; what is refused or fails is not kept by anyone.
    reply.header('cache-control', 'no-store');
    const { host, origin } = request.headers;
    const fetchSite = single(request.headers['sec-fetch-site']);
    const fetchMode = single(request.headers['sec-fetch-mode']);
    assertOwnRequest({ method: request.method, host, origin, fetchSite, fetchMode }, allowedHosts);
  });
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}

/** By route, never by URL: ids and searches are not for the log. */
function logReplies(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const line = {
      method: request.method,
      route: request.routeOptions.config.routeName ?? request.routeOptions.url,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
    };
    if (request.method === 'GET' && reply.statusCode < 400) request.log.debug(line, 'answered');
    else request.log.info(line, 'answered');
  });
}

function tellErrors(app: FastifyInstance): void {
  app.setErrorHandler(async (error: FastifyError | ApiError, request, reply) => {
    const told = error instanceof ApiError ? error : fromFastify(error, request.routeOptions);
    if (told.code === 'internal') {
      request.log.error({ err: error }, 'a request failed');
    }
    return sendJson(request, reply.code(ERROR_STATUS[told.code]), told.toBody(request.id));
  });
  app.setNotFoundHandler(async (request, reply) => {
    const told = new ApiError('not-found', `There is nothing here that answers ${request.method}.`, {
      remedy: 'See /api/docs for every path there is.',
    });
    return sendJson(request, reply.code(404), told.toBody(request.id));
  });
}

/** Errors of Fastify itself: a body that is too large, is not JSON, or claims to be something else. */
function fromFastify(error: FastifyError, route: FastifyRequest['routeOptions']): ApiError {
  const status = error.statusCode ?? 500;
  if (status >= 500) {
    return new ApiError('internal', 'This server made a mistake and could not answer.', {
      remedy: 'Look for this request (requestId) in the log of the server.',
      cause: error,
    });
  }
  if (status === 413) {
    const limit = `${Math.floor((route.bodyLimit ?? BODY_LIMIT_BYTES) / (1024 * 1024))} MB`;
    return new ApiError('too-large', `The body of the request is larger than ${limit}.`, {
      remedy: route.config.tooLargeRemedy ?? `Send less than ${limit} in one request.`,
      field: 'body',
      cause: error,
    });
  }
  return new ApiError('invalid-request', messageFor(status), {
    field: 'body',
    remedy: 'Send valid JSON with the header content-type: application/json; see /api/docs.',
    cause: error,
  });
}

/** The two that Fastify’s router has. Its words quote the address, which is not for replies. */
function fromRouter(error: FastifyError): ApiError {
  const isTooLong = error.code === 'FST_ERR_MAX_PARAM_LENGTH';
  return new ApiError(
    'invalid-request',
    isTooLong ? 'A part of the path is too long.' : 'The path is not well encoded.',
    {
      field: 'path',
      remedy: isTooLong
        ? 'Ids are at most 200 characters long; take them from the lists of this server.'
        : 'Encode each part of it as encodeURIComponent does; a percent sign itself is %25.',
      cause: error,
    },
  );
}

function messageFor(status: number): string {
  switch (status) {
    case 415:
      return 'The body of the request must be sent as application/json.';
    default:
      return 'The request cannot be read: its body must be valid JSON.';
  }
}

function mountContract(app: FastifyInstance, version: string): void {
  const document = openApiDocument(version);
  app.get('/api/openapi.json', async (request, reply) =>
    sendJson(request, reply.header('cache-control', 'no-cache'), document),
  );
  app.get('/api/docs', async (_, reply) => {
    const nonce = newNonce();
    return sendHtml(reply, docsPage(document, nonce), nonce);
  });
}
