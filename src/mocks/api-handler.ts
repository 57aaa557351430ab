import { http, HttpResponse } from 'msw/http';
import { ApiError, ERROR_STATUS } from '../api/errors.ts';
import type { Dispatcher } from '../services/transport/dispatch.ts';

/** Mounts every route of the contract: the transport of the page that runs without a server. */
export function createApiHandler(dispatch: Dispatcher, uuid: () => string) {
  return http.all('*/api/*', async ({ request }) => {
    const requestId = uuid();
    const url = new URL(request.url);
    const read = await readBody(request);
    if (read instanceof ApiError) {
      return HttpResponse.json(read.toBody(requestId), { status: ERROR_STATUS[read.code] });
    }
    const reply = await dispatch({
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      body: read.body,
      headers: { etag: request.headers.get('if-none-match') ?? undefined },
      requestId,
      actor: 'local',
      signal: request.signal,
    });
    if (reply.unexpected !== undefined) console.error(`request ${requestId} failed`, reply.unexpected);
    const init = { status: reply.status, headers: { ...reply.headers } };
    if (reply.body === undefined) return new HttpResponse(null, init);
    return new HttpResponse(JSON.stringify(reply.body), {
      ...init,
      headers: { ...init.headers, 'content-type': 'application/json; charset=utf-8' },
    });
  });
}

async function readBody(request: Request): Promise<{ body: unknown } | ApiError> {
  const text = await request.text();
  if (text === '') return { body: undefined };
  try {
    return { body: JSON.parse(text) };
  } catch (cause) {
    return new ApiError('invalid-request', 'The body of the request is not JSON.', { field: 'body', cause });
  }
}
