/** Over real HTTP: what the contract lets a person send arrives, and what is larger is refused in words. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ErrorBody } from '../../api/errors.ts';
import { kubeconfigPreview, MAX_UPLOAD_CHARACTERS, MAX_UPLOAD_FILES } from '../../api/kubeconfig-upload.ts';
import { readConfig } from '../config/config.ts';
import { startServer } from '../listen.ts';

const PATIENCE_MS = 120_000;
const MEGABYTE = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'uploads-'));
let url: string;
let stop: () => Promise<void>;

beforeAll(async () => {
  const env = { HOME: folder, KUBECONFIG: join(folder, 'absent'), MESHPLAY_DOCKER_HOSTS: '' };
  const config = readConfig(['--port', '0', '--no-sandbox', '--data-dir', join(folder, 'data')], env);
  if (config === 'help') throw new Error('no help was asked for');
  const server = await startServer(config, env, () => undefined);
  url = server.url;
  stop = () => server.close();
}, PATIENCE_MS);
afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
}, PATIENCE_MS);

/** As large as a kubeconfig may be, most of it a certificate; names a program, so that nothing is dialled. */
function largest(name: string): { name: string; text: string } {
  const config = {
    clusters: [{ name, cluster: { server: 'https://c.example', 'certificate-authority-data': '' } }],
    users: [{ name, user: { exec: { command: 'aws' } } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  const bare = JSON.stringify(config).length;
  const cluster = config.clusters[0]?.cluster;
  if (cluster !== undefined) cluster['certificate-authority-data'] = 'Q'.repeat(MAX_UPLOAD_CHARACTERS - bare);
  return { name, text: JSON.stringify(config) };
}

async function post(path: string, body: string) {
  const reply = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return { status: reply.status, body: await reply.json() };
}

describe('a body', { timeout: PATIENCE_MS }, () => {
  it(`of ${MAX_UPLOAD_FILES} kubeconfigs of 1 MB each arrives, and each of them is judged`, async () => {
    const files = Array.from({ length: MAX_UPLOAD_FILES }, (_, index) => largest(`file-${index}`));
    expect(files.map(({ text }) => text.length)).toEqual(files.map(() => MAX_UPLOAD_CHARACTERS));
    const { status, body } = await post('/api/kubeconfigs/preview', JSON.stringify({ files }));
    expect(status).toBe(200);
    const { contexts } = kubeconfigPreview.response.parse(body);
    expect(contexts.map(({ context, canAdd }) => ({ context, canAdd }))).toEqual(
      files.map(({ name }) => ({ context: name, canAdd: false })),
    );
  });

  it('that fits by its size is refused for a single file that is larger, naming the file and the limit', async () => {
    const { name, text } = largest('too-long');
    const { status, body } = await post(
      '/api/kubeconfigs/preview',
      JSON.stringify({ files: [{ name, text: `${text} ` }] }),
    );
    expect(status).toBe(400);
    expect(ErrorBody.parse(body)).toMatchObject({ code: 'invalid-request', field: 'files.0.text' });
    expect(ErrorBody.parse(body).message).toContain('at most 1 MB');
  });

  it.each([
    [
      '/api/kubeconfigs/preview',
      42,
      /larger than 41 MB/,
      /at most 20 kubeconfigs at once, each of at most 1 MB/,
    ],
    ['/api/kubeconfigs', 42, /larger than 41 MB/, /at most 20 kubeconfigs at once, each of at most 1 MB/],
    ['/api/connections/some/credentials', 4, /larger than 3 MB/, /one kubeconfig of at most 1 MB/],
    ['/api/events/read', 3, /larger than 2 MB/, /less than 2 MB/],
  ])('beyond what %s takes gets 413 with what to do', async (path, megabytes, message, remedy) => {
    const { status, body } = await post(path, `"${'x'.repeat(megabytes * MEGABYTE)}"`);
    expect(status).toBe(413);
    const told = ErrorBody.parse(body);
    expect(told).toMatchObject({ code: 'too-large', field: 'body' });
    expect(told.message).toMatch(message);
    expect(told.remedy).toMatch(remedy);
  });

  it('whose size is not announced is cut off at the limit, too', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(MEGABYTE));
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        if (sent > 60) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const refused = await fetch(`${url}/api/connections/some/credentials`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: endless,
      duplex: 'half',
    }).then(
      async (reply) => ErrorBody.parse(await reply.json()).code,
      // The connection is closed while more is being sent: some clients see only that.
      () => 'closed',
    );
    expect(['too-large', 'closed']).toContain(refused);
    expect(sent).toBeLessThan(60);
  });
});
