import { z } from 'zod';
import type { Failure, FailureKind, Permission } from '../../api/evidence.ts';
import { ClusterError } from '../../services/ports.ts';
import type { KubeObject } from '../../services/ports.ts';
import { clusterError, withoutSecrets } from './failure.ts';

const Metadata = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  generation: z.number().optional(),
  creationTimestamp: z.string().nullish(),
  deletionTimestamp: z.string().optional(),
  labels: z.record(z.string(), z.string()).nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
  finalizers: z.array(z.string()).nullish(),
  ownerReferences: z
    .array(z.looseObject({ apiVersion: z.string(), kind: z.string(), name: z.string(), uid: z.string() }))
    .nullish(),
});
const ObjectShape = z.looseObject({ metadata: Metadata });

/** Checks that parsed JSON is an object with metadata. Throws a `ZodError`. */
export function parseObject(value: unknown): KubeObject {
  ObjectShape.parse(value);
  // Checked above; the value itself is kept, because a copy per object is what makes large lists slow. Fields that
  // the API server may send as null mean absent, and no reader of a KubeObject tells the two apart.
  return value as KubeObject;
}

export const ListShape = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string().default(''), continue: z.string().optional() }),
  items: z
    .array(z.unknown())
    .nullish()
    .transform((items) => items ?? []),
  kind: z.string().optional(),
  apiVersion: z.string().optional(),
});

export const StatusShape = z.looseObject({
  kind: z.literal('Status'),
  message: z.string().optional(),
  reason: z.string().optional(),
  code: z.number().optional(),
});
export type StatusShape = z.infer<typeof StatusShape>;

/** What a request was about, so that its failure can be told in words and as a permission. */
export interface Subject {
  readonly host: string;
  /** “list pods”. */
  readonly words: string;
  readonly permission: Permission | undefined;
}

function kindOf(status: number): FailureKind {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 409) return 'conflict';
  if (status === 410) return 'expired';
  if (status === 407) return 'proxy';
  if (status === 429 || status >= 500) return 'unavailable';
  return status === 400 || status === 422 ? 'other' : 'protocol';
}

function sentence(kind: FailureKind, status: number, { host, words, permission }: Subject): string {
  switch (kind) {
    case 'unauthorized':
      return `${host} does not accept the credentials of this kubeconfig: they expired or were revoked. Fetch the kubeconfig anew.`;
    case 'forbidden':
      return permission?.namespace === undefined
        ? `${host} does not allow this user to ${words}.`
        : `${host} does not allow this user to ${words} in namespace ${permission.namespace}.`;
    case 'not-found':
      return `${host} has nothing by that name (${words}).`;
    case 'conflict':
      return `${host} refused to ${words}: it conflicts with what is there.`;
    case 'expired':
      return `${host} no longer holds that version of the list; it has to be read again (${words}).`;
    case 'unavailable':
      return status === 429
        ? `${host} is overloaded and asks to wait (${words}).`
        : `${host} answers, and is not able to serve (${words}, HTTP ${status}).`;
    case 'protocol':
      return status >= 300 && status < 400
        ? `${host} answers with a redirect (HTTP ${status}), which is not followed. Put the final URL into the kubeconfig.`
        : `${host} answered in a way a Kubernetes API server does not (${words}, HTTP ${status}).`;
    default:
      return `${host} refused to ${words} (HTTP ${status}).`;
  }
}

/** Makes the error of a reply that is not a success. `body` is what was read of it; secrets are taken out. */
export function fromStatus(
  status: number,
  body: string,
  subject: Subject,
  secrets: readonly string[],
): ClusterError {
  const told = statusOf(body);
  return statusError(status, told, subject, secrets);
}

/** The same for a `Status` object that came inside a watch. */
export function statusError(
  status: number,
  told: StatusShape | undefined,
  subject: Subject,
  secrets: readonly string[],
): ClusterError {
  const kind = kindOf(status);
  const said = withoutSecrets(told?.message ?? '', secrets);
  const base = sentence(kind, status, subject);
  const isTold = said !== '' && (kind === 'conflict' || kind === 'other' || kind === 'unavailable');
  const failure: Failure = {
    kind,
    message: isTold ? `${base} It says: ${said}` : base,
    ...(kind === 'forbidden' && subject.permission !== undefined ? { permission: subject.permission } : {}),
  };
  return new ClusterError(failure, {
    status,
    ...(told?.reason === undefined ? {} : { reason: told.reason }),
  });
}

function statusOf(body: string): StatusShape | undefined {
  try {
    const parsed = StatusShape.safeParse(JSON.parse(body));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // Not JSON: a proxy’s page, for instance. The HTTP status says enough.
    return undefined;
  }
}

/** Parses a successful reply; what does not fit is a failure of kind `protocol`. */
export function parseReply<T>(body: string, parse: (value: unknown) => T, subject: Subject): T {
  try {
    return parse(JSON.parse(body) as unknown);
  } catch (cause) {
    throw clusterError(
      'protocol',
      `${subject.host} answered with something else than Kubernetes would (${subject.words}). Is this the API server?`,
      {
        cause,
      },
    );
  }
}
