import { Bundle, BUNDLE_VERSION, type BundledConnection } from '../../../api/bundle.ts';
import type { ConnectionView } from '../../../api/connection.ts';
import { judgeBundled } from '../../../core/bundle/open.ts';

export interface OpenBundle {
  readonly fileName: string;
  readonly bundle: Bundle;
  readonly connections: readonly { readonly view: ConnectionView; readonly bundled: BundledConnection }[];
}

/**
 * Parses a bundle and judges it by the rules of this page. Loaded when a file is opened only: it brings the schemas and
 * the rules. Throws an error with words for a person when it is not a bundle.
 */
export function readBundle(fileName: string, text: string): OpenBundle {
  const json = jsonOf(fileName, text);
  const version = versionOf(json);
  if (version === undefined) {
    throw new Error(
      `${fileName} is not a bundle: its field format is not “meshplay-troubleshooter-bundle”, or formatVersion is missing.`,
    );
  }
  if (version !== BUNDLE_VERSION) {
    throw new Error(
      `${fileName} is a bundle of format ${version}; this page reads format ${BUNDLE_VERSION}. Open it with the version that made it.`,
    );
  }
  const parsed = Bundle.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const place = issue?.path.map(String).join('.') ?? '';
    throw new Error(
      `${fileName} is damaged: its field ${place} is not as it should be (${issue?.message ?? 'no reason given'}).`,
      { cause: parsed.error },
    );
  }
  const bundle = parsed.data;
  return { fileName, bundle, connections: bundle.connections.map((one) => judged(fileName, one)) };
}

function judged(fileName: string, bundled: BundledConnection) {
  try {
    return { bundled, view: judgeBundled(bundled) };
  } catch (cause) {
    throw new Error(`${fileName} is damaged: the evidence of ${bundled.view.name} cannot be judged.`, {
      cause,
    });
  }
}

/** The version of the format; undefined for what is no bundle at all. */
function versionOf(json: unknown): number | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  if (!('format' in json) || json.format !== 'meshplay-troubleshooter-bundle') return undefined;
  return 'formatVersion' in json && typeof json.formatVersion === 'number' ? json.formatVersion : undefined;
}

function jsonOf(fileName: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${fileName} is not JSON, so it is no bundle.`, { cause });
  }
}
