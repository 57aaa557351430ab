import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ApiError, ErrorBody } from '../../api/errors.ts';
import type { Handlers } from '../../api/routes.ts';
import type { RequestContext } from '../request-context.ts';
import type { DispatchRequest } from './dispatch.ts';
import { createDispatcher } from './dispatch.ts';

const sandboxState = { worlds: [], faults: [], injected: [] };
const refreshed = { refreshedAt: '2026-01-01T00:00:00.000Z', isComplete: true, waitingFor: [] };

/** Handlers that answer from their input; those not named refuse. */
function handlersWith(some: Partial<Handlers<RequestContext>>): Handlers<RequestContext> {
  const refuse = () => {
    throw new ApiError('not-available', 'Not part of this test.');
  };
  return new Proxy(some, {
    get: (target, name) => Reflect.get(target, name) ?? refuse,
  }) as Handlers<RequestContext>;
}

function request(method: string, target: string, more: Partial<DispatchRequest> = {}): DispatchRequest {
  const url = new URL(target, 'http://page.example');
  return {
    method,
    path: url.pathname,
    query: url.searchParams,
    body: undefined,
    headers: {},
    requestId: 'r-1',
    actor: 'tester',
    signal: new AbortController().signal,
    ...more,
  };
}

const Reply = z.object({ waitingFor: z.array(z.string()) });

describe('createDispatcher', () => {
  it('prefers a fixed path and decodes parameters', async () => {
    const dispatch = createDispatcher(
      handlersWith({
        connectionRefreshAll: () => ({ ...refreshed, waitingFor: ['all'] }),
        connectionRefresh: ({ params }) => ({ ...refreshed, waitingFor: [params.connectionId] }),
      }),
    );
    const all = await dispatch(request('POST', '/api/connections/refresh'));
    expect(Reply.parse(all.body).waitingFor).toEqual(['all']);
    const one = await dispatch(request('POST', '/api/connections/prod%2Feu/refresh'));
    expect(one.status).toBe(200);
    expect(Reply.parse(one.body).waitingFor).toEqual(['prod/eu']);
  });

  it('fills defaults and gives the handler the context', async () => {
    const seen: unknown[] = [];
    const dispatch = createDispatcher(
      handlersWith({
        sandboxFaultInject: ({ body }, context) => {
          seen.push(body, context.actor, context.requestId);
          return sandboxState;
        },
      }),
    );
    const reply = await dispatch(
      request('POST', '/api/sandbox/faults', { body: { connectionId: 'a', fault: 'kill-broker' } }),
    );
    expect(reply.status).toBe(200);
    expect(seen).toEqual([{ connectionId: 'a', fault: 'kill-broker', action: 'inject' }, 'tester', 'r-1']);
  });

  it('names the field that is not valid, and what would be', async () => {
    const dispatch = createDispatcher(handlersWith({}));
    const limit = await dispatch(request('GET', '/api/connections?limit=0'));
    expect(limit.status).toBe(400);
    expect(ErrorBody.parse(limit.body)).toMatchObject({
      code: 'invalid-request',
      field: 'limit',
      requestId: 'r-1',
    });
    const health = ErrorBody.parse((await dispatch(request('GET', '/api/connections?health=fine'))).body);
    expect(health.field).toBe('health');
    expect(health.allowed).toContain('healthy');
    const body = ErrorBody.parse((await dispatch(request('PUT', '/api/sandbox/world'))).body);
    expect(body).toMatchObject({ code: 'invalid-request', field: 'body' });
    const twice = ErrorBody.parse((await dispatch(request('GET', '/api/connections?name=a&name=b'))).body);
    expect(twice).toMatchObject({ code: 'invalid-request', field: 'name' });
  });

  it('answers not-found for an unknown path, an unknown method and a badly encoded one', async () => {
    const dispatch = createDispatcher(handlersWith({}));
    expect((await dispatch(request('GET', '/api/nowhere'))).status).toBe(404);
    const method = await dispatch(request('DELETE', '/api/server'));
    expect(ErrorBody.parse(method.body)).toMatchObject({ code: 'not-found', allowed: ['GET'] });
    expect((await dispatch(request('GET', '/', { path: '/api/connections/%E0%A4%A' }))).status).toBe(400);
  });

  it('answers 304 without calling the handler, and only for the same version and query', async () => {
    let calls = 0;
    let version = '7';
    const counts = { healthy: 0, 'needs-attention': 0, broken: 0, changing: 0, unknown: 0 };
    const dispatch = createDispatcher(
      handlersWith({
        connectionList: () => {
          calls += 1;
          return { items: [], counts };
        },
      }),
      () => version,
    );
    const first = await dispatch(request('GET', '/api/connections?limit=5'));
    const etag = first.headers['etag'];
    expect(etag).toMatch(/^W\/".+"$/);
    const again = await dispatch(request('GET', '/api/connections?limit=5', { headers: { etag } }));
    expect(again).toMatchObject({ status: 304, body: undefined });
    expect(calls).toBe(1);
    const otherQuery = await dispatch(request('GET', '/api/connections?limit=6', { headers: { etag } }));
    expect(otherQuery.status).toBe(200);
    version = '8';
    expect((await dispatch(request('GET', '/api/connections?limit=5', { headers: { etag } }))).status).toBe(
      200,
    );
  });

  it('tells what to do about every refusal, by its own words where it has some', async () => {
    const dispatch = createDispatcher(
      handlersWith({
        sandboxEnter: ({ body }) => {
          const remedy = body.world === 'own' ? 'Choose another world.' : undefined;
          throw new ApiError('not-found', 'There is no such world.', { remedy });
        },
      }),
    );
    const enter = (world: unknown) => dispatch(request('PUT', '/api/sandbox/world', { body: { world } }));
    expect((await enter('own')).body).toMatchObject({ remedy: 'Choose another world.' });
    for (const reply of [await enter('x'), await enter(7), await dispatch(request('DELETE', '/api/server'))])
      expect(ErrorBody.parse(reply.body).remedy).toBeTruthy();
  });

  it('tells an ApiError as it is, and hides any other', async () => {
    const secret = new Error('password=hunter2');
    const dispatch = createDispatcher(
      handlersWith({
        sandboxEnter: () => {
          throw new ApiError('not-found', 'There is no such world.', { field: 'world' });
        },
        sandboxView: () => Promise.reject(secret),
      }),
    );
    const foreseen = await dispatch(request('PUT', '/api/sandbox/world', { body: { world: 'x' } }));
    expect(foreseen.status).toBe(404);
    expect(foreseen.unexpected).toBeUndefined();
    const hidden = await dispatch(request('GET', '/api/sandbox'));
    expect(hidden.status).toBe(500);
    expect(JSON.stringify(hidden.body)).not.toContain('hunter2');
    expect(hidden.unexpected).toBe(secret);
  });
});
