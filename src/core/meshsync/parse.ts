import { fieldOf, isJsonObject, type JsonObject, type ResourceChange } from './change.ts';
import { decodeResource } from './decode.ts';
import { decodeText } from './text.ts';

/** Why a message, or one object of a batch, was not stored. */
export const REJECTIONS = [
  'too-large',
  'not-json',
  'not-an-envelope',
  'unknown-type',
  'unknown-event',
  'no-object',
  'no-identity',
  'no-cluster',
  'foreign-cluster',
  'error-event',
  'too-many',
] as const;
export type RejectionReason = (typeof REJECTIONS)[number];

export interface Rejection {
  readonly reason: RejectionReason;
  /** What was received, shortened, without the values of Secrets, for a person to look at. */
  readonly sample: string;
}

export type ParsedMessage =
  /** `rejected` holds the bad ones of a batch; the good ones are not lost because of them. */
  | {
      readonly kind: 'changes';
      readonly changes: readonly ResourceChange[];
      readonly rejected: readonly Rejection[];
    }
  | ({ readonly kind: 'rejected' } & Rejection)
  /** Understood, and nothing to store: another stream of MeshSync's. */
  | { readonly kind: 'ignored'; readonly what: string }
  /** The answer to a version request. */
  | { readonly kind: 'version'; readonly version: string };

export interface ParseLimits {
  readonly maxBytes: number;
  /** Objects of one batch. MeshSync sends at most five. */
  readonly maxObjects: number;
  /** The cluster this connection leads to, where it is known: data of another one is refused. */
  readonly clusterUid: string | undefined;
  /** See `decodeResource`. */
  readonly keepsAttributes?: boolean;
}

/** NATS carries 1 MiB by default and 64 MiB at the very most; a Kubernetes object never exceeds 1.5 MiB by much. */
export const DEFAULT_LIMITS: ParseLimits = {
  maxBytes: 8 * 1024 * 1024,
  maxObjects: 1000,
  clusterUid: undefined,
};

const SAMPLE_CHARACTERS = 400;
/** Streams of MeshSync's that carry no cluster state. Source: domain.md 4.1. */
const OTHER_TYPES = new Set([
  'request-payload',
  'log-stream',
  'smi-data',
  'exec-input',
  'exec-output',
  'active-exec',
]);

/**
 * One message of MeshSync's, live or from a dump, of any version and either spelling of the keys.
 * Never throws: what cannot be used is told by reason. Source: domain.md 4.1 and 4.3.
 */
export function parseMessage(body: Uint8Array, limits: ParseLimits): ParsedMessage {
  if (body.length > limits.maxBytes) {
    return {
      kind: 'rejected',
      reason: 'too-large',
      sample: `${body.length} bytes, the limit is ${limits.maxBytes}`,
    };
  }
  const text = decodeText(body);
  let envelope: unknown;
  try {
    envelope = JSON.parse(text);
  } catch {
    // The reason says it; the sample shows the text, and the parser's own words would add nothing to it.
    return reject('not-json', text);
  }
  if (!isJsonObject(envelope)) return reject('not-an-envelope', envelope);
  return parseEnvelope(envelope, limits);
}

function parseEnvelope(envelope: JsonObject, limits: ParseLimits): ParsedMessage {
  const objectType = fieldOf(envelope, 'ObjectType') ?? '';
  const eventType = fieldOf(envelope, 'EventType') ?? '';
  const object = fieldOf(envelope, 'Object');
  if (typeof objectType !== 'string') return reject('unknown-type', envelope);
  if (typeof eventType !== 'string') return reject('unknown-event', envelope);
  const event = eventType.toUpperCase();
  // With ERROR the object is a Go error, which arrives as any shape at all.
  if (event === 'ERROR' || objectType === 'error') return reject('error-event', object ?? envelope);
  if (OTHER_TYPES.has(objectType)) return { kind: 'ignored', what: objectType };
  if (objectType !== '' && objectType !== 'meshsync-data') return reject('unknown-type', envelope);
  if (typeof object === 'string' && object !== '') return { kind: 'version', version: object.slice(0, 100) };
  if (event === 'RESYNC' && (object === undefined || object === null))
    return { kind: 'ignored', what: 'resync' };
  if (object === undefined || object === null || typeof object !== 'object')
    return reject('no-object', envelope);
  const how = EVENTS.get(event);
  if (how === undefined) return reject('unknown-event', envelope);
  const objects: unknown[] = Array.isArray(object) ? object : [object];
  if (objects.length === 0) return { kind: 'ignored', what: 'empty batch' };
  if (objects.length > limits.maxObjects)
    return reject('too-many', `${objects.length} objects in one message`);
  return parseObjects(objects, how, limits);
}

/** An empty event type comes with a dump of the informers' store. */
const EVENTS = new Map<string, { readonly type: 'upsert' | 'delete'; readonly isSnapshot: boolean }>([
  ['ADDED', { type: 'upsert', isSnapshot: false }],
  ['MODIFIED', { type: 'upsert', isSnapshot: false }],
  ['DELETED', { type: 'delete', isSnapshot: false }],
  ['RESYNC', { type: 'upsert', isSnapshot: true }],
  ['', { type: 'upsert', isSnapshot: true }],
]);

function parseObjects(
  objects: readonly unknown[],
  how: { readonly type: 'upsert' | 'delete'; readonly isSnapshot: boolean },
  limits: ParseLimits,
): ParsedMessage {
  const changes: ResourceChange[] = [];
  const rejected: Rejection[] = [];
  const decoding = { ...how, keepsAttributes: limits.keepsAttributes === true };
  for (const object of objects) {
    const result = isJsonObject(object) ? decodeResource(object, decoding, limits.clusterUid) : 'no-object';
    if (typeof result === 'string') rejected.push({ reason: result, sample: sampleOf(object) });
    else changes.push(result);
  }
  const [first] = rejected;
  if (changes.length === 0 && rejected.length === 1 && first !== undefined)
    return { kind: 'rejected', ...first };
  return { kind: 'changes', changes, rejected };
}

function reject(reason: RejectionReason, what: unknown): ParsedMessage {
  return { kind: 'rejected', reason, sample: sampleOf(what) };
}

/** Shortened; an object that says it is a Secret, or might be one, shows its keys and no values. */
function sampleOf(what: unknown): string {
  const text = typeof what === 'string' ? what : (JSON.stringify(what) ?? '');
  if (/secret/i.test(text))
    return `a message of ${text.length} characters that speaks of a Secret (not shown)`;
  return text.length > SAMPLE_CHARACTERS ? `${text.slice(0, SAMPLE_CHARACTERS)}…` : text;
}
