import { request as httpRequest } from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import type { LookupAddress } from 'node:dns';
import { parseServer } from '../../core/kubeconfig/resolve.ts';
import { ClusterError } from '../../services/ports.ts';
import { clusterError, fromTransport } from './failure.ts';
import type { Endpoint } from './endpoint.ts';

/** Opens sockets to one API server: through a proxy or not, encrypted or not, to a pinned address or not. */
export interface Dialler {
  /** `host:port`, for messages. */
  readonly host: string;
  /** One attempt, within the connect timeout. Throws `ClusterError`. HTTP/2 is offered only where asked. */
  dial(options: { certificate: Endpoint['certificate']; isHttp2Offered: boolean }): Promise<net.Socket>;
}

export interface DialOptions {
  readonly connectMs: number;
  /** Connect to this IP address whatever the name resolves to; name and SNI stay. */
  readonly pinnedAddress?: string | undefined;
}

/** Throws `ClusterError` of kind `invalid-config` when the server’s URL cannot be read. */
export function createDialler(endpoint: Endpoint, options: DialOptions): Dialler {
  const address = parseServer(endpoint.server);
  if (address === undefined)
    throw clusterError(
      'invalid-config',
      'The server of this context is not a URL of the form https://host:port.',
    );
  const host = `${net.isIPv6(address.host) ? `[${address.host}]` : address.host}:${address.port}`;

  async function openRaw(signal: AbortSignal): Promise<net.Socket> {
    if (endpoint.proxyUrl !== undefined) return tunnel(endpoint.proxyUrl, host, signal);
    return connected(
      net.connect({ host: address?.host ?? '', port: address?.port ?? 0, ...pinned(options.pinnedAddress) }),
      'connect',
      signal,
    );
  }

  return {
    host,
    async dial({ certificate, isHttp2Offered }) {
      const signal = AbortSignal.timeout(options.connectMs);
      let raw: net.Socket | undefined;
      try {
        raw = await openRaw(signal);
        raw.setNoDelay(true).setKeepAlive(true, 15_000);
        if (!address.isTls) return raw;
        // An IP address is not a name for SNI (RFC 6066); the certificate is checked against it all the same.
        const name = endpoint.serverName ?? (net.isIP(address.host) === 0 ? address.host : undefined);
        const secured = tls.connect({
          socket: raw,
          host: endpoint.serverName ?? address.host,
          ...(name === undefined || net.isIP(name) !== 0 ? {} : { servername: name }),
          ALPNProtocols: isHttp2Offered ? ['h2', 'http/1.1'] : ['http/1.1'],
          rejectUnauthorized: endpoint.isTlsVerified,
          ...(endpoint.authority === undefined ? {} : { ca: endpoint.authority }),
          ...certificate,
        });
        return await connected(secured, 'secureConnect', signal);
      } catch (error) {
        raw?.destroy();
        if (signal.aborted && !(error instanceof ClusterError)) {
          const message =
            raw === undefined
              ? `${host} did not answer the connection in time. A firewall or a missing VPN is likely.`
              : `${host} accepted the connection and did not answer the TLS handshake in time.`;
          throw clusterError('timeout', message, { cause: error });
        }
        throw fromTransport(error, host);
      }
    },
  };
}

function pinned(address: string | undefined): Partial<net.TcpNetConnectOpts> {
  if (address === undefined) return {};
  const found: LookupAddress = { address, family: net.isIP(address) };
  return {
    lookup: (_name, lookup, callback) => {
      if (lookup.all === true) callback(null, [found]);
      else callback(null, found.address, found.family);
    },
  };
}

function connected<S extends net.Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<S> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      socket.off(event, done);
      signal.removeEventListener('abort', abort);
    };
    const done = () => {
      settle();
      resolve(socket);
    };
    const abort = () => socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    socket.once(event, done);
    // Stays for the life of the socket: an idle socket that breaks must not end the process.
    socket.on('error', (error: Error) => {
      settle();
      reject(error);
    });
    socket.once('close', () => {
      settle();
      reject(Object.assign(new Error('closed before it was ready'), { code: 'ECONNRESET' }));
    });
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

/** A tunnel by HTTP CONNECT (RFC 9110, 9.3.6). The proxy’s own credentials are never told. */
async function tunnel(proxyUrl: string, target: string, signal: AbortSignal): Promise<net.Socket> {
  const proxy = new URL(proxyUrl);
  const isTls = proxy.protocol === 'https:';
  const host = proxy.hostname.replaceAll(/^\[|\]$/g, '');
  const port = proxy.port === '' ? (isTls ? 443 : 80) : Number(proxy.port);
  const name = `The proxy ${proxy.host}`;
  try {
    const raw = await connected(net.connect({ host, port }), 'connect', signal);
    const socket = isTls
      ? await connected(
          tls.connect({ socket: raw, host, ...(net.isIP(host) === 0 ? { servername: host } : {}) }),
          'secureConnect',
          signal,
        )
      : raw;
    const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
    const status = await askForTunnel(socket, target, credentials === ':' ? undefined : credentials, signal);
    if (status === 200) return socket;
    socket.destroy();
    const words =
      status === 407
        ? 'asks for a user name and password; put them into proxy-url'
        : `refused to connect (HTTP ${status})`;
    throw clusterError('proxy', `${name} ${words}; it was to lead to ${target}.`, { status });
  } catch (error) {
    if (error instanceof ClusterError) throw error;
    const words = signal.aborted ? 'did not answer in time' : 'could not be reached';
    throw clusterError(
      'proxy',
      `${name} ${words}; it was to lead to ${target}. Check proxy-url in the kubeconfig.`,
      { cause: error },
    );
  }
}

function askForTunnel(
  socket: net.Socket,
  target: string,
  credentials: string | undefined,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    // Not by the request’s own `signal`: that would end the tunnel too, once the time to connect is over.
    const abort = () => socket.destroy();
    signal.addEventListener('abort', abort, { once: true });
    const asked = httpRequest({
      method: 'CONNECT',
      path: target,
      createConnection: () => socket,
      headers: {
        host: target,
        ...(credentials === undefined
          ? {}
          : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }),
      },
    });
    asked.once('connect', (reply, _socket, head: Buffer) => {
      signal.removeEventListener('abort', abort);
      if (head.length > 0) socket.unshift(head);
      resolve(reply.statusCode ?? 0);
    });
    asked.once('error', (error) => {
      signal.removeEventListener('abort', abort);
      reject(error);
    });
    asked.end();
  });
}
