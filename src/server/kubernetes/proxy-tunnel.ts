import { request as httpRequest } from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { ClusterError } from '../../services/ports.ts';
import { clusterError, codeOf } from './failure.ts';
import { connected } from './socket-ready.ts';

interface ProxyPlace {
  readonly isTls: boolean;
  /** Without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
}

/** Undefined for what is no URL. */
function parseProxy(proxyUrl: string): ProxyPlace | undefined {
  if (!URL.canParse(proxyUrl)) return undefined;
  const { protocol, hostname, port } = new URL(proxyUrl);
  const isTls = protocol === 'https:';
  return {
    isTls,
    host: hostname.replaceAll(/^\[|\]$/g, ''),
    port: port === '' ? (isTls ? 443 : 80) : Number(port),
  };
}

/** `host:port` of a proxy, always with its port and never with its credentials. */
export function proxyPlace(proxyUrl: string | undefined): string | undefined {
  const place = proxyUrl === undefined ? undefined : parseProxy(proxyUrl);
  if (place === undefined) return undefined;
  return `${net.isIPv6(place.host) ? `[${place.host}]` : place.host}:${place.port}`;
}

/**
 * A tunnel by HTTP CONNECT (RFC 9110, 9.3.6). Throws `ClusterError` of kind `proxy`, or `proxy-auth` where it wants
 * a login, with the status of its answer. The proxy’s own credentials are never told.
 */
export async function openTunnel(proxyUrl: string, target: string, signal: AbortSignal): Promise<net.Socket> {
  const place = parseProxy(proxyUrl);
  if (place === undefined) throw clusterError('invalid-config', 'proxy-url of the kubeconfig is not a URL.');
  const { isTls, host, port } = place;
  const name = `The proxy ${proxyPlace(proxyUrl) ?? ''}`;
  let open: net.Socket | undefined;
  try {
    const raw = await connected(net.connect({ host, port }), 'connect', signal);
    open = raw;
    const socket = isTls
      ? await connected(
          tls.connect({ socket: raw, host, ...(net.isIP(host) === 0 ? { servername: host } : {}) }),
          'secureConnect',
          signal,
        )
      : raw;
    const login = loginOf(proxyUrl);
    const status = await askForTunnel(socket, target, login, signal);
    if (status === 200) return socket;
    socket.destroy();
    throw clusterError(
      status === 407 ? 'proxy-auth' : 'proxy',
      `${name} ${refusal(status, target, login !== undefined)}.`,
      {
        status,
      },
    );
  } catch (error) {
    if (error instanceof ClusterError) throw error;
    open?.destroy();
    const words = signal.aborted ? 'did not answer in time' : whyUnreached(codeOf(error) ?? '');
    throw clusterError(
      'proxy',
      `${name} ${words}; it was to lead to ${target}. Check proxy-url in the kubeconfig.`,
      { cause: error },
    );
  }
}

function refusal(status: number, target: string, hasLogin: boolean): string {
  if (status === 407)
    return hasLogin
      ? `does not accept the user name and password of proxy-url. It was to lead to ${target}`
      : `asks for a user name and password; put them into proxy-url. It was to lead to ${target}`;
  // What a proxy answers when the way behind it is broken.
  if (status === 502 || status === 503 || status === 504)
    return `answers, and could not reach ${target} itself (HTTP ${status})`;
  return `does not let ${target} pass (HTTP ${status})`;
}

function whyUnreached(code: string): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NODATA')
    return 'could not be reached: its name cannot be resolved from this machine';
  if (code === 'ECONNREFUSED') return 'could not be reached: nothing listens there';
  if (code.startsWith('HPE_')) return 'does not answer as a proxy does';
  if (/^(?:ERR_SSL_|ERR_TLS_|CERT_|DEPTH_|SELF_SIGNED_|UNABLE_)/.test(code) || code === 'EPROTO')
    return `is not trusted over TLS (${code})`;
  return 'could not be reached';
}

/** `user:password` of the URL, as it is sent; undefined where there is neither. */
function loginOf(proxyUrl: string): string | undefined {
  const { username, password } = new URL(proxyUrl);
  const login = `${decoded(username)}:${decoded(password)}`;
  return login === ':' ? undefined : login;
}

/** A password with a lone percent sign is taken as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
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
