import { Bundle, type BundledConnection } from '../../../api/bundle.ts';
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
  const parsed = Bundle.safeParse(jsonOf(fileName, text));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const place = issue?.path.map(String).join('.') ?? '';
    throw new Error(
      `${fileName} is not a bundle this version can read${place === '' ? '' : ` (${place})`}.`,
      {
        cause: parsed.error,
      },
    );
  }
  const bundle = parsed.data;
  return {
    fileName,
    bundle,
    connections: bundle.connections.map((bundled) => ({ bundled, view: judgeBundled(bundled) })),
  };
}

function jsonOf(fileName: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${fileName} is not JSON, so it is no bundle.`, { cause });
  }
}
