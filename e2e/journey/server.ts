import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../cluster/harness/ports.ts';
import { startChild } from '../cluster/harness/process.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** A server of the product that runs. */
interface SandboxServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts the server over a simulated world, with nothing of this machine to find: no kubeconfig but the one given, no
 * Docker host.
 */
export async function startSandboxServer(
  world: string,
  options: { readonly args?: readonly string[]; readonly kubeconfig?: string } = {},
): Promise<SandboxServer> {
  const folder = await mkdtemp(join(tmpdir(), 'journey-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = await startChild({
    name: 'the server',
    command: process.execPath,
    args: [
      'src/server/start.ts',
      '--port',
      String(port),
      '--data-dir',
      folder,
      '--sandbox',
      '--world',
      world,
      ...(options.args ?? []),
    ],
    cwd: ROOT,
    env: {
      HOME: folder,
      KUBECONFIG: options.kubeconfig ?? join(folder, 'none'),
      MESHPLAY_DOCKER_HOSTS: '',
      KUBERNETES_SERVICE_HOST: undefined,
      KUBERNETES_SERVICE_PORT: undefined,
    },
    ready: async () => (await fetch(`${url}/api/health`)).ok,
    readyTimeoutMs: 60_000,
  });
  return {
    url,
    async stop() {
      await child.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
