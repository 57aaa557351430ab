import {
  fieldOf,
  isJsonObject,
  type JsonObject,
  type OwnerReference,
  type ResourceChange,
} from './change.ts';
import { redactAnnotations, redactBody } from './redact.ts';

/**
 * A MeshSync object in the API's own shape: labels and annotations from rows to a map, `spec` and `status` from JSON
 * text to values. Takes a plain Kubernetes object just as well, so that a list of the API decodes alike.
 *
 * @returns the change, or the reason why there is none. Source: domain.md 4.3.
 */
export function decodeResource(
  object: JsonObject,
  how: {
    readonly type: 'upsert' | 'delete';
    readonly isSnapshot: boolean;
    /** The JSON text of spec and status stays text, see `openAttributes`: for a store that may never show it. */
    readonly keepsAttributes?: boolean;
  },
  expectedClusterUid: string | undefined,
): ResourceChange | 'no-identity' | 'no-cluster' | 'foreign-cluster' {
  const rawMetadata = fieldOf(object, 'metadata');
  const metadata = isJsonObject(rawMetadata) ? rawMetadata : {};
  const kind = textOf(fieldOf(object, 'kind'));
  const apiVersion = textOf(fieldOf(object, 'apiVersion'));
  const name = textOf(metadata['name']);
  if (kind === '' || apiVersion === '' || name === '') return 'no-identity';

  const told = textOf(fieldOf(object, 'cluster_id')) || textOf(metadata['cluster_id']);
  if (told !== '' && expectedClusterUid !== undefined && told !== expectedClusterUid)
    return 'foreign-cluster';
  const clusterUid = told === '' ? expectedClusterUid : told;
  if (clusterUid === undefined || clusterUid === '') return 'no-cluster';

  const labels = mapOf(metadata['labels']);
  const annotations = redactAnnotations(kind, mapOf(metadata['annotations']));
  const owners = ownersOf(metadata['ownerReferences']);
  const createdAt = timeOf(metadata['creationTimestamp']);
  const namespace = textOf(metadata['namespace']);
  const uid = textOf(metadata['uid']);
  const resourceVersion = textOf(metadata['resourceVersion']);
  return {
    type: how.type,
    clusterUid,
    apiVersion,
    kind,
    namespace,
    name,
    uid,
    resourceVersion,
    labels,
    annotations,
    owners,
    createdAt,
    body: redactBody(
      kind,
      bodyOf(object, { apiVersion, kind, metadata, labels, annotations }, how.keepsAttributes === true),
    ),
    isSnapshot: how.isSnapshot,
  };
}

function bodyOf(
  object: JsonObject,
  known: {
    apiVersion: string;
    kind: string;
    metadata: JsonObject;
    labels: Record<string, string>;
    annotations: Record<string, string>;
  },
  keepsAttributes: boolean,
): JsonObject {
  const metadata: JsonObject = {};
  for (const key of Object.keys(known.metadata)) {
    // `id` and `cluster_id` are MeshSync's own; managed fields are half of an object and tell nobody anything.
    if (key === 'id' || key === 'cluster_id' || key === 'managedFields' || key === '__proto__') continue;
    const value = known.metadata[key];
    metadata[key] = key === 'ownerReferences' || key === 'finalizers' ? jsonOf(value) : value;
  }
  if (Object.keys(known.labels).length > 0) metadata['labels'] = known.labels;
  else delete metadata['labels'];
  if (Object.keys(known.annotations).length > 0) metadata['annotations'] = known.annotations;
  else delete metadata['annotations'];

  const body: JsonObject = { apiVersion: known.apiVersion, kind: known.kind, metadata };
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === null || OWN_FIELDS.has(key) || Object.hasOwn(body, key)) continue;
    if (KNOWN_SPELLINGS.has(key.toLowerCase()) && !Object.hasOwn(object, key.toLowerCase())) continue;
    body[key] = TEXT_FIELDS.has(key) ? jsonOf(value) : keepsAttributes ? value : attributeOf(value);
  }
  return body;
}

/** A body that was decoded with `keepsAttributes`, in the API's own shape; any other stays as it is. */
export function openAttributes(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, attributeOf(value)]));
}

/** Fields that MeshSync adds and no object of Kubernetes has. */
const OWN_FIELDS = new Set([
  'id',
  'model',
  'cluster_id',
  'pattern_resource',
  'component_metadata',
  '__proto__',
]);
const KNOWN_SPELLINGS = new Set(['kind', 'apiversion', 'metadata']);
/** MeshSync carries these as JSON text, the API as values. */
const TEXT_FIELDS = new Set(['data', 'binaryData', 'stringData']);

/** `{ id, attribute: "<json>" }` is MeshSync's wrapping of spec and status; everything else is left as it is. */
function attributeOf(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  const keys = Object.keys(value);
  if (keys.length > 2 || typeof value['attribute'] !== 'string') return value;
  if (keys.some((key) => key !== 'id' && key !== 'attribute')) return value;
  return jsonOf(value['attribute']);
}

/** JSON text to its value; what is no JSON stays as it came. */
function jsonOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    // A field that says it is JSON and is not: the object is still worth keeping, with the text as it was.
    return value;
  }
}

/** Rows `[{ key, value }]` or a plain map. Later rows win; what is neither is empty. */
function mapOf(value: unknown): Record<string, string> {
  // Without a prototype, a label named `__proto__` is only a label.
  const map: Record<string, string> = Object.create(null) as Record<string, string>;
  if (Array.isArray(value)) {
    for (const row of value) {
      if (!isJsonObject(row) || typeof row['key'] !== 'string' || row['key'] === '') continue;
      map[row['key']] = textOf(row['value']);
    }
    return map;
  }
  if (!isJsonObject(value)) return map;
  for (const [key, text] of Object.entries(value)) map[key] = textOf(text);
  return map;
}

function ownersOf(value: unknown): OwnerReference[] {
  const list = jsonOf(value);
  if (!Array.isArray(list)) return [];
  return list.filter(isJsonObject).map((owner) => ({
    apiVersion: textOf(owner['apiVersion']),
    kind: textOf(owner['kind']),
    name: textOf(owner['name']),
    uid: textOf(owner['uid']),
  }));
}

/** As Kubernetes writes times, which needs no conversion. */
const PLAIN_TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

function timeOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (PLAIN_TIME.test(value)) return value;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
