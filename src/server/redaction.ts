/** Names of fields whose value is never written down, whatever it is. */
const SECRET_NAME =
  /token|password|passwd|secret|authorization|cookie|credential|private.?key|key-data|client-?key|kubeconfig/i;
/** A field that tells *about* a secret, not the secret itself. */
const HARMLESS_NAME = /^(credentialsMark|hasToken)$/;

/** Shapes of secrets inside longer texts: PEM blocks, bearer tokens, JSON web tokens, passwords in URLs. */
const SECRET_SHAPES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(-----END [A-Z ]+-----|$)/g, '[redacted PEM]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 [redacted]'],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(\.[\w-]*)?/g, '[redacted token]'],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@:]+:[^\s/@]+@/gi, '$1[redacted]@'],
  [
    /\b((?:client-(?:key|certificate)|certificate-authority)-data|token|password)(["']?\s*[:=]\s*["']?)[^\s"',}]{4,}/gi,
    '$1$2[redacted]',
  ],
];

const DEEPEST = 6;
const LONGEST = 2000;

/** A text without what looks like a credential, cut at 2,000 characters. */
export function scrubbed(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return SECRET_SHAPES.reduce((result, [shape, instead]) => result.replace(shape, instead), cut);
}

/** A copy for the log: secret fields blanked, texts scrubbed, errors as plain objects, depth limited. */
export function redacted(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, safe(name, value, 0)]));
}

function safe(name: string, value: unknown, depth: number): unknown {
  if (
    SECRET_NAME.test(name) &&
    !HARMLESS_NAME.test(name) &&
    value !== undefined &&
    typeof value !== 'boolean'
  ) {
    return '[redacted]';
  }
  if (typeof value === 'string') return scrubbed(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return '[deeper]';
  if (value instanceof Error) return plainError(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, 50).map((item: unknown) => safe('', item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, safe(key, inner, depth + 1)]));
}

function plainError(error: Error, depth: number): Record<string, unknown> {
  return {
    type: error.name,
    message: scrubbed(error.message),
    ...('code' in error ? { code: safe('code', error.code, depth + 1) } : {}),
    ...(error.stack === undefined ? {} : { stack: scrubbed(error.stack) }),
    ...(error.cause instanceof Error && depth < DEEPEST ? { cause: plainError(error.cause, depth + 1) } : {}),
  };
}
