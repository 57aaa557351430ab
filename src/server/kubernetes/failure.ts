import type { Failure, FailureKind } from '../../api/evidence.ts';
import { ClusterError } from '../../services/ports.ts';

/** Makes the error every method of the adapter throws. */
export function clusterError(
  kind: FailureKind,
  message: string,
  detail: { status?: number; reason?: string; cause?: unknown } = {},
): ClusterError {
  const failure: Failure = { kind, message };
  return new ClusterError(failure, detail);
}

/** `code` of an error of Node or undici, looked for along its causes. */
export function codeOf(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    if (at instanceof AggregateError) {
      const inner = at.errors.map((one: unknown) => codeOf(one)).find((code) => code !== undefined);
      if (inner !== undefined) return inner;
    }
  }
  return undefined;
}

/** Takes long opaque words, and the given secrets, out of text that others wrote. */
export function withoutSecrets(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) if (secret.length >= 4) clean = clean.replaceAll(secret, '…');
  clean = clean
    .replaceAll(/[A-Za-z0-9+/_=-]{40,}(?:\.[A-Za-z0-9+/_=-]+)*/g, '…')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return clean.length > 300 ? `${clean.slice(0, 300)}…` : clean;
}

const TLS_WORDS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired. Renew the certificate of the API server',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet. Compare the clocks of the two machines',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another host name. Use a name that is in the certificate, or set tls-server-name in the kubeconfig',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is self-signed and is not in the kubeconfig. Set certificate-authority-data to the cluster’s authority',
  SELF_SIGNED_CERT_IN_CHAIN:
    'its certificate is signed by an authority that is not the one in the kubeconfig. Update certificate-authority-data; the cluster may have been created anew',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is signed by an authority that is not in the kubeconfig. Update certificate-authority-data; the cluster may have been created anew',
  UNABLE_TO_GET_ISSUER_CERT:
    'its certificate is signed by an authority that is not in the kubeconfig. Update certificate-authority-data',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is signed by an authority that is not in the kubeconfig. Update certificate-authority-data',
  CERT_SIGNATURE_FAILURE:
    'its certificate does not match the authority in the kubeconfig. Update certificate-authority-data; the cluster may have been created anew',
  ERR_SSL_WRONG_VERSION_NUMBER:
    'it does not speak TLS on this port. Check the port, or use http:// in the kubeconfig',
  ERR_SSL_PACKET_LENGTH_TOO_LONG:
    'it does not speak TLS on this port. Check the port, or use http:// in the kubeconfig',
  EPROTO: 'it does not speak TLS as it should. Check the port in the kubeconfig',
};

/** Why no authority vouches for a certificate, in words; undefined where it is its dates or its name. */
export function distrustWords(code: string): string | undefined {
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID' || code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return undefined;
  const [why] = (TLS_WORDS[code] ?? `it is not trusted (${code})`).split('. ');
  return why?.replace(/^its certificate/, 'it');
}

function isTlsCode(code: string): boolean {
  return (
    code in TLS_WORDS ||
    code.startsWith('ERR_SSL_') ||
    code.startsWith('ERR_TLS_') ||
    code.startsWith('ERR_OSSL_') ||
    /^(?:CERT|CRL)_/.test(code)
  );
}

function notHttp(host: string): string {
  return `What answers at ${host} does not speak HTTP as a Kubernetes API server does.`;
}

/**
 * Turns whatever a socket, TLS or undici threw into a `ClusterError` that names the host in words. The text of the
 * original error stays in `cause` and is not repeated, since it may quote what was sent.
 */
export function fromTransport(error: unknown, host: string): ClusterError {
  if (error instanceof ClusterError) return error;
  const code = codeOf(error) ?? '';
  const made = (kind: FailureKind, message: string) => clusterError(kind, message, { cause: error });
  if (error instanceof Error && error.name === 'TimeoutError')
    return made('timeout', `${host} did not finish its answer in time.`);
  if (error instanceof Error && error.name === 'AbortError')
    return made('other', `The request to ${host} was cancelled.`);
  // The one error of undici’s that may come without a code: SSH’s greeting, for instance, is no HTTP from its first letter.
  if (error instanceof Error && error.name === 'HTTPParserError') return made('protocol', notHttp(host));
  if (/CERTIFICATE_REQUIRED|ALERT_BAD_CERTIFICATE|ALERT_UNKNOWN_CA|ALERT_CERTIFICATE/.test(code)) {
    return made(
      'tls',
      `${host} does not accept the client certificate of this kubeconfig. Fetch the kubeconfig anew.`,
    );
  }
  if (isTlsCode(code)) {
    const words =
      TLS_WORDS[code] ?? `the TLS handshake failed (${code}). Check the certificates in the kubeconfig`;
    return made('tls', `The connection to ${host} is not trusted: ${words}.`);
  }
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return made(
        'dns',
        `The name of ${host} cannot be resolved from this machine. Check the server URL, DNS, or the VPN.`,
      );
    case 'ECONNREFUSED':
      return made(
        'refused',
        `${host} refused the connection: nothing listens there. Is the cluster running?`,
      );
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return made(
        'timeout',
        `${host} did not answer the connection in time. A firewall or a missing VPN is likely.`,
      );
    case 'UND_ERR_HEADERS_TIMEOUT':
      return made('timeout', `${host} accepted the request and did not answer in time.`);
    case 'UND_ERR_BODY_TIMEOUT':
      return made('timeout', `${host} stopped in the middle of its answer.`);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return made('unreachable', `There is no route to ${host} from this machine.`);
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
    case 'UND_ERR_INFO':
    case 'UND_ERR_DESTROYED':
    case 'UND_ERR_CLOSED':
    case 'UND_ERR_ABORTED':
    case 'ERR_HTTP2_STREAM_ERROR':
    case 'ERR_HTTP2_SESSION_ERROR':
    case 'ERR_HTTP2_STREAM_CANCEL':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return made('unreachable', `The connection to ${host} broke.`);
    default:
      if (code.startsWith('HPE_') || code.startsWith('ERR_HTTP2_') || code.startsWith('UND_ERR_')) {
        return made('protocol', notHttp(host));
      }
      return made('other', `The request to ${host} failed${code === '' ? '' : ` (${code})`}.`);
  }
}
