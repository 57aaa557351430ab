import { z } from 'zod';
import type { WatchEvent } from '../../services/ports.ts';
import { clusterError } from './failure.ts';
import { StatusShape, parseObject, statusError } from './reply.ts';
import type { Subject } from './reply.ts';

/** One object of etcd is at most 1.5 MB, and JSON makes it longer. */
const LINE_MAX_BYTES = 16_777_216;

const Frame = z.object({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
  object: z.unknown(),
});
const Bookmark = z.looseObject({ metadata: z.looseObject({ resourceVersion: z.string() }) });

/**
 * Splits bytes into lines. Cuts at the byte of a line break, before decoding, so a character whose bytes arrive in
 * two chunks stays whole. Throws `ClusterError` of kind `protocol` when a line has no end.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, host: string): AsyncGenerator<string> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, end));
      yield Buffer.concat(parts).toString('utf8');
      parts = [];
      bytes = 0;
      start = end + 1;
    }
    if (start < chunk.length) {
      parts.push(chunk.subarray(start));
      bytes += chunk.length - start;
      if (bytes > LINE_MAX_BYTES)
        throw clusterError('protocol', `${host} sent a watch event without an end.`);
    }
  }
  if (bytes > 0) yield Buffer.concat(parts).toString('utf8');
}

/**
 * Reads one line of a watch. Throws `ClusterError`: of the kind the server tells by an ERROR event (410 is `expired`),
 * or `unreachable` when the line was cut, or `protocol`.
 */
export function readWatchLine(
  line: string,
  subject: Subject,
  secrets: readonly string[],
): WatchEvent | undefined {
  if (line.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw clusterError(
      'unreachable',
      `The connection to ${subject.host} broke in the middle of an event (${subject.words}).`,
      { cause },
    );
  }
  try {
    const frame = Frame.parse(value);
    switch (frame.type) {
      case 'ERROR': {
        const status = StatusShape.safeParse(frame.object);
        throw statusError(status.data?.code ?? 500, status.data, subject, secrets);
      }
      case 'BOOKMARK':
        return { type: 'BOOKMARK', resourceVersion: Bookmark.parse(frame.object).metadata.resourceVersion };
      default:
        return { type: frame.type, object: parseObject(frame.object) };
    }
  } catch (cause) {
    if (!(cause instanceof z.ZodError)) throw cause;
    throw clusterError(
      'protocol',
      `${subject.host} sent something else than a watch event (${subject.words}).`,
      { cause },
    );
  }
}
