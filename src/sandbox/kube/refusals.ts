import type { FailureKind } from '../../api/evidence.ts';
import type { AccessQuestion } from '../../services/ports.ts';
import { ClusterError } from '../../services/ports.ts';
import type { ServedKind } from './kinds.ts';

/** The refusals of an API server, with its own status, reason and wording. */

function qualified(kind: Pick<ServedKind, 'group' | 'plural'>): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}

export function notServed(): ClusterError {
  const message = 'the server could not find the requested resource';
  return new ClusterError({ kind: 'not-found', message }, { status: 404, reason: 'NotFound' });
}

export function notFound(kind: Pick<ServedKind, 'group' | 'plural'>, name: string): ClusterError {
  const message = `${qualified(kind)} "${name}" not found`;
  return new ClusterError({ kind: 'not-found', message }, { status: 404, reason: 'NotFound' });
}

export function alreadyExists(kind: ServedKind, name: string): ClusterError {
  const message = `${qualified(kind)} "${name}" already exists`;
  return new ClusterError({ kind: 'conflict', message }, { status: 409, reason: 'AlreadyExists' });
}

export function conflict(message: string): ClusterError {
  return new ClusterError({ kind: 'conflict', message }, { status: 409, reason: 'Conflict' });
}

export function invalid(message: string): ClusterError {
  return new ClusterError({ kind: 'other', message }, { status: 422, reason: 'Invalid' });
}

export function badRequest(message: string): ClusterError {
  return new ClusterError({ kind: 'other', message }, { status: 400, reason: 'BadRequest' });
}

export function expired(resourceVersion: string, oldest: number): ClusterError {
  const message = `too old resource version: ${resourceVersion} (${oldest})`;
  return new ClusterError({ kind: 'expired', message }, { status: 410, reason: 'Expired' });
}

export function unauthorized(): ClusterError {
  return new ClusterError(
    { kind: 'unauthorized', message: 'Unauthorized' },
    { status: 401, reason: 'Unauthorized' },
  );
}

export function forbidden(user: string, question: AccessQuestion): ClusterError {
  const { verb, group, subresource, namespace, name } = question;
  const resource = subresource === undefined ? question.resource : `${question.resource}/${subresource}`;
  const about = name === undefined ? question.resource : `${question.resource} "${name}"`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const message = `${about} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
  return new ClusterError(
    {
      kind: 'forbidden',
      message,
      permission: {
        verb,
        group,
        resource,
        ...(namespace === undefined ? {} : { namespace }),
        ...(name === undefined ? {} : { name }),
      },
    },
    { status: 403, reason: 'Forbidden' },
  );
}

export function terminating(kind: ServedKind, name: string, namespace: string): ClusterError {
  const message = `${qualified(kind)} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`;
  return new ClusterError({ kind: 'forbidden', message }, { status: 403, reason: 'Forbidden' });
}

/** The proxy that somebody writes into a kubeconfig here. */
export const SIMULATED_PROXY = 'proxy.example:3128';

/** Ways in which no answer of an API server comes at all, each in the words of the real adapter. */
const LINK_FAILURES = {
  unreachable: ['unreachable', (host) => `dial ${host}: connect: no route to host`],
  refused: ['refused', (host) => `dial ${host}: connect: connection refused`],
  'no-such-name': ['dns', (host) => `lookup ${host}: no such host`],
  untrusted: ['tls', (host) => `${host}: the certificate is signed by an authority that is not known`],
  'expired-certificate': [
    'tls',
    (host) => `${host}: the certificate has expired, or the clock of one side is wrong`,
  ],
  'certificate-of-another': [
    'tls',
    (host) =>
      `The connection to ${host} is not trusted: its certificate is for another host name. Use a name that is in the certificate, or set tls-server-name in the kubeconfig.`,
  ],
  'proxy-refuses': [
    'proxy',
    (host) => `The proxy ${SIMULATED_PROXY} does not let ${host} pass (HTTP 403).`,
    403,
  ],
  'proxy-wants-login': [
    'proxy-auth',
    (host) =>
      `The proxy ${SIMULATED_PROXY} asks for a user name and password; put them into proxy-url. It was to lead to ${host}.`,
    407,
  ],
  'proxy-gone': [
    'proxy',
    (host) =>
      `The proxy ${SIMULATED_PROXY} could not be reached: its name cannot be resolved from this machine; it was to lead to ${host}. Check proxy-url in the kubeconfig.`,
  ],
  overloaded: ['unavailable', () => 'etcdserver: request timed out (503)'],
  'login-page': ['protocol', (host) => `${host} answered with text/html instead of JSON`],
  'connection-reset': ['other', (host) => `${host}: the stream was reset with an unknown code`],
  'login-program-fails': [
    'exec-failed',
    () => 'the program “cloud-login” ended with exit code 1: login has expired',
  ],
} as const satisfies Record<string, readonly [FailureKind, (host: string) => string, number?]>;
export type LinkFailure = keyof typeof LINK_FAILURES | 'unauthorized';

export function noAnswer(failure: LinkFailure, server: string): ClusterError {
  if (failure === 'unauthorized') return unauthorized();
  const [kind, words, status]: readonly [FailureKind, (host: string) => string, number?] =
    LINK_FAILURES[failure];
  return new ClusterError(
    { kind, message: words(new URL(server).host) },
    status === undefined ? {} : { status },
  );
}

/** The API server itself fails at a kind of objects. */
export function unreadable(kind: Pick<ServedKind, 'group' | 'plural'>): ClusterError {
  const message = `Internal error occurred: ${qualified(kind)}: illegal base64 data in stored object`;
  return new ClusterError({ kind: 'unavailable', message }, { status: 500, reason: 'InternalError' });
}

export function unreachable(server: string): ClusterError {
  const message = `dial ${server}: connect: no route to host`;
  return new ClusterError({ kind: 'unreachable', message });
}

/** The caller gave up waiting. */
export function givenUp(server: string, signal: AbortSignal): ClusterError {
  if (signal.reason instanceof ClusterError) return signal.reason;
  return new ClusterError(
    { kind: 'timeout', message: `${server} did not answer before the request was given up.` },
    { cause: signal.reason },
  );
}
