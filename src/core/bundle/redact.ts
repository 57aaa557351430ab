import type { Redaction, RedactionKind } from '../../api/bundle.ts';

/**
 * A placeholder must match no pattern below, whole or in part, and hold no space, or redacting twice would change it.
 */
const PLACEHOLDER_START = '[removed-';

interface Rule {
  readonly kind: RedactionKind;
  readonly pattern: RegExp;
  /** The group that holds the secret; the rest stays. 0 for all of it. */
  readonly group: number;
  readonly isSecret?: (text: string) => boolean;
  /** Without this the pattern is not even tried. */
  readonly needs?: string;
}

const SECRET_WORD = String.raw`(?:token|secret|api[-_]?key|access[-_]?key|authorization|cookie|credentials?)`;

/** In this order: what is part of something larger comes after it. */
const RULES: readonly Rule[] = [
  { kind: 'pem', pattern: /-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g, group: 0 },
  // The end of a block whose beginning was cut off.
  {
    kind: 'pem',
    pattern: /(?<![A-Za-z0-9+/=])(?:[A-Za-z0-9+/=]{1,80}(?:\s|\\n){1,4}){0,100}-----END [A-Z ]+-----/g,
    group: 0,
    needs: '-----END',
  },
  { kind: 'token', pattern: /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, group: 0 },
  {
    kind: 'token',
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|AKIA[0-9A-Z]{16})/g,
    group: 0,
  },
  // NATS seeds: S, the type, and base32.
  { kind: 'token', pattern: /\bS[UAOCNX][A-Z2-7]{56}\b/g, group: 0 },
  {
    kind: 'token',
    pattern: /\b(?:bearer|basic)\s+(?!\[removed-)([\w.~+/=-]{8,})/gi,
    group: 1,
    isSecret: isNoProse,
  },
  {
    kind: 'userinfo',
    pattern: /\b[a-z][a-z0-9+.-]{0,30}:\/\/(?!\[removed-[a-z-]+-\d+\]@)([^\s/@"'<>]+)@/gi,
    group: 1,
  },
  {
    kind: 'password',
    pattern:
      /(?:passw(?:or)?d|passphrase|(?:client-(?:key|certificate)|certificate-authority)-data)\\?["']?\s*[:=]\s*\\?["']?(?!\[removed-)([^\s"',;}&\\]{4,})/gi,
    group: 1,
    isSecret: isNoPlainWord,
  },
  {
    kind: 'password',
    pattern: new RegExp(
      String.raw`${SECRET_WORD}\\?["']?\s*(?:=\s*|:\s*(?=\\?["']))\\?["']?(?!\[removed-)([^\s"',;}&\\]{4,})`,
      'gi',
    ),
    group: 1,
    isSecret: isNoPlainWord,
  },
  {
    kind: 'password',
    pattern: new RegExp(String.raw`${SECRET_WORD}:\s*(?!\[removed-)([^\s"',;}&\\]{4,})`, 'gi'),
    group: 1,
    // “refuses the token: authorization violation” is a sentence.
    isSecret: isNoProse,
  },
  {
    kind: 'long-value',
    pattern: /(?<!sha256:)(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{32,}={0,2}/g,
    group: 0,
    isSecret: isOpaque,
  },
  {
    kind: 'email',
    pattern: /(?<![\w.%+-])[\w.%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+/g,
    group: 0,
  },
];

const PLAIN_WORD =
  /^(?:none|used|unreadable|true|false|null|undefined|required|invalid|missing|expired|bearer|basic|secrets?|tokens?|REDACTED|\[REDACTED\])[.!?)\]]*$/i;

/** “Basic authentication failed” is a sentence. */
function isNoProse(text: string): boolean {
  return !/^[a-z]+\W*$/i.test(text);
}

/** `token: used` tells about a secret. */
function isNoPlainWord(text: string): boolean {
  return !PLAIN_WORD.test(text);
}

/** Letters of both cases with digits, or long hexadecimal: no name, path or UUID looks so. */
function isOpaque(text: string): boolean {
  if (/^[0-9a-f]{32,}$/i.test(text)) return true;
  const slashes = text.split('/').length - 1;
  const dashes = text.split('-').length - 1;
  if (slashes * 16 > text.length || dashes * 10 > text.length) return false;
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text);
}

/** Fields whose text is a secret whatever it looks like. */
const SECRET_FIELD =
  /^(?:.*token|password|passwd|passphrase|secret|authorization|cookie|.*-key-data|client-certificate-data|privateKey|apiKey)$/i;
const SECRET_PARTS = new Set(['data', 'stringdata', 'binarydata']);

export interface Redactor {
  /** The text without what looks like a secret. */
  text(text: string, part: string): string;
  /** A copy of plain data, every text in it redacted; the values of Secrets are removed whatever they look like. */
  value<T>(value: T, part: string): T;
  /** What was removed so far, by part and kind. */
  ledger(): Redaction[];
}

