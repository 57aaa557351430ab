import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from '@playwright/test';
import { freePort } from './cluster/harness/ports.ts';
import { type Child, startChild } from './cluster/harness/process.ts';
import { cardOf, openDetails, readCard } from './journey/card.ts';
import { test } from './journey/test.ts';

const ROOT = resolve(import.meta.dirname, '..');
let server: Child | undefined;
let folder: string | undefined;
let port = 0;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journey-'));
  port = await freePort();
  server = await startChild({
    name: 'the server',
    command: process.execPath,
    args: ['src/server/start.ts', '--port', String(port), '--data-dir', folder, '--sandbox'],
    cwd: ROOT,
    // No kubeconfig of this machine, no Docker host, no cluster around it.
    env: {
      HOME: folder,
      KUBECONFIG: join(folder, 'none'),
      MESHPLAY_DOCKER_HOSTS: '',
      KUBERNETES_SERVICE_HOST: undefined,
      KUBERNETES_SERVICE_PORT: undefined,
    },
    ready: async () => (await fetch(`http://127.0.0.1:${port}/api/health`)).ok,
    readyTimeoutMs: 60_000,
  });
});

test.afterAll(async () => {
  await server?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

/** The status of a reply to a request that names another host than the one it is sent to. */
function statusFor(host: string, path: string): Promise<number | undefined> {
  return new Promise((settle, fail) => {
    request({ host: '127.0.0.1', port, path, headers: { host } }, (reply) => {
      reply.resume();
      settle(reply.statusCode);
    })
      .on('error', fail)
      .end();
  });
}

test('a server without a kubeconfig shows the sandbox, under its own Content-Security-Policy', async ({
  page,
}) => {
  const refused: string[] = [];
  page.on('console', (message) => {
    if (/Content.Security.Policy|violates the following/i.test(message.text())) refused.push(message.text());
  });
  const reply = await page.goto(`http://127.0.0.1:${port}/settings`);
  expect(reply?.headers()['content-security-policy']).toContain("default-src 'self'");
  await expect(page.getByRole('heading', { name: 'Connections', level: 1 })).toBeVisible();
  await expect(page.getByRole('article')).toHaveCount(4);
  await expect(page.getByRole('article').getByText('Sandbox', { exact: true })).toHaveCount(4);
  await expect
    .poll(() => readCard(cardOf(page, 'staging')))
    .toMatchObject({
      health: 'Healthy',
      brokenAfter: [],
      states: { Operator: 'DEPLOYED', Broker: 'CONNECTED' },
    });
  await expect(page.getByRole('banner').getByRole('status')).toHaveText('MeshSync messages arrive');
  const drawer = await openDetails(page, 'staging', 'Evidence');
  await expect(drawer.getByRole('heading', { name: 'Workloads' })).toBeVisible();
  expect(refused).toEqual([]);
});

test('the API can be read by people, and only under the server’s own name', async ({ page }) => {
  await page.goto(`http://127.0.0.1:${port}/api/docs`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('API');
  await expect(page.getByRole('heading', { name: 'GET /api/connections', exact: true })).toBeVisible();
  expect(await statusFor(`127.0.0.1:${port}`, '/api/connections')).toBe(200);
  for (const path of ['/', '/settings', '/api/connections', '/api/docs']) {
    const status = await statusFor('evil.example', path);
    expect(status, path).toBeGreaterThanOrEqual(400);
    expect(status, path).toBeLessThan(500);
  }
});
