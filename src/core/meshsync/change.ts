/** An owner of an object, as its metadata names it. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** One object of a cluster changed. What MeshSync sends and what a list of the API gives both become this. */
export interface ResourceChange {
  readonly type: 'upsert' | 'delete';
  readonly clusterUid: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for an object without a namespace. */
  readonly namespace: string;
  readonly name: string;
  /** Empty where the sender left it out. */
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly owners: readonly OwnerReference[];
  readonly createdAt: string | undefined;
  /** The object in the API's own shape, values of Secrets redacted. */
  readonly body: Readonly<Record<string, unknown>>;
  /** It comes from a dump of what MeshSync holds, which may be older than a change already seen. */
  readonly isSnapshot: boolean;
}

export type JsonObject = Record<string, unknown>;

/** A JSON object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A field by its name, in any case: Go writes PascalCase where no JSON name is declared and reads any case, so both
 * spellings are on the wire.
 */
export function fieldOf(object: JsonObject, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  const wanted = name.toLowerCase();
  for (const key of Object.keys(object)) {
    if (key.length === name.length && key.toLowerCase() === wanted) return object[key];
  }
  return undefined;
}
