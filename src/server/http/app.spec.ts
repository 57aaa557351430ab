import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ErrorBody } from '../../api/errors.ts';
import type { Dispatcher, DispatchRequest } from '../../services/transport/dispatch.ts';
import { createLogger } from '../log.ts';
import { buildApp } from './app.ts';
import { readPageFolder } from './page-folder.ts';

const INDEX = `<!doctype html><html lang="en"><head><meta charset="utf-8"><script type="module" src="/assets/main-AbCd1234.js"></script>
<style>body{margin:0}</style></head><body><div id="root"></div></body></html>`;
const SCRIPT = `console.log(${JSON.stringify('page '.repeat(500))})`;
const OWN = { host: '127.0.0.1:9081' };
const PAGE = { ...OWN, accept: 'text/html,application/xhtml+xml' };

const folder = mkdtempSync(join(tmpdir(), 'page-'));
const lines: string[] = [];
const seen: DispatchRequest[] = [];
const answers: { current: Awaited<ReturnType<Dispatcher>> } = {
  current: { status: 200, headers: {}, body: { items: [] } },
};
let app: FastifyInstance;

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  mkdirSync(join(folder, '.vite'));
  writeFileSync(join(folder, 'index.html'), INDEX);
  writeFileSync(join(folder, 'assets', 'main-AbCd1234.js'), SCRIPT);
  writeFileSync(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(folder, '.vite', 'manifest.json'), '{}');
  app = buildApp({
    dispatch: async (request) => {
      seen.push(request);
      return answers.current;
    },
    page: readPageFolder(folder),
    allowedHosts: ['mesh.example.org'],
    version: '1.2.3',
    logger: createLogger('debug', (line) => lines.push(line)),
  });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the API', () => {
  it('hands the dispatcher what was asked and sends what it answers', async () => {
    answers.current = { status: 202, headers: { etag: 'W/"7"', 'x-thing': 'yes' }, body: { items: [1] } };
    const reply = await app.inject({
      method: 'POST',
      url: '/api/connections/prod%2Feu/refresh?x=1&x=2',
      headers: { ...OWN, 'content-type': 'application/json', 'if-none-match': 'W/"6"' },
      payload: { a: 1 },
    });
    expect(reply.statusCode).toBe(202);
    expect(reply.headers).toMatchObject({ etag: 'W/"7"', 'x-thing': 'yes', 'cache-control': 'no-store' });
    expect(reply.json()).toEqual({ items: [1] });
    expect(seen.at(-1)).toMatchObject({
      method: 'POST',
      path: '/api/connections/prod%2Feu/refresh',
      body: { a: 1 },
      headers: { etag: 'W/"6"' },
      requestId: reply.headers['x-request-id'],
      actor: 'local',
    });
    expect(seen.at(-1)?.query.getAll('x')).toEqual(['1', '2']);
  });

  it('sends no body with 304', async () => {
    answers.current = {
      status: 304,
      headers: { etag: 'W/"7"', 'cache-control': 'no-cache' },
      body: undefined,
    };
    const reply = await app.inject({ url: '/api/connections', headers: OWN });
    expect(reply.statusCode).toBe(304);
    expect(reply.body).toBe('');
    expect(reply.headers['cache-control']).toBe('no-cache');
  });

  it('compresses a large reply when asked, and only then', async () => {
    const body = { items: Array.from({ length: 500 }, (_, index) => ({ id: `connection-${index}` })) };
    answers.current = { status: 200, headers: {}, body };
    const small = await app.inject({
      url: '/api/connections',
      headers: { ...OWN, 'accept-encoding': 'br, gzip' },
    });
    expect(small.headers['content-encoding']).toBe('gzip');
    expect(JSON.parse(gunzipSync(small.rawPayload).toString())).toEqual(body);
    const plain = await app.inject({
      url: '/api/connections',
      headers: { ...OWN, 'accept-encoding': 'gzip;q=0' },
    });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.json()).toEqual(body);
  });

  it.each([
    ['not JSON', { 'content-type': 'application/json' }, '{"a":', 'invalid-request', 400],
    ['text', { 'content-type': 'text/plain' }, '{"a":1}', 'invalid-request', 400],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=1', 'invalid-request', 400],
    [
      'too much',
      { 'content-type': 'application/json' },
      `"${'x'.repeat(2 * 1024 * 1024)}"`,
      'too-large',
      413,
    ],
  ])('refuses a body that is %s', async (_, headers, payload, code, status) => {
    const before = seen.length;
    const reply = await app.inject({
      method: 'POST',
      url: '/api/events/read',
      headers: { ...OWN, ...headers },
      payload,
    });
    expect(reply.statusCode).toBe(status);
    expect(ErrorBody.parse(reply.json())).toMatchObject({ code, requestId: reply.headers['x-request-id'] });
    expect(seen.length).toBe(before);
  });

  it.each([
    ['GET', '/api/nothing', { ...PAGE }],
    ['GET', '/api', { ...PAGE }],
    ['DELETE', '/api/connections', { ...OWN }],
    ['GET', '/assets/gone-12345678.js', { ...OWN, accept: '*/*' }],
    ['POST', '/settings', { ...PAGE }],
  ] as const)('says %s %s is not there', async (method, url, headers) => {
    const reply = await app.inject({ method, url, headers });
    expect(reply.statusCode).toBe(404);
    expect(ErrorBody.parse(reply.json()).code).toBe('not-found');
  });

  // None of these reaches a route: a router, a URL parser or Node itself would answer them in words of its own.
  it.each([
    ['GET', '/api/connections/%', 400],
    ['GET', '/api/connections/%ff/evidence', 400],
    ['POST', `/api/connections/${'x'.repeat(2000)}/refresh`, 400],
    ['GET', '//a:b/', 404],
    ['GET', '//[/api/connections', 404],
  ] as const)('answers %s %s in the shape of every other error', async (method, url, status) => {
    const reply = await app.inject({ method, url, headers: OWN });
    expect(reply.statusCode).toBe(status);
    const body = ErrorBody.parse(reply.json());
    expect(body.remedy).toBeTruthy();
    expect(body.requestId).not.toBe('');
    expect(reply.body).not.toContain('xxx');
    expect(reply.headers['x-content-type-options']).toBe('nosniff');
  });

  it('serves the contract and a page to read it, without any script', async () => {
    const contract = await app.inject({ url: '/api/openapi.json', headers: OWN });
    expect(contract.json()).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } });
    const docs = await app.inject({ url: '/api/docs', headers: PAGE });
    expect(docs.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(docs.body).toContain('/api/connections/{connectionId}');
    expect(docs.body).not.toMatch(/<script/i);
    const nonce = /style-src 'self' 'nonce-([^']+)'/.exec(
      String(docs.headers['content-security-policy']),
    )?.[1];
    expect(docs.body).toContain(`<style nonce="${nonce}">`);
  });
});

