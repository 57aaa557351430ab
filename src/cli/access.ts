import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from '../client/client.ts';
import { ClientError } from '../client/client-error.ts';
import type { Owner } from '../server/state/owner.ts';

const DEFAULT_SERVER = 'http://127.0.0.1:9081';
const LOOK_MS = 800;
/** How long a server may take from its start until it listens, and how long another command is waited for. */
const STARTING_LIMIT_MS = 30_000;
const COMMAND_LIMIT_MS = 10_000;
const POLL_MS = 200;

/** A way to the contract: a server that runs, or the same handlers in this process on the kubeconfigs. */
export interface Access {
  readonly client: Client;
  /** Where the answers come from, for the talk on stderr. */
  readonly source: string;
  /** The handlers run in this process: what they do ends with it. */
  readonly isInProcess: boolean;
  close(): Promise<void>;
}

export interface AccessOptions {
  /** A server that was named; nothing else will do. */
  readonly server: string | undefined;
  /** The kubeconfigs, even where a server runs. */
  readonly isDirect: boolean;
  /** A simulated world in this process. */
  readonly world: string | undefined;
  /** The command changes or tells what the data folder keeps, so that a copy of it will not do. */
  readonly needsFolder: boolean;
}

/**
 * Asks the server given, else the one that has the data folder, else one on the usual port; where none runs, the
 * kubeconfigs are read directly. Two processes never work on one data folder.
 * @throws ClientError `no-answer` when a server was named or has the folder, and does not answer
 * @throws ApiError `conflict` when another command has the folder and this one needs it
 */
export async function openAccess(options: AccessOptions, signal: AbortSignal): Promise<Access> {
  const { isDirect, world } = options;
  if (world !== undefined) return openDirect(`the simulated world “${world}”`, { mayBeGuest: true, world });
  if (isDirect) return openDirect('the kubeconfigs directly', { mayBeGuest: !options.needsFolder });
  const named = options.server ?? process.env['MESHPLAY_SERVER'];
  if (named !== undefined) return askServer(named, signal);
  const owner = await waitForOwner(options.needsFolder, signal);
  if (owner?.url !== undefined) return askOwner(owner, owner.url, signal);
  return (
    (await lookForServer(signal)) ??
    openDirect('the kubeconfigs directly, as no server runs', { mayBeGuest: !options.needsFolder })
  );
}

/** The owner of the data folder, as soon as it is clear how to go on: it answers somewhere, or need not be waited for. */
async function waitForOwner(needsFolder: boolean, signal: AbortSignal): Promise<Owner | undefined> {
  const [{ ownerOf }, { dataFolderOf }] = await Promise.all([
    import('../server/state/owner.ts'),
    import('../server/config/data-folder.ts'),
  ]);
  const folder = dataFolderOf(process.env);
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const found = ownerOf(folder);
    if (found === undefined) return undefined;
    const owner = found === 'not-said-yet' ? undefined : found;
    if (owner?.url !== undefined) return owner;
    const isCommand = owner?.kind === 'command-line';
    if (isCommand && !needsFolder) return owner;
    if (waitedMs > (isCommand ? COMMAND_LIMIT_MS : STARTING_LIMIT_MS)) return owner;
    await sleep(POLL_MS, undefined, { signal });
  }
}

async function askServer(named: string, signal: AbortSignal): Promise<Access> {
  const baseUrl = withoutSlash(named);
  const client = createClient({ baseUrl, fetch: (url, init) => fetch(url, init), actor: 'cli' });
  await client.call('serverView', {}, { signal });
  return remote(client, baseUrl);
}

async function askOwner(owner: Owner, url: string, signal: AbortSignal): Promise<Access> {
  try {
    return await askServer(url, signal);
  } catch (cause) {
    if (!(cause instanceof ClientError)) throw cause;
    throw new ClientError(
      cause.code,
      `The server of this data folder (process ${owner.pid}, at ${url}) does not answer.`,
      {
        remedy: `Stop it with \`kill ${owner.pid}\` and start it again, or ask the kubeconfigs with --direct.`,
        cause,
      },
    );
  }
}

/** A server on the usual port with a data folder of its own; it is only looked whether there is one. */
async function lookForServer(signal: AbortSignal): Promise<Access | undefined> {
  const ask = (url: string, init: RequestInit) => fetch(url, init);
  const baseUrl = DEFAULT_SERVER;
  try {
    await createClient({ baseUrl, fetch: ask, actor: 'cli', timeoutMs: LOOK_MS }).call(
      'serverView',
      {},
      { signal },
    );
  } catch (error) {
    if (error instanceof ClientError) return undefined;
    throw error;
  }
  return remote(createClient({ baseUrl, fetch: ask, actor: 'cli' }), baseUrl);
}

function remote(client: Client, baseUrl: string): Access {
  return { client, source: `server ${baseUrl}`, isInProcess: false, close: () => Promise.resolve() };
}

async function openDirect(
  source: string,
  options: { readonly mayBeGuest: boolean; readonly world?: string },
): Promise<Access> {
  const { openInProcess } = await import('../server/in-process.ts');
  const local = await openInProcess(options);
  return {
    client: createClient({ baseUrl: '', fetch: local.fetch, actor: 'cli' }),
    source,
    isInProcess: true,
    close: local.close,
  };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
