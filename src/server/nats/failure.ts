import { errors } from '@nats-io/transport-node';
import type { Failure, FailureKind } from '../../api/evidence.ts';
import { BrokerError, ClusterError } from '../../services/ports.ts';

/** Codes of Node’s sockets and resolver, as kinds of ours. */
const KIND_OF_CODE: Readonly<Record<string, FailureKind>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ECONNRESET: 'unreachable',
  EPIPE: 'unreachable',
};

/** What the client says when INFO was not the first thing it read. */
const NOT_NATS = 'unexpected response from server';
/**
 * What it says when the other side closed without an error of the socket: before its greeting, and after CONNECT.
 * Where nothing listens, the code of the socket has told so before.
 */
const CLOSED_EARLY: ReadonlySet<string> = new Set([
  'error connecting - node provided an undefined error',
  'connection refused',
]);

/**
 * Why something failed towards the Broker at `where` (an address or the label of a stream). Branches on classes and
 * codes; message text is looked at only where the client gives nothing else.
 */
export function failureOf(error: unknown, where: string): Failure {
  if (error instanceof BrokerError || error instanceof ClusterError) return error.failure;
  if (error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError) {
    return { kind: 'auth', message: `The Broker at ${where} refuses the token: ${error.message}.` };
  }
  if (error instanceof errors.PermissionViolationError) {
    // Not `auth`: it has let us in, so the token is right.
    return {
      kind: 'forbidden',
      message: `The Broker at ${where} forbids to ${error.operation} ${error.subject}.`,
    };
  }
  if (error instanceof errors.TimeoutError) {
    return { kind: 'timeout', message: `${where} did not answer as a NATS server in time.` };
  }
  if (error instanceof errors.ProtocolError || error instanceof SyntaxError) {
    return { kind: 'protocol', message: `What answers at ${where} does not speak NATS as expected.` };
  }
  return fromCode(error, where);
}

function fromCode(error: unknown, where: string): Failure {
  const code = codeOf(error);
  const kind = code === undefined ? undefined : KIND_OF_CODE[code];
  if (code !== undefined && kind !== undefined) return { kind, message: `${words(kind, where)} (${code}).` };
  if (
    code !== undefined &&
    (code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || code.includes('CERT'))
  ) {
    return { kind: 'tls', message: `The certificate or TLS of ${where} cannot be accepted (${code}).` };
  }
  const message = error instanceof Error ? error.message : undefined;
  if (message === NOT_NATS) {
    return { kind: 'protocol', message: `What answers at ${where} is not a NATS server.` };
  }
  if (error instanceof errors.ConnectionError && CLOSED_EARLY.has(error.message)) {
    return {
      kind: 'unreachable',
      message: `${where} took the connection and closed it before it let us in.`,
    };
  }
  // The client stumbled over a greeting whose parts are of other types than NATS has.
  if (error instanceof TypeError) {
    return { kind: 'protocol', message: `What answers at ${where} does not speak NATS as expected.` };
  }
  if (message === undefined || message === '' || error instanceof errors.ClosedConnectionError) {
    return { kind: 'unreachable', message: `${where} closed the connection without a word.` };
  }
  return { kind: 'other', message: `The connection to ${where} failed: ${message}.` };
}

function words(kind: FailureKind, where: string): string {
  switch (kind) {
    case 'refused':
      return `Nothing listens at ${where}: the connection was refused`;
    case 'dns':
      return `The name in ${where} cannot be resolved`;
    case 'timeout':
      return `${where} did not answer in time`;
    default:
      return `${where} cannot be reached`;
  }
}

/** The code of an error or of what caused it; Node wraps several attempts in an AggregateError. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return codeOf(inner);
}
