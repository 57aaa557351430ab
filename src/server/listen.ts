import type { FastifyInstance } from 'fastify';
import type { ServerConfig } from './config/config.ts';
import { assembleServer } from './server.ts';

/** The port cannot be listened on: the message says why and what to do. */
export class ListenError extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'ListenError';
  }
}

export interface RunningServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly notices: readonly string[];
  close(): Promise<void>;
}

/**
 * Starts the whole server and listens. `writeLog` gets the log, a JSON line a call. Throws `ListenError` when the
 * address cannot be had, `OwnedError` when another process has the data folder, `ApiError` when it cannot be opened.
 */
export async function startServer(
  config: ServerConfig,
  env: Readonly<Record<string, string | undefined>>,
  writeLog: (line: string) => void,
): Promise<RunningServer> {
  const server = await assembleServer(config, env, writeLog);
  try {
    await listen(server.app, config);
  } catch (error) {
    await server.close();
    throw error;
  }
  const url = urlOf(server.app, config.host);
  server.announce(url);
  return { url, notices: server.notices, close: server.close };
}

async function listen(app: FastifyInstance, { host, port }: ServerConfig): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    throw new ListenError(explain(cause, host, port), cause);
  }
}

function explain(cause: unknown, host: string, port: number): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is taken, perhaps by this very program running already. Choose another with --port.`;
    case 'EACCES':
      return `Port ${port} may not be used by this user. Choose one above 1023 with --port.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine. Choose another with --host.`;
    default:
      return `The server cannot listen on ${host}, port ${port}: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}

function urlOf(app: FastifyInstance, host: string): string {
  const address = app.server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const isEverywhere = host === '0.0.0.0' || host === '::';
  const name = isEverywhere ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
