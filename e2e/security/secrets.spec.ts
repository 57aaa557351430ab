import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Route } from '../../src/api/route.ts';
import { routes } from '../../src/api/routes.ts';
import { readConfig } from '../../src/server/config/config.ts';
import type { AssembledServer } from '../../src/server/server.ts';
import { assembleServer } from '../../src/server/server.ts';

const PLANTED = {
  token: 'planted-bearer-token-4f1c9a',
  password: 'planted-password-77b0e2',
  key: Buffer.from(
    '-----BEGIN PRIVATE KEY-----\nplanted-private-key-0c2d\n-----END PRIVATE KEY-----\n',
  ).toString('base64'),
  certificate: Buffer.from(
    '-----BEGIN CERTIFICATE-----\nplanted-certificate-9e8f\n-----END CERTIFICATE-----\n',
  ).toString('base64'),
  execEnvironment: 'planted-exec-secret-5a5b',
};
const SECRETS = [...Object.values(PLANTED), 'planted-private-key-0c2d', 'planted-certificate-9e8f'];
const OWN = { host: '127.0.0.1:9081' };
const PATIENCE_MS = 60_000;

/** A kubeconfig with a secret in every place where one can be. */
function kubeconfig(echoPort: number, closedPort: number): string {
  return `apiVersion: v1
kind: Config
current-context: echo
clusters:
  - { name: echo, cluster: { server: 'http://127.0.0.1:${echoPort}' } }
  - { name: closed, cluster: { server: 'https://127.0.0.1:${closedPort}' } }
users:
  - { name: token, user: { token: ${PLANTED.token} } }
  - { name: basic, user: { username: admin, password: ${PLANTED.password} } }
  - name: certificate
    user: { client-certificate-data: ${PLANTED.certificate}, client-key-data: ${PLANTED.key} }
  - name: exec
    user:
      exec:
        apiVersion: client.authentication.k8s.io/v1
        command: /nonexistent/credential-plugin
        interactiveMode: Never
        env: [{ name: SECRET, value: ${PLANTED.execEnvironment} }]
contexts:
  - { name: echo, context: { cluster: echo, user: token } }
  - { name: echo-basic, context: { cluster: echo, user: basic } }
  - { name: closed-token, context: { cluster: closed, user: token } }
  - { name: closed-basic, context: { cluster: closed, user: basic } }
  - { name: closed-certificate, context: { cluster: closed, user: certificate } }
  - { name: closed-exec, context: { cluster: closed, user: exec } }
`;
}

const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
const lines: string[] = [];
let echo: Server;
let server: AssembledServer;

beforeAll(async () => {
  // A hostile API server: it repeats to the caller what the caller proved itself with.
  echo = createServer((request, reply) => {
    const message = `Unauthorized: ${request.headers.authorization ?? 'nobody'}`;
    reply.writeHead(401, { 'content-type': 'application/json' });
    reply.end(
      JSON.stringify({
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        reason: 'Unauthorized',
        message,
        code: 401,
      }),
    );
  });
  const closed = createServer();
  await Promise.all(
    [echo, closed].map((one) => new Promise<void>((resolve) => void one.listen(0, '127.0.0.1', resolve))),
  );
  const closedPort = (closed.address() as AddressInfo).port;
  await new Promise((resolve) => closed.close(resolve));
  const file = join(folder, 'kubeconfig');
  writeFileSync(file, kubeconfig((echo.address() as AddressInfo).port, closedPort), { mode: 0o600 });

  const env = {
    HOME: folder,
    KUBECONFIG: file,
    MESHPLAY_DATA_DIR: join(folder, 'data'),
    MESHPLAY_DOCKER_HOSTS: '',
  };
  const config = readConfig(['--no-sandbox', '--log-level', 'debug'], env);
  if (config === 'help') throw new Error('no help was asked for');
  server = await assembleServer(config, env, (line) => lines.push(line));
}, PATIENCE_MS);

