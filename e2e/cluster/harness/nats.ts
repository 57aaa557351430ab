import { asset } from './assets.ts';
import { freePort } from './ports.ts';
import { type Child, startChild } from './process.ts';

export interface NatsServer {
  readonly host: string;
  readonly port: number;
  readonly monitorPort: number;
  isRunning(): boolean;
  stop(): Promise<void>;
  /** Sockets stay open and say nothing. */
  freeze(): Promise<void>;
  thaw(): void;
  /** Ends it (if it runs) and starts it on the same address; without `token` it keeps the one it had, `null` takes it away. */
  restart(options?: { token?: string | null }): Promise<void>;
}

/** Starts a real nats-server on a loopback address; resolves when its monitoring port says it is well. */
export async function startNats(options: {
  host: string;
  port?: number;
  monitorPort?: number;
  token?: string | undefined;
  serverName?: string;
}): Promise<NatsServer> {
  const { host } = options;
  const port = options.port ?? (await freePort(host));
  const monitorPort = options.monitorPort ?? (await freePort(host));
  let token: string | null = options.token ?? null;
  const start = (): Promise<Child> =>
    startChild({
      name: `nats-server on ${host}:${port}`,
      command: asset('nats-server'),
      args: [
        `--addr=${host}`,
        `--port=${port}`,
        `--http_port=${monitorPort}`,
        ...(options.serverName === undefined ? [] : [`--name=${options.serverName}`]),
        ...(token === null ? [] : [`--auth=${token}`]),
      ],
      ready: async () => (await fetch(`http://${host}:${monitorPort}/healthz`)).ok,
      readyTimeoutMs: 15_000,
    });
  let child = await start();
  return {
    host,
    port,
    monitorPort,
    isRunning: () => child.isRunning(),
    stop: () => child.kill(),
    freeze: () => child.freeze(),
    thaw: () => child.thaw(),
    async restart(change = {}) {
      await child.kill();
      if (change.token !== undefined) token = change.token;
      child = await start();
    },
  };
}
