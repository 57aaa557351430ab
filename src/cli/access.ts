import { type Client, createClient } from '../client/client.ts';
import { ClientError } from '../client/client-error.ts';

const DEFAULT_SERVER = 'http://127.0.0.1:9081';
const LOOK_MS = 800;

/** A way to the contract: a server that runs, or the same handlers in this process on the kubeconfigs. */
export interface Access {
  readonly client: Client;
  /** Where the answers come from, for the talk on stderr. */
  readonly source: string;
  close(): Promise<void>;
}

/**
 * Asks the server given, or one that runs on the usual port; where none runs, the kubeconfigs are read directly.
 * @param isDirect asks the kubeconfigs even where a server runs
 * @throws ClientError `no-answer` when a server was named and does not answer
 */
export async function openAccess(
  server: string | undefined,
  isDirect: boolean,
  signal: AbortSignal,
): Promise<Access> {
  if (isDirect) return openDirect('the kubeconfigs directly');
  const baseUrl = (server ?? process.env['MESHPLAY_SERVER'] ?? DEFAULT_SERVER).replace(/\/+$/, '');
  const isNamed = server !== undefined || process.env['MESHPLAY_SERVER'] !== undefined;
  const remote = createClient({ baseUrl, fetch: (url, init) => fetch(url, init), actor: 'cli' });
  try {
    await createClient({
      baseUrl,
      fetch: (url, init) => fetch(url, init),
      actor: 'cli',
      // A server that was named is worth waiting for; otherwise it is only looked whether there is one.
      ...(isNamed ? {} : { timeoutMs: LOOK_MS }),
    }).call('serverView', {}, { signal });
    return { client: remote, source: `server ${baseUrl}`, close: () => Promise.resolve() };
  } catch (error) {
    if (isNamed || !(error instanceof ClientError)) throw error;
    // Nothing of ours listens there, so the clusters are asked from here.
  }
  return openDirect('the kubeconfigs directly, as no server runs');
}

async function openDirect(source: string): Promise<Access> {
  const { openInProcess } = await import('../server/in-process.ts');
  const local = await openInProcess();
  return {
    client: createClient({ baseUrl: '', fetch: local.fetch, actor: 'cli' }),
    source,
    close: local.close,
  };
}
