import net from 'node:net';
import tls from 'node:tls';
import type { LookupAddress } from 'node:dns';
import { parseServer } from '../../core/kubeconfig/resolve.ts';
import { ClusterError } from '../../services/ports.ts';
import { clusterError, fromTransport } from './failure.ts';
import type { Endpoint } from './endpoint.ts';
import { openTunnel } from './proxy-tunnel.ts';
import { connected } from './socket-ready.ts';

/** Opens sockets to one API server: through a proxy or not, encrypted or not, to a pinned address or not. */
export interface Dialler {
  /** `host:port`, for messages. */
  readonly host: string;
  /** One attempt, within the connect timeout. Throws `ClusterError`. HTTP/2 is offered only where asked. */
  dial(options: { certificate: Endpoint['certificate']; isHttp2Offered: boolean }): Promise<net.Socket>;
  /** The socket below TLS, as it comes: through the proxy or not. For who looks at the steps alone. */
  open(signal: AbortSignal): Promise<net.Socket>;
  /** TLS over it. Not judged: whatever certificate is shown, the handshake goes on. */
  look(raw: net.Socket, signal: AbortSignal): Promise<tls.TLSSocket>;
  /** What the certificate has to be made out to. */
  readonly wantedName: string;
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

  const wantedName = endpoint.serverName ?? address.host;

  async function open(signal: AbortSignal): Promise<net.Socket> {
    if (endpoint.proxyUrl !== undefined) return openTunnel(endpoint.proxyUrl, host, signal);
    return connected(
      net.connect({ host: address?.host ?? '', port: address?.port ?? 0, ...pinned(options.pinnedAddress) }),
      'connect',
      signal,
    );
  }

  function secure(
    raw: net.Socket,
    more: Pick<tls.ConnectionOptions, 'rejectUnauthorized' | 'ALPNProtocols' | 'cert' | 'key'>,
  ): tls.TLSSocket {
    return tls.connect({
      socket: raw,
      host: wantedName,
      // An IP address is not a name for SNI (RFC 6066); the certificate is checked against it all the same.
      ...(net.isIP(wantedName) === 0 ? { servername: wantedName } : {}),
      ...(endpoint.authority === undefined ? {} : { ca: endpoint.authority }),
      ...more,
    });
  }

  return {
    host,
    wantedName,
    open,
    look: (raw, signal) =>
      connected(secure(raw, { rejectUnauthorized: false, ...endpoint.certificate }), 'secureConnect', signal),
    async dial({ certificate, isHttp2Offered }) {
      const signal = AbortSignal.timeout(options.connectMs);
      let raw: net.Socket | undefined;
      try {
        raw = await open(signal);
        raw.setNoDelay(true).setKeepAlive(true, 15_000);
        if (!address.isTls) return raw;
        const secured = secure(raw, {
          ALPNProtocols: isHttp2Offered ? ['h2', 'http/1.1'] : ['http/1.1'],
          rejectUnauthorized: endpoint.isTlsVerified,
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
