import { setupServer } from 'msw/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { routes } from '../api/routes.ts';
import { ErrorBody } from '../api/errors.ts';
import { createApiHandler } from './api-handler.ts';
import type { OfflineBackend } from './offline-backend.ts';
import { NO_WORLD, startOfflineBackend } from './offline-backend.ts';

const PAGE = 'http://page.example';
let remembered: string | null = null;
let backend: OfflineBackend;
let server: ReturnType<typeof setupServer>;

beforeAll(async () => {
  const problems: string[] = [];
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (_: object, text: string) => problems.push(text),
  };
  const memory = {
    read: () => remembered,
    write: (world: string | undefined) => (remembered = world ?? NO_WORLD),
  };
  backend = await startOfflineBackend(memory, 'healthy', log);
  server = setupServer(createApiHandler(backend.dispatch, backend.clock.uuid));
  server.listen({ onUnhandledFrame: 'error' });
});

afterAll(async () => {
  server.close();
  await backend.close();
});

async function send(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${PAGE}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return { response, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

describe('the offline page’s transport', () => {
  it('answers with what the contract promises', async () => {
    const view = await send('GET', '/api/server');
    expect(view.response.status).toBe(200);
    expect(routes.serverView.response.parse(view.body)).toMatchObject({
      isOffline: true,
      runtime: 'browser',
    });
    const list = routes.connectionList.response.parse((await send('GET', '/api/connections')).body);
    expect(list.items.map(({ name }) => name).toSorted()).toEqual(['prod-eu-1', 'prod-us-1', 'staging']);
  });

  it('becomes healthy over the simulated world', async () => {
    await expect
      .poll(
        async () =>
          routes.connectionList.response.parse((await send('GET', '/api/connections')).body).counts.healthy,
        { timeout: 60_000, interval: 200 },
      )
      .toBe(3);
  }, 70_000);

  it('answers 304 to the version it gave', async () => {
    const first = await send('GET', '/api/kubeconfigs');
    const etag = first.response.headers.get('etag');
    expect(etag).toMatch(/^W\//);
    const again = await send('GET', '/api/kubeconfigs', undefined, { 'if-none-match': etag ?? '' });
    expect(again.response.status).toBe(304);
    expect(again.body).toBeUndefined();
  });

  it('tells mistakes in the contract’s own words', async () => {
    const unknown = await send('GET', '/api/nothing-here');
    expect(unknown.response.status).toBe(404);
    const broken = await send('PUT', '/api/sandbox/world', '{"world":');
    expect(broken.response.status).toBe(400);
    expect(ErrorBody.parse(broken.body).code).toBe('invalid-request');
    const world = await send('PUT', '/api/sandbox/world', '{"world":"no-such-world"}');
    expect(ErrorBody.parse(world.body)).toMatchObject({ code: 'not-found', field: 'world' });
    expect(ErrorBody.parse(world.body).allowed).toContain('welcome');
  });

  it('enters another world and remembers it', async () => {
    const entered = await send('PUT', '/api/sandbox/world', '{"world":"nothing-deployed"}');
    const state = z.object({ world: z.string() }).parse(entered.body);
    expect(state.world).toBe('nothing-deployed');
    expect(remembered).toBe('nothing-deployed');
    const list = routes.connectionList.response.parse((await send('GET', '/api/connections')).body);
    expect(list.items.map(({ name }) => name)).toEqual(['fresh']);
  });
});
