import { isJsonObject, type JsonObject } from './change.ts';

/** What stands where a Secret's value stood. The same word MeshSync uses when it redacts by itself. */
export const REDACTED = '[REDACTED]';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** In lower case: whatever the spelling, a value must not slip through. */
const VALUE_FIELDS = new Set(['data', 'stringdata', 'binarydata']);

/** The annotations, with the last-applied one redacted on Secrets because it repeats the whole object. */
export function redactAnnotations(kind: string, annotations: Record<string, string>): Record<string, string> {
  if (!isSecret(kind) || annotations[LAST_APPLIED] === undefined) return annotations;
  return { ...annotations, [LAST_APPLIED]: REDACTED };
}

/**
 * The object without the values of a Secret; keys stay, so that a person sees what it holds. Other kinds are returned
 * as they are. Source: domain.md 10.5 pain 59.
 */
export function redactBody(kind: string, body: JsonObject): JsonObject {
  if (!isSecret(kind)) return body;
  const redacted: JsonObject = { ...body };
  for (const [field, value] of Object.entries(body)) {
    if (!VALUE_FIELDS.has(field.toLowerCase()) || value === undefined || value === null) continue;
    redacted[field] = isJsonObject(value)
      ? Object.fromEntries(Object.keys(value).map((key) => [key, REDACTED]))
      : REDACTED;
  }
  return redacted;
}

function isSecret(kind: string): boolean {
  return kind.toLowerCase() === 'secret';
}