describe('the page', () => {
  it.each(['/', '/settings', '/errors/1000?x=1'])('is served at %s with a nonce of its own', async (url) => {
    const [one, other] = [await app.inject({ url, headers: PAGE }), await app.inject({ url, headers: PAGE })];
    expect(one.statusCode).toBe(200);
    expect(one.headers['cache-control']).toBe('no-store');
    const nonce = /<meta name="csp-nonce" content="([^"]+)">/.exec(one.body)?.[1] ?? '';
    expect(nonce.length).toBeGreaterThanOrEqual(20);
    expect(one.body).toContain(`<script nonce="${nonce}" type="module"`);
    expect(one.body).toContain(`<style nonce="${nonce}">`);
    expect(other.body).not.toContain(nonce);
    const policy = String(one.headers['content-security-policy']);
    expect(policy).toContain(`script-src 'self' 'nonce-${nonce}'`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(one.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  });

  it('keeps hashed files for ever, compressed', async () => {
    const url = '/assets/main-AbCd1234.js';
    const reply = await app.inject({ url, headers: { ...OWN, 'accept-encoding': 'gzip, deflate, br' } });
    expect(reply.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'gzip',
      'content-type': 'text/javascript; charset=utf-8',
    });
    expect(gunzipSync(reply.rawPayload).toString()).toBe(SCRIPT);
    expect((await app.inject({ url, headers: OWN })).body).toBe(SCRIPT);
  });

  it('asks about other files again, cheaply', async () => {
    const first = await app.inject({ url: '/favicon.svg', headers: OWN });
    expect(first.headers).toMatchObject({ 'cache-control': 'no-cache', 'content-type': 'image/svg+xml' });
    const again = await app.inject({
      url: '/favicon.svg',
      headers: { ...OWN, 'if-none-match': String(first.headers.etag) },
    });
    expect(again.statusCode).toBe(304);
  });

  it.each(['/.vite/manifest.json', '/..%2f..%2fetc/passwd', '/%00'])(
    'gives nothing away at %s',
    async (url) => {
      const reply = await app.inject({ url, headers: { ...OWN, accept: '*/*' } });
      expect(reply.statusCode).toBeGreaterThanOrEqual(400);
      expect(reply.statusCode).toBeLessThan(500);
    },
  );

  it('says how to build it when it is missing', async () => {
    const bare = buildApp({
      dispatch: async () => answers.current,
      page: readPageFolder(join(folder, 'absent')),
      allowedHosts: [],
      version: '1.2.3',
      logger: createLogger('silent', () => undefined),
    });
    const reply = await bare.inject({ url: '/settings', headers: PAGE });
    expect(reply.statusCode).toBe(503);
    expect(ErrorBody.parse(reply.json()).remedy).toContain('npm run build');
    await bare.close();
  });
});

describe('the log', () => {
  it('names routes, never addresses with their contents, and never headers', async () => {
    lines.length = 0;
    answers.current = {
      status: 200,
      headers: {},
      body: {},
      unexpected: new Error('at token=hunter2-hunter2'),
    };
    await app.inject({
      url: '/api/connections/secret-name?name=private',
      headers: { ...OWN, authorization: 'Bearer abcdefghijkl' },
    });
    const log = lines.join('');
    expect(log).toContain('"route":"connectionView"');
    expect(log).toContain('a request failed');
    for (const secret of ['secret-name', 'private', 'abcdefghijkl', 'hunter2'])
      expect(log).not.toContain(secret);
  });
});
