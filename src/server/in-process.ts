import { randomUUID } from 'node:crypto';
import { readConfig } from './config/config.ts';
import { assembleServer } from './server.ts';

/** The same API without a port, for the command line where no server runs. */
export interface InProcess {
  /** Answers paths beginning with /api as the server would. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  close(): Promise<void>;
}

/** Reads the kubeconfigs directly, without simulated connections. Throws `ApiError`, or `UsageError` for a bad environment. */
export async function openInProcess(): Promise<InProcess> {
  const config = readConfig(['--no-sandbox'], process.env);
  if (config === 'help') throw new Error('No help was asked for.');
  const server = await assembleServer(config, process.env, (line) => process.stderr.write(line));
  return {
    close: server.close,
    async fetch(url, init) {
      const target = new URL(url, 'http://in-process');
      const headers = new Headers(init.headers);
      const {
        status,
        headers: replyHeaders,
        body,
      } = await server.dispatch({
        method: init.method ?? 'GET',
        path: target.pathname,
        query: target.searchParams,
        body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
        headers: { etag: headers.get('if-none-match') ?? undefined },
        requestId: randomUUID(),
        actor: headers.get('x-meshplay-actor') ?? 'cli',
        signal: init.signal ?? new AbortController().signal,
      });
      return new Response(body === undefined ? null : JSON.stringify(body), {
        status,
        headers: { ...replyHeaders },
      });
    },
  };
}
