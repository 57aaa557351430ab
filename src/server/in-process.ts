import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { systemClock } from './config/clock.ts';
import type { ServerConfig } from './config/config.ts';
import { readConfig } from './config/config.ts';
import type { AssembledServer } from './server.ts';
import { assembleServer, KEY_FILE } from './server.ts';
import type { GuestFolder } from './state/guest-folder.ts';
import { makeEmptyFolder, makeGuestFolder } from './state/guest-folder.ts';
import { OwnedError } from './state/owner.ts';

/** The same API without a port, for the command line where no server runs. */
export interface InProcess {
  /** Answers paths beginning with /api as the server would. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** What is kept is thrown away at the end: another process has the data folder, or the world is simulated. */
  readonly isGuest: boolean;
  close(): Promise<void>;
}

export interface InProcessOptions {
  /** Another process may have the data folder: then a copy is used, and what is changed in it is lost. */
  readonly mayBeGuest: boolean;
  /** A simulated world instead of the kubeconfigs, with a data folder that is thrown away. */
  readonly world?: string | undefined;
}

/**
 * Reads the kubeconfigs directly, without simulated connections. Throws `UsageError` for a bad environment or world,
 * `OwnedError` when another process has the data folder and `mayBeGuest` is false, `ApiError` when it cannot be opened.
 */
export async function openInProcess({ mayBeGuest, world }: InProcessOptions): Promise<InProcess> {
  if (world !== undefined) return openWorld(world);
  const config = configOf(['--no-sandbox'], process.env);
  try {
    return served(await assembleServer(config, process.env, toStderr, { kind: 'command-line' }));
  } catch (error) {
    if (!(error instanceof OwnedError) || !mayBeGuest) throw error;
  }
  const keyFile = join(config.dataDir, KEY_FILE);
  return openAside(await makeGuestFolder(config.dataDir, systemClock.now), (folder) =>
    assembleServer({ ...config, dataDir: folder }, process.env, toStderr, { kind: 'command-line', keyFile }),
  );
}

function openWorld(world: string): Promise<InProcess> {
  return openAside(makeEmptyFolder(), (folder) => {
    // Of this machine nothing: no kubeconfig, no home, no Docker host.
    const env = { HOME: folder, KUBECONFIG: join(folder, 'none'), MESHPLAY_DOCKER_HOSTS: '' };
    const config = configOf(['--world', world, '--data-dir', folder], env);
    return assembleServer(config, env, toStderr, { kind: 'command-line' });
  });
}

async function openAside(
  aside: GuestFolder,
  assemble: (folder: string) => Promise<AssembledServer>,
): Promise<InProcess> {
  try {
    const { fetch, close } = served(await assemble(aside.folder));
    return {
      isGuest: true,
      fetch,
      async close() {
        await close();
        aside.remove();
      },
    };
  } catch (error) {
    aside.remove();
    throw error;
  }
}

function configOf(args: readonly string[], env: Parameters<typeof readConfig>[1]): ServerConfig {
  const config = readConfig(args, env);
  if (config === 'help') throw new Error('No help was asked for.');
  return config;
}

function toStderr(line: string): void {
  process.stderr.write(line);
}

function served(server: AssembledServer): InProcess {
  return { isGuest: false, close: server.close, fetch: (url, init) => answer(server, url, init) };
}

async function answer(server: AssembledServer, url: string, init: RequestInit): Promise<Response> {
  const target = new URL(url, 'http://in-process');
  const headers = new Headers(init.headers);
  const reply = await server.dispatch({
    method: init.method ?? 'GET',
    path: target.pathname,
    query: target.searchParams,
    body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
    headers: { etag: headers.get('if-none-match') ?? undefined },
    requestId: randomUUID(),
    actor: headers.get('x-meshplay-actor') ?? 'cli',
    signal: init.signal ?? new AbortController().signal,
  });
  return new Response(reply.body === undefined ? null : JSON.stringify(reply.body), {
    status: reply.status,
    headers: { ...reply.headers },
  });
}
