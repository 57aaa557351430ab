/** A small API server on 127.0.0.1 for the specs of this folder: HTTP/2, HTTP/1.1 over TLS, or plain HTTP. */
import http from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { ClusterAccess } from '../../services/ports.ts';
import { createClusterAccess } from './access.ts';
import type { Endpoint, Timeouts } from './endpoint.ts';
import { AUTHORITY, SERVER } from './test-certificates.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** Common name in the client certificate. */
  readonly client: string | undefined;
}

export interface FakeReply {
  status(code: number, body: unknown): void;
  /** Writes a piece and keeps the answer open. */
  write(text: string | Uint8Array): void;
  end(): void;
  /** Ends the connection in the middle of the answer. */
  cut(): void;
}

export interface FakeApiServer {
  readonly url: string;
  readonly port: number;
  readonly seen: SeenRequest[];
  /** Sockets opened since the start. */
  readonly sockets: Socket[];
  endpoint(part?: Partial<Endpoint>): Endpoint;
  access(part?: Partial<Endpoint>, timeouts?: Partial<Timeouts>): ClusterAccess;
  close(): Promise<void>;
}

export async function startFakeApiServer(options: {
  protocol: 'h2' | 'http/1.1' | 'plain';
  tls?: { cert: string; key: string; ca?: string; requestCert?: boolean };
  handle: (request: SeenRequest, reply: FakeReply) => void;
  onUpgrade?: (request: http.IncomingMessage, socket: Socket) => void;
}): Promise<FakeApiServer> {
  const seen: SeenRequest[] = [];
  const sockets: Socket[] = [];
  const sessions = new Set<http2.ServerHttp2Session>();

  function onRequest(
    request: http.IncomingMessage | http2.Http2ServerRequest,
    response: http.ServerResponse | http2.Http2ServerResponse,
  ) {
    const chunks: Buffer[] = [];
    const asked: Readable = request;
    const { socket } = request;
    const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate() : undefined;
    asked.on('data', (chunk: Buffer) => chunks.push(chunk));
    asked.on('error', () => undefined);
    const answer: Writable = response;
    answer.on('error', () => undefined);
    asked.on('end', () => {
      const got: SeenRequest = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: { ...request.headers },
        body: Buffer.concat(chunks).toString('utf8'),
        client: certificate?.subject?.CN?.toString(),
      };
      seen.push(got);
      options.handle(got, {
        status(code, body) {
          response.statusCode = code;
          response.setHeader('content-type', 'application/json');
          answer.end(typeof body === 'string' ? body : JSON.stringify(body));
        },
        write(text) {
          if (!response.headersSent) response.setHeader('content-type', 'application/json');
          answer.write(text);
        },
        end() {
          answer.end();
        },
        cut() {
          if (response instanceof http.ServerResponse) response.destroy();
          else response.stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
        },
      });
    });
  }

  const server: Server =
    options.protocol === 'plain'
      ? http.createServer(onRequest)
      : http2.createSecureServer(
          {
            ...(options.tls ?? SERVER),
            rejectUnauthorized: false,
            allowHTTP1: true,
            ALPNProtocols: options.protocol === 'h2' ? ['h2', 'http/1.1'] : ['http/1.1'],
          },
          onRequest,
        );
  server.on('connection', (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
  });
  server.on('session', (session: http2.ServerHttp2Session) => {
    sessions.add(session);
    session.on('error', () => undefined);
  });
  server.on('tlsClientError', () => undefined);
  server.on('upgrade', (request: http.IncomingMessage, socket: TLSSocket) => {
    socket.on('error', () => undefined);
    options.onUpgrade?.(request, socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `${options.protocol === 'plain' ? 'http' : 'https'}://127.0.0.1:${port}`;
  const endpoint = (part: Partial<Endpoint> = {}): Endpoint => ({
    server: url,
    isTlsVerified: true,
    authority: AUTHORITY,
    serverName: undefined,
    proxyUrl: undefined,
    certificate: undefined,
    identity: { kind: 'none' },
    impersonation: undefined,
    ...part,
  });
  return {
    url,
    port,
    seen,
    sockets,
    endpoint,
    // Patient, so that a busy machine fails no test; a test of a limit gives its own.
    access: (part, timeouts) =>
      createClusterAccess(endpoint(part), {
        now: () => Date.now(),
        timeouts: { connectMs: 30_000, headersMs: 30_000, bodyMs: 30_000, totalMs: 60_000, ...timeouts },
        env: process.env,
      }),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