/**
 * Removes secrets at the boundary. One redactor serves one bundle: the same secret gets the same placeholder in every
 * part. Redacting what is redacted changes nothing.
 * @param known secrets known by value, of whatever shape
 */
export function createRedactor(known: readonly string[] = []): Redactor {
  const placeholders = new Map<string, string>();
  const numbers = new Map<RedactionKind, number>();
  const counts = new Map<string, Redaction>();
  const literals = [...new Set(known)]
    .filter((one) => one.length >= 4)
    .toSorted((a, b) => b.length - a.length);

  function remove(secret: string, kind: RedactionKind, part: string): string {
    const key = `${part}\n${kind}`;
    counts.set(key, { part, kind, count: (counts.get(key)?.count ?? 0) + 1 });
    const present = placeholders.get(secret);
    if (present !== undefined) return present;
    const number = (numbers.get(kind) ?? 0) + 1;
    numbers.set(kind, number);
    const placeholder = `${PLACEHOLDER_START}${kind}-${number}]`;
    placeholders.set(secret, placeholder);
    return placeholder;
  }

  function once(text: string, part: string): string {
    let result = text;
    for (const literal of literals) {
      if (result.includes(literal))
        result = result
          .split(literal)
          .reduce((left, right) => left + remove(literal, 'known-secret', part) + right);
    }
    if (/kind["']?\s*:\s*["']?Secret\b/.test(result))
      result = withoutSecretData(result, (secret) => remove(secret, 'secret-data', part));
    for (const { kind, pattern, group, isSecret, needs } of RULES) {
      if (needs !== undefined && !result.includes(needs)) continue;
      result = result.replace(pattern, (...match: unknown[]) => {
        const whole = String(match[0]);
        const secret = group === 0 ? whole : String(match[group]);
        if (isPlaceholder(secret) || (isSecret !== undefined && !isSecret(secret))) return whole;
        if (group === 0) return remove(secret, kind, part);
        const at = whole.lastIndexOf(secret);
        return whole.slice(0, at) + remove(secret, kind, part) + whole.slice(at + secret.length);
      });
    }
    return result;
  }

  function text(given: string, part: string): string {
    // What is left may look like a secret only now; every round leaves less outside of placeholders, so this ends.
    let result = given;
    for (;;) {
      const next = once(result, part);
      if (next === result) return result;
      result = next;
    }
  }

  function walk(value: unknown, part: string, field: string, isSecretData: boolean): unknown {
    if (typeof value === 'string') {
      if (isPlaceholder(value) || value === '' || PLAIN_WORD.test(value)) return value;
      if (isSecretData) return remove(value, 'secret-data', part);
      if (SECRET_FIELD.test(field)) return remove(value, 'password', part);
      return text(value, part);
    }
    if (Array.isArray(value)) return value.map((item: unknown) => walk(item, part, field, isSecretData));
    if (typeof value !== 'object' || value === null) return value;
    const isSecret =
      'kind' in value && typeof value.kind === 'string' && value.kind.toLowerCase() === 'secret';
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]): [string, unknown] => [
        text(key, part),
        walk(inner, part, key, isSecretData || (isSecret && SECRET_PARTS.has(key.toLowerCase()))),
      ]),
    );
  }

  return {
    text,
    // Only texts are replaced, by texts, so that the shape stays what it was.
    value: <T>(value: T, part: string) => walk(value, part, '', false) as T,
    ledger: () => [...counts.values()].toSorted((a, b) => (a.part + a.kind < b.part + b.kind ? -1 : 1)),
  };
}

function isPlaceholder(text: string): boolean {
  return /^\[removed-[a-z-]+-\d+\]$/.test(text);
}

/** A Secret inside a text, as JSON or YAML: the values below its data go. */
function withoutSecretData(text: string, remove: (secret: string) => string): string {
  const gone = (value: string) => (isPlaceholder(value) ? value : remove(value));
  const json = text.replace(
    /((?:data|stringData|binaryData)\\?"\s*:\s*)\{([^{}]*)\}/g,
    (_, head: string, body: string) => {
      const values = body.replace(
        /(:\s*\\?")([^"\\]+)(\\?")/g,
        (_whole, open: string, value: string, close: string) => open + gone(value) + close,
      );
      return `${head}{${values}}`;
    },
  );
  return json.replace(
    /^([ \t]*)(data|stringData|binaryData):[ \t]*\n((?:\1[ \t]+\S.*(?:\n|$))+)/gm,
    (_, indent: string, name: string, body: string) => {
      const values = body.replace(
        /^([ \t]+[^\s:]+:[ \t]*)(\S.*)$/gm,
        (_whole, head: string, value: string) => head + gone(value.trimEnd()),
      );
      return `${indent}${name}:\n${values}`;
    },
  );
}
