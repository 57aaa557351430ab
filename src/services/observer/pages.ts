import { ClusterError } from '../ports.ts';
import type { KubeMetadata, KubeObject } from '../ports.ts';
import { withDeadline } from '../timing.ts';
import type { StreamHost, StreamSpec } from './stream-spec.ts';

const PAGE_SIZE = 500;

/** Reads every page of what a stream covers and gives the version of the list. Throws `ClusterError`. */
export async function readPages(
  spec: StreamSpec<unknown>,
  host: Pick<StreamHost, 'clock' | 'api'>,
  options: { isMetadataOnly: boolean; timeoutMs: number },
  signal: AbortSignal,
  onObject: (object: KubeObject) => void,
): Promise<string> {
  const { clock, api } = host;
  const { kind, options: scope, isTracked, pageSize = PAGE_SIZE } = spec;
  const { isMetadataOnly, timeoutMs } = options;
  let next: string | undefined;
  do {
    const page = await withDeadline(
      clock,
      timeoutMs,
      signal,
      (inner) => api.list(kind, { ...scope, limit: pageSize, continue: next, isMetadataOnly }, inner),
      () => late(spec.name),
    );
    for (const object of page.items) if (isTracked?.(object.metadata) ?? true) onObject(object);
    next = page.continue === '' ? undefined : page.continue;
    if (next === undefined) return page.resourceVersion;
  } while (!signal.aborted);
  return '';
}

export function late(name: string): ClusterError {
  return new ClusterError({
    kind: 'timeout',
    message: `The API server did not answer the list of ${name} in time.`,
  });
}

export function keyOf(metadata: KubeMetadata): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
