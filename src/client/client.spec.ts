import { describe, expect, it } from 'vitest';
import { createClient } from './client.ts';
import { ClientError } from './client-error.ts';

interface Seen {
  readonly url: string;
  readonly init: RequestInit;
}

/** A server that answers what it is told to, one reply a request, and remembers what it was asked. */
function serverThatAnswers(...replies: readonly (Response | Error)[]) {
  const seen: Seen[] = [];
  const left = [...replies];
  const client = createClient({
    baseUrl: 'http://server.example',
    actor: 'spec',
    fetch: async (url, init) => {
      seen.push({ url, init });
      const reply = left.shift();
      if (reply === undefined || reply instanceof Error)
        throw reply ?? new Error('asked more often than told');
      return reply;
    },
  });
  return { client, seen };
}

function json(body: unknown, init: ResponseInit = {}): Response {
  return new Response(JSON.stringify(body), init);
}

async function failureOf(promise: Promise<unknown>): Promise<ClientError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ClientError)) throw new Error('expected a ClientError', { cause: error });
  return error;
}

describe('createClient', () => {
  it('fills in params and query, percent-encoded, and leaves out what is undefined', async () => {
    const { client, seen } = serverThatAnswers(json({}), json({ items: [] }));
    await client.call('connectionView', { params: { connectionId: 'a/b c' } });
    await client.call('connectionList', { query: { name: 'x&y', health: undefined } });
    expect(seen.map((one) => one.url)).toEqual([
      'http://server.example/api/connections/a%2Fb%20c',
      'http://server.example/api/connections?name=x%26y',
    ]);
    expect(seen[0]?.init.method).toBe('GET');
    expect(new Headers(seen[0]?.init.headers).get('x-meshplay-actor')).toBe('spec');
  });

  it('sends a body as JSON', async () => {
    const { client, seen } = serverThatAnswers(json({ read: 1 }));
    await client.call('eventRead', { body: { ids: ['e1'] } });
    expect(seen[0]?.init.body).toBe('{"ids":["e1"]}');
    expect(new Headers(seen[0]?.init.headers).get('content-type')).toBe('application/json');
  });

  it('gives the very same object while the server answers 304', async () => {
    const { client, seen } = serverThatAnswers(
      json({ cursor: 1 }, { headers: { etag: '"v1"' } }),
      new Response(null, { status: 304 }),
      json({ cursor: 2 }, { headers: { etag: '"v2"' } }),
    );
    const first = await client.call('activityView', {});
    const second = await client.call('activityView', {});
    const third = await client.call('activityView', {});
    expect(second).toBe(first);
    expect(third).toEqual({ cursor: 2 });
    expect(seen.map((one) => new Headers(one.init.headers).get('if-none-match'))).toEqual([
      null,
      '"v1"',
      '"v1"',
    ]);
  });

  it('keeps ETags per URL, and only a bounded number of them', async () => {
    const replies = Array.from({ length: 66 }, (_, n) => json({ n }, { headers: { etag: `"${n}"` } }));
    const { client, seen } = serverThatAnswers(...replies);
    for (let since = 0; since < 65; since += 1) await client.call('activityView', { query: { since } });
    await client.call('activityView', { query: { since: 0 } });
    expect(new Headers(seen[65]?.init.headers).get('if-none-match')).toBeNull();
  });

  it('throws what the server said', async () => {
    const body = {
      code: 'conflict',
      message: 'Another operation runs.',
      remedy: 'Wait.',
      field: 'kind',
      allowed: ['resync'],
      relatedId: 'op-1',
      requestId: 'req-7',
    };
    const { client } = serverThatAnswers(json(body, { status: 409 }));
    expect(await failureOf(client.call('connectionRefreshAll', {}))).toMatchObject({ ...body, status: 409 });
  });

  it('tells a proxy’s error page from our server’s words', async () => {
    const { client } = serverThatAnswers(new Response('<h1>Bad gateway</h1>', { status: 502 }));
    expect(await failureOf(client.call('serverView', {}))).toMatchObject({ code: 'bad-reply', status: 502 });
  });

  it('says when nobody answers, and keeps the cause', async () => {
    const cause = new TypeError('fetch failed');
    const { client } = serverThatAnswers(cause);
    expect(await failureOf(client.call('serverView', {}))).toMatchObject({
      code: 'no-answer',
      status: undefined,
      cause,
    });
  });

  it('says when a success is not JSON', async () => {
    const { client } = serverThatAnswers(new Response('{"cut', { status: 200 }));
    expect(await failureOf(client.call('serverView', {}))).toMatchObject({ code: 'bad-reply' });
  });

  it('rejects with the caller’s own reason when the caller aborts', async () => {
    const reason = new Error('left the page');
    const client = createClient({
      baseUrl: '',
      actor: 'spec',
      fetch: (_, init) =>
        new Promise((_resolve, reject) => {
          const { signal } = init;
          signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
        }),
    });
    const controller = new AbortController();
    const pending = client.call('serverView', {}, { signal: controller.signal });
    controller.abort(reason);
    await expect(pending).rejects.toBe(reason);
  });

  it('gives up on a server that stays silent', async () => {
    const client = createClient({
      baseUrl: '',
      actor: 'spec',
      timeoutMs: 5,
      fetch: (_, init) =>
        new Promise((_resolve, reject) => {
          init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
        }),
    });
    expect(await failureOf(client.call('serverView', {}))).toMatchObject({ code: 'too-slow' });
  });
});
