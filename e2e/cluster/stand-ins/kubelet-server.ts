/** The HTTPS port of a kubelet, as the API server calls it: container logs and port-forward. */
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { acceptWebSocket, type WebSocketConnection } from './websocket-server.ts';

const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
/** In v5 a frame of this channel closes the channel named by its second byte. */
const CLOSE_CHANNEL = 255;

export interface KubeletServer {
  readonly port: number;
  /** How many port-forwards are open now. */
  forwards(): number;
  /** Breaks every open port-forward, as a restart of the kubelet would. */
  dropForwards(): void;
  close(): Promise<void>;
}

export interface KubeletAnswers {
  /** Lines of a container; undefined when the kubelet knows no such container. */
  logs(pod: {
    namespace: string;
    name: string;
    container: string;
    isPrevious: boolean;
  }): string[] | undefined;
  /** Where a port of a pod is really served; undefined when nothing listens there. */
  resolve(pod: { namespace: string; name: string; port: number }): { host: string; port: number } | undefined;
}

/** Listens on a free loopback port. */
export async function startKubeletServer(options: {
  tls: { cert: string; key: string };
  answers: KubeletAnswers;
}): Promise<KubeletServer> {
  const { answers } = options;
  const sockets = new Set<{ destroy(): unknown }>();
  const forwards = new Set<Forward>();
  const server = createServer({ cert: options.tls.cert, key: options.tls.key }, (request, response) => {
    const { parts, query } = parse(request);
    const [what, namespace, name, container] = parts;
    const lines =
      what === 'containerLogs' && namespace !== undefined && name !== undefined && container !== undefined
        ? answers.logs({ namespace, name, container, isPrevious: query.get('previous') === 'true' })
        : undefined;
    if (lines === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end(`nothing at ${request.url ?? ''}\n`);
      return;
    }
    const tail = query.get('tailLines');
    const shown = tail === null ? lines : lines.slice(Math.max(0, lines.length - Number(tail)));
    response.writeHead(200, { 'content-type': 'text/plain' }).end(shown.map((line) => `${line}\n`).join(''));
  });
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket) => {
    const { parts, query } = parse(request);
    const [what, namespace, name] = parts;
    const ports = query.getAll('port').map(Number);
    if (what !== 'portForward' || namespace === undefined || name === undefined || ports.length === 0) {
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const forward = createForward(ports, (port) => answers.resolve({ namespace, name, port }));
    const connection = acceptWebSocket(request, socket, {
      protocols: PROTOCOLS,
      onMessage: forward.take,
      onClose() {
        forward.end();
        forwards.delete(forward);
      },
    });
    if (connection === undefined) return;
    forwards.add(forward);
    forward.open(connection);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    forwards: () => forwards.size,
    dropForwards() {
      for (const forward of forwards) forward.drop();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}

interface Forward {
  open(connection: WebSocketConnection): void;
  take(message: Buffer): void;
  end(): void;
  drop(): void;
}

/** Channel 2n carries the data of the n-th port, channel 2n+1 its errors; the first frame of each names the port. */
function createForward(
  ports: readonly number[],
  resolve: (port: number) => { host: string; port: number } | undefined,
): Forward {
  const targets = new Map<number, Socket>();
  let connection: WebSocketConnection | undefined;
  const end = () => {
    for (const target of targets.values()) target.destroy();
    targets.clear();
  };
  return {
    end,
    drop() {
      end();
      connection?.close();
    },
    open(opened) {
      connection = opened;
      for (const [index, port] of ports.entries()) {
        const data = index * 2;
        const error = data + 1;
        const mark = [port & 0xff, port >> 8];
        opened.send(Buffer.from([data, ...mark]));
        opened.send(Buffer.from([error, ...mark]));
        const fail = (why: string) => {
          opened.send(Buffer.concat([Buffer.from([error]), Buffer.from(why)]));
          opened.close();
        };
        const address = resolve(port);
        if (address === undefined) {
          fail(`error forwarding port ${port}: nothing listens on it`);
          continue;
        }
        const target = connect(address.port, address.host);
        targets.set(data, target);
        target.on('data', (chunk) => opened.send(Buffer.concat([Buffer.from([data]), chunk])));
        target.once('error', (reason) => fail(`error forwarding port ${port}: ${reason.message}`));
        target.once('close', () => opened.close());
      }
    },
    take(message) {
      const channel = message[0];
      if (channel === undefined) return;
      const body = message.subarray(1);
      if (channel === CLOSE_CHANNEL) targets.get(body[0] ?? -1)?.end();
      else if (body.length > 0) targets.get(channel)?.write(body);
    },
  };
}

function parse(request: IncomingMessage): { parts: string[]; query: URLSearchParams } {
  const url = new URL(request.url ?? '/', 'https://kubelet.invalid');
  return { parts: url.pathname.split('/').filter(Boolean).map(decodeURIComponent), query: url.searchParams };
}