afterAll(async () => {
  await server?.close();
  echo?.closeAllConnections();
  await new Promise((resolve) => echo.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

interface Summaries {
  items: { id: string; name: string; health: string }[];
}

async function connections(): Promise<Summaries['items']> {
  const reply = await server.app.inject({ url: '/api/connections', headers: OWN });
  return reply.json<Summaries>().items;
}

async function evidenceOf(name: string): Promise<string> {
  const found = (await connections()).find((one) => one.name === name);
  const reply = await server.app.inject({
    url: `/api/connections/${found?.id ?? ''}/evidence`,
    headers: OWN,
  });
  return reply.body;
}

/** Every GET of the contract, once for each connection where it takes one. */
async function everyReply(): Promise<string[]> {
  const ids = (await connections()).map(({ id }) => id);
  const urls = Object.values<Route>(routes)
    .filter(({ method }) => method === 'GET')
    .flatMap(({ path }) =>
      path.includes(':')
        ? [...ids, 'nobody'].map((id) => path.replaceAll(/:\w+/g, encodeURIComponent(id)))
        : [path],
    );
  const replies: string[] = [];
  for (const url of [...urls, '/api/openapi.json', '/api/docs', '/api/nothing', '/settings']) {
    const reply = await server.app.inject({ url, headers: { ...OWN, accept: 'text/html' } });
    replies.push(`${url} ${JSON.stringify(reply.headers)} ${reply.body}`);
  }
  return replies;
}

describe('secrets of a kubeconfig', () => {
  it(
    'are in no reply, no error, no event, no log line and no file of ours',
    async () => {
      // The hostile answer must have been taken in, or its absence from the replies would prove nothing.
      await vi.waitFor(async () => expect(await evidenceOf('echo')).toContain('"kind":"unauthorized"'), {
        timeout: PATIENCE_MS,
        interval: 250,
      });
      for (const url of ['/api/kubeconfigs/rediscover', '/api/connections/refresh']) {
        const reply = await server.app.inject({ method: 'POST', url, headers: OWN });
        expect(reply.statusCode).toBe(200);
        for (const secret of SECRETS) expect(reply.body).not.toContain(secret);
      }
      for (const reply of await everyReply()) {
        for (const secret of SECRETS) expect(reply).not.toContain(secret);
      }
      expect(lines.length).toBeGreaterThan(0);
      for (const secret of SECRETS) expect(lines.join('')).not.toContain(secret);
      const data = join(folder, 'data');
      for (const name of readdirSync(data)) {
        const content = readFileSync(join(data, name), 'latin1');
        for (const secret of SECRETS) expect(content).not.toContain(secret);
      }
    },
    2 * PATIENCE_MS,
  );

  it('sent in a request are not repeated in the answer or the log', async () => {
    lines.length = 0;
    const reply = await server.app.inject({
      method: 'PUT',
      url: `/api/sandbox/world?token=${PLANTED.token}`,
      headers: { ...OWN, authorization: `Bearer ${PLANTED.token}`, cookie: `session=${PLANTED.password}` },
      payload: { world: 7, password: PLANTED.password },
    });
    expect(reply.statusCode).toBe(400);
    for (const secret of SECRETS) {
      expect(reply.body).not.toContain(secret);
      expect(lines.join('')).not.toContain(secret);
    }
  });
});

describe('requests of other sites', () => {
  const foreign = [
    { host: 'rebound.example:9081' },
    { host: '192.168.7.7:9081' },
    { ...OWN, origin: 'https://evil.example' },
    { ...OWN, origin: 'null' },
    { ...OWN, origin: 'http://127.0.0.1:3000' },
    { ...OWN, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
  ];

  it.each(foreign)('are refused on every route: %o', async (headers) => {
    for (const route of Object.values<Route>(routes)) {
      const url = route.path.replaceAll(/:\w+/g, 'x');
      const reply = await server.app.inject({ method: route.method, url, headers });
      expect(reply.statusCode).toBe(403);
      expect(reply.json<{ code: string }>().code).toBe('forbidden-origin');
      expect(reply.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('get no preflight answered', async () => {
    const headers = { ...OWN, origin: 'https://evil.example', 'access-control-request-method': 'PUT' };
    const reply = await server.app.inject({ method: 'OPTIONS', url: '/api/sandbox/world', headers });
    expect(reply.statusCode).toBeGreaterThanOrEqual(400);
    expect(reply.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('every kind of reply', () => {
  it.each(['/api/server', '/api/nothing', '/api/docs', '/api/openapi.json'])(
    'carries its policies: %s',
    async (url) => {
      const { headers } = await server.app.inject({ url, headers: OWN });
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['cache-control']).toMatch(/no-store|no-cache/);
    },
  );
});
