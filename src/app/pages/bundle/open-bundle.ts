import { readText } from '../../../client/read-text.ts';
import { navigate } from '../../navigation.ts';
import { notify } from '../../notify/notify.ts';
import { paths } from '../../paths.ts';
import { type BundleFile, keepBundle, keptBundle, LAST } from './kept-bundle.ts';
import type { OpenBundle } from './read-bundle.ts';

/** Far above any bundle we make; a wrong or hostile file must not freeze the page. */
const LARGEST_BYTES = 100 * 1_048_576;

/** Reads a file a person has given, keeps it, and goes to where it is shown. Throws an error with words for a person. */
export async function openBundleFile(file: File): Promise<void> {
  if (file.size > LARGEST_BYTES) {
    throw new Error(`${file.name} is larger than ${LARGEST_BYTES / 1_048_576} MB, so it is no bundle.`);
  }
  const [{ readBundle }, text] = await Promise.all([import('./read-bundle.ts'), file.text()]);
  // A file that is none is told of where it was given, and does not take the place of the one before.
  readBundle(file.name, text);
  const isKept = await keepBundle({ name: file.name, text });
  navigate(paths.settings({ bundle: LAST }));
  if (!isKept)
    notify({ kind: 'done', message: 'This browser keeps nothing: the bundle is gone after a reload.' });
}

/** A file dropped anywhere on the page; what it is not is told in a notice. */
export async function openDroppedFile(file: File): Promise<void> {
  try {
    await openBundleFile(file);
  } catch (error) {
    notify({
      kind: 'problem',
      title: 'The file that was dropped is not shown.',
      message: error instanceof Error ? error.message : String(error),
      remedy: 'A support bundle can be dropped anywhere; a kubeconfig goes into “Add kubeconfig”.',
    });
  }
}

/** The bundle that `?bundle=` names: the one kept in this browser, or a file of this very server. */
export async function loadBundle(source: string, signal: AbortSignal): Promise<OpenBundle> {
  const file = source === LAST ? await lastBundle() : await fetchedBundle(source, signal);
  const { readBundle } = await import('./read-bundle.ts');
  return readBundle(file.name, file.text);
}

async function lastBundle(): Promise<BundleFile> {
  const kept = await keptBundle();
  if (kept === undefined) throw new Error('This browser keeps no bundle any more. Open its file again.');
  return kept;
}

async function fetchedBundle(source: string, signal: AbortSignal): Promise<BundleFile> {
  const url = sameOriginUrl(source, window.location.href);
  const text = await readText(url.href, {
    fetch: (address, init) => globalThis.fetch(address, init),
    limitBytes: LARGEST_BYTES,
    signal,
  });
  return { name: url.pathname, text };
}

/** A URL of this page’s own origin. Throws an error with words for a person for every other. */
export function sameOriginUrl(source: string, base: string): URL {
  if (!URL.canParse(source, base)) throw new Error(`“${source.slice(0, 200)}” is not an address.`);
  const url = new URL(source, base);
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  if (!isWeb || url.origin !== new URL(base).origin) {
    throw new Error(
      `A bundle is opened only from this server itself, not from ${isWeb ? url.host : `${url.protocol} addresses`}. Save it, and drop the file here.`,
    );
  }
  return url;
}
