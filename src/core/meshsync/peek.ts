/** `"cluster_id"` as bytes. */
const KEY = Uint8Array.from('"cluster_id"', (letter) => letter.charCodeAt(0));
const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
/** A kube-system uid has 36 characters; anything far longer is not one. */
const MAX_ID_BYTES = 128;

/**
 * The first non-empty `cluster_id` of a message, found by a scan over its bytes: the guard against another cluster's
 * Broker must see it before any message is queued, and parsing costs fifty times as much.
 *
 * @returns undefined where the message names no cluster. Never throws, whatever the bytes are.
 */
export function peekClusterId(body: Uint8Array): string | undefined {
  let from = 0;
  for (;;) {
    const at = indexOfKey(body, from);
    if (at === -1) return undefined;
    from = at + KEY.length;
    // A quoted key inside a JSON string (a last-applied annotation) is preceded by a backslash, and is not ours.
    if (at > 0 && body[at - 1] === BACKSLASH) continue;
    const id = readString(body, from);
    if (id !== undefined && id !== '') return id;
  }
}

function indexOfKey(body: Uint8Array, from: number): number {
  let at = body.indexOf(QUOTE, from);
  while (at !== -1 && at + KEY.length <= body.length) {
    if (KEY.every((byte, offset) => body[at + offset] === byte)) return at;
    at = body.indexOf(QUOTE, at + 1);
  }
  return -1;
}

/** The string after `: `, when it is a plain one. */
function readString(body: Uint8Array, from: number): string | undefined {
  let at = skipSpace(body, from);
  if (body[at] !== COLON) return undefined;
  at = skipSpace(body, at + 1);
  if (body[at] !== QUOTE) return undefined;
  const end = body.indexOf(QUOTE, at + 1);
  if (end === -1 || end - at > MAX_ID_BYTES) return undefined;
  let text = '';
  for (let index = at + 1; index < end; index += 1) {
    const byte = body[index] ?? 0;
    if (byte < 0x20 || byte > 0x7e || byte === BACKSLASH) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

function skipSpace(body: Uint8Array, from: number): number {
  let at = from;
  while (body[at] === 0x20 || body[at] === 0x09 || body[at] === 0x0a || body[at] === 0x0d) at += 1;
  return at;
}
