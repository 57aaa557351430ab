import type { RouteReply, RouteRequest } from '../api/route.ts';
import type { RouteName, Routes } from '../api/routes.ts';
import { ClientError, errorOf } from './client-error.ts';
import { paths } from './paths.ts';

/** The contract as functions: `call('connectionView', { params: { connectionId } })`. */
export interface Client {
  /**
   * Gives the reply of the route. While the server answers 304 the very same object comes back, so that nothing
   * needs to be compared or drawn again. Throws `ClientError`, or the reason of `signal` when that aborts.
   */
  call<N extends RouteName>(
    name: N,
    request: RouteRequest<Routes[N]>,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<RouteReply<Routes[N]>>;
}

export interface ClientOptions {
  /** Where the server is, without a slash at the end; empty for the page's own origin. */
  readonly baseUrl: string;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Who asks, as shown in the activity log: `page`, `cli`. */
  readonly actor: string;
  /** A call without an answer is given up after this. */
  readonly timeoutMs?: number;
}

interface PlainRequest {
  readonly params?: object | undefined;
  readonly query?: object | undefined;
  readonly body?: unknown;
}

const TIMEOUT_MS = 30_000;
/** Replies kept for their ETag. A page looks at a handful at a time. */
const KEPT_REPLIES = 64;

/**
 * Makes a caller over the contract. Successful bodies are trusted and not parsed: they come from our own server, which
 * the compiler holds to the very same types, and parsing them would put zod into the page.
 */
export function createClient(options: ClientOptions): Client {
  const kept = new Map<string, { etag: string; body: unknown }>();

  async function call(
    name: RouteName,
    request: PlainRequest,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<unknown> {
    const { method, path } = paths[name];
    const url = options.baseUrl + fill(path, request.params) + queryString(request.query);
    const last = method === 'GET' ? kept.get(url) : undefined;
    const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
    let response: Response;
    try {
      response = await options.fetch(url, {
        method,
        headers: {
          accept: 'application/json',
          'x-meshplay-actor': options.actor,
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(last === undefined ? {} : { 'if-none-match': last.etag }),
        },
        // The browser's own cache would answer 200 where the server said 304.
        cache: 'no-store',
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      });
    } catch (cause) {
      signal?.throwIfAborted();
      throw noAnswer(cause, timeout.aborted);
    }
    if (response.status === 304 && last !== undefined) return keep(url, last).body;
    if (!response.ok) throw await errorOf(response);
    const body = await bodyOf(response, signal);
    const etag = response.headers.get('etag');
    if (method === 'GET' && etag !== null) keep(url, { etag, body });
    return body;
  }

  function keep<T extends { etag: string; body: unknown }>(url: string, reply: T): T {
    // Deleting first moves it to the end: the map is ordered by last use, and its first key is the oldest.
    kept.delete(url);
    kept.set(url, reply);
    const oldest = kept.keys().next();
    if (kept.size > KEPT_REPLIES && !oldest.done) kept.delete(oldest.value);
    return reply;
  }

  // One implementation for every route; `paths` and `Routes` guarantee that name, request and reply belong together.
  return { call: call as Client['call'] };
}

async function bodyOf(response: Response, signal: AbortSignal | undefined): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ClientError('bad-reply', 'The server’s answer broke off or is not JSON.', {
      remedy: 'Try again. If it stays, look whether a proxy stands before the server.',
      status: response.status,
      cause,
    });
  }
}

function noAnswer(cause: unknown, isTooSlow: boolean): ClientError {
  return isTooSlow
    ? new ClientError('too-slow', 'The server did not answer in time.', {
        remedy: 'It may be overloaded. Wait a moment and try again.',
        cause,
      })
    : new ClientError('no-answer', 'The server does not answer.', {
        remedy: 'Look whether it still runs, and start it again with npm start.',
        cause,
      });
}

function fill(path: string, params: object | undefined): string {
  if (params === undefined) return path;
  const values = new Map<string, unknown>(Object.entries(params));
  return path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(String(values.get(key))));
}

function queryString(query: object | undefined): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined) search.set(key, String(value));
  }
  return search.size === 0 ? '' : `?${search}`;
}
