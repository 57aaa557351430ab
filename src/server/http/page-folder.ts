import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { constants, gzipSync } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};
const COMPRESSIBLE = new Set(['.html', '.js', '.css', '.json', '.svg', '.txt', '.webmanifest']);
/** Vite puts a hash of the content into the name of everything here, so it never changes. */
const HASHED = /^\/assets\/.+-[\w-]{8,}\.\w+$/;

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
  /** Absent where compressing gains nothing. */
  readonly gzip: Buffer | undefined;
  readonly etag: string;
  readonly isImmutable: boolean;
}

/** The built page, held in memory and compressed once, when it is first asked for. */
export interface PageFolder {
  /** By URL path, `/assets/main-….js` for instance. */
  readonly files: ReadonlyMap<string, PageFile>;
  /** `index.html`, which is completed for every reply. */
  readonly index: string;
}

/** Reads the output of `vite build`; undefined when there is none. */
export function readPageFolder(folder: string): PageFolder | undefined {
  let names: string[];
  let index: string;
  try {
    index = readFileSync(join(folder, 'index.html'), 'utf8');
    names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const files = new Map<string, PageFile>();
  for (const name of names) {
    const path = `/${relative(folder, name).split(sep).join('/')}`;
    // The index needs its nonce, and Vite’s own notes are nobody’s business.
    if (path === '/index.html' || path.startsWith('/.vite/')) continue;
    files.set(path, fileOf(path, readFileSync(name)));
  }
  return { files, index };
}

function fileOf(path: string, body: Buffer): PageFile {
  const extension = extname(path).toLowerCase();
  let packed: { readonly gzip: Buffer | undefined } | undefined;
  return {
    type: TYPES[extension] ?? 'application/octet-stream',
    body,
    // When it is first asked for: compressing every page beforehand would make the start wait for it.
    get gzip() {
      packed ??= { gzip: COMPRESSIBLE.has(extension) ? smallerOf(body) : undefined };
      return packed.gzip;
    },
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    isImmutable: HASHED.test(path),
  };
}

function smallerOf(body: Buffer): Buffer | undefined {
  const gzip = gzipSync(body, { level: constants.Z_BEST_COMPRESSION });
  return gzip.length < body.length ? gzip : undefined;
}

/** Where goober, the style writer inside notistack, looks for a nonce. */
const HAND_OVER = '<script>window.__nonce__ = document.currentScript.nonce</script>';

/** `index.html` with the nonce of this reply: in a meta tag for the page, and on every script and style. */
export function indexWithNonce(index: string, nonce: string): string {
  return index
    .replace(/<head([^>]*)>/i, `<head$1><meta name="csp-nonce" content="${nonce}">${HAND_OVER}`)
    .replaceAll(/<(script|style)(?=[\s>])/gi, `<$1 nonce="${nonce}"`);
}
