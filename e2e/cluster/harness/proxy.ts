import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer, request as httpsRequest } from 'node:https';
import { connect, createServer, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { Duplex } from 'node:stream';
import type { ControlPlane } from './control-plane.ts';

export type TcpMode = 'pass' | 'black-hole' | 'refuse';

export interface TcpProxy {
  readonly host: string;
  readonly port: number;
  /** Also for connections that are open already: `refuse` resets them, `black-hole` keeps them and moves nothing. */
  setMode(mode: TcpMode): Promise<void>;
  stop(): Promise<void>;
}

/** Forwards a loopback port, or plays dead in one of two ways. Without `target` it can only play dead. */
export async function startTcpProxy(options: {
  host?: string;
  port?: number;
  target?: { host: string; port: number };
  mode?: TcpMode;
}): Promise<TcpProxy> {
  const host = options.host ?? '127.0.0.1';
  const sockets = new Set<Socket>();
  let mode: TcpMode = options.mode ?? 'pass';
  const server = createServer((socket) => {
    track(socket, sockets);
    if (mode !== 'pass' || options.target === undefined) {
      // Accepts and never answers: what arrives is left in the kernel’s buffers.
      socket.pause();
      return;
    }
    const upstream = connect(options.target.port, options.target.host);
    track(upstream, sockets);
    socket.once('close', () => upstream.destroy());
    upstream.once('close', () => socket.destroy());
    socket.on('data', (chunk) => mode === 'pass' && upstream.write(chunk));
    upstream.on('data', (chunk) => mode === 'pass' && socket.write(chunk));
  });
  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  const close = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      if (server.listening) server.close(() => resolve());
      else resolve();
    });
  const port = await listen(options.port ?? 0);
  if (mode === 'refuse') await close();
  return {
    host,
    port,
    async setMode(wanted) {
      mode = wanted;
      if (wanted === 'refuse') await close();
      else if (!server.listening) await listen(port);
    },
    stop: close,
  };
}

export interface ApiProxy {
  /** `https://127.0.0.1:PORT`; its certificate is the API server’s own, so the same authority proves it. */
  readonly server: string;
  /** Watches whose path matches go silent: open ones keep their connection, new ones are accepted; not a byte more comes. */
  silenceWatches(pattern: RegExp | undefined): void;
  /** Requests seen so far, `METHOD /path?query`. */
  requests(): readonly string[];
  stop(): Promise<void>;
}

/** A reverse proxy before the API server that can silence single watches while everything else is answered. */
export async function startApiProxy(controlPlane: ControlPlane): Promise<ApiProxy> {
  const upstream = new URL(controlPlane.server);
  const target = { host: upstream.hostname, port: Number(upstream.port), ca: controlPlane.tls.cert };
  const sockets = new Set<Socket>();
  const seen: string[] = [];
  let silent: RegExp | undefined;
  const pending = new Set<ClientRequest>();

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '/';
    seen.push(`${request.method ?? ''} ${url}`);
    const isWatch = /[?&]watch=(1|true)/.test(url);
    // A watch that was silent once has lost events: it never speaks again, as on a half-dead connection.
    let wasSilent = false;
    const isSilent = () => {
      wasSilent ||= isWatch && silent?.test(url) === true;
      return wasSilent;
    };
    const onward = httpsRequest({
      ...target,
      agent: false,
      method: request.method,
      path: url,
      headers: { ...request.headers, host: upstream.host },
    });
    pending.add(onward);
    onward.once('close', () => pending.delete(onward));
    onward.on('error', () => response.destroy());
    onward.on('response', (reply) => {
      if (!isSilent()) response.writeHead(reply.statusCode ?? 502, reply.headers);
      else response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      reply.on('data', (chunk: Buffer) => {
        if (!isSilent()) response.write(chunk);
      });
      reply.on('end', () => {
        if (!isSilent()) response.end();
      });
      reply.on('error', () => response.destroy());
    });
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  }
  /** WebSocket upgrades (port-forward) pass as bytes. */
  function handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const onward = tlsConnect(target, () => {
      const headers = request.rawHeaders.reduce<string[]>((lines, part, index, all) => {
        if (index % 2 === 0) lines.push(`${part}: ${all[index + 1] ?? ''}`);
        return lines;
      }, []);
      onward.write(
        `${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`,
      );
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    track(onward, sockets);
    onward.once('close', () => socket.destroy());
    socket.once('error', () => onward.destroy());
    socket.once('close', () => onward.destroy());
  }
  const server = createHttpsServer({ cert: controlPlane.tls.cert, key: controlPlane.tls.key }, handle);
  server.on('upgrade', handleUpgrade);
  server.on('secureConnection', (socket) => track(socket, sockets));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    server: `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    silenceWatches(pattern) {
      silent = pattern;
    },
    requests: () => seen,
    stop() {
      for (const request of pending) request.destroy();
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}

function track(socket: Socket, sockets: Set<Socket>): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  // A reset is an end like any other here.
  socket.on('error', () => socket.destroy());
}
