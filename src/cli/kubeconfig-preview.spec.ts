import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMIT_MS, run } from './fixtures/program.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-preview-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function preview(text: string) {
  const file = join(folder, 'config');
  await writeFile(file, text);
  return run('kubeconfig', 'preview', file, '--world', 'healthy');
}

describe('kubeconfig preview', () => {
  it(
    'says of what is refused where its cause and remedy are',
    async () => {
      const { code, out } = await preview(`
clusters: [{ name: c, cluster: { server: "https://one.test:6443", certificate-authority: /etc/ca.crt } }]
users: [{ name: u, user: { exec: { apiVersion: client.authentication.k8s.io/v1, command: aws } } }]
contexts: [{ name: x, context: { cluster: c, user: u } }]
`);
      expect(code).toBe(1);
      expect(out).toContain('errors kubeconfig-exec');
      expect(out).toContain('errors kubeconfig-file-path');
      const told = await run('errors', 'kubeconfig-file-path');
      expect(told.code).toBe(0);
      expect(told.out).toContain('kubectl config view --flatten --raw');
    },
    LIMIT_MS,
  );

  it(
    'does so of a file of which nothing can be used',
    async () => {
      const { out } = await preview('clusters: [&a {}, *a]');
      expect(out).toContain('errors kubeconfig-aliases');
    },
    LIMIT_MS,
  );
});
