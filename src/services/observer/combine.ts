import type { Failure, Observation } from '../../api/evidence.ts';

/**
 * One observation out of several: pending while one is, failed when one is (keeping all that is known as the last
 * value), seen as of the oldest otherwise.
 */
export function combine<T>(parts: readonly Observation<T[]>[], whenEmptyAt: string): Observation<T[]> {
  const failed = parts.filter((part) => part.status === 'failed');
  const known = parts.flatMap((part) =>
    part.status === 'seen' ? part.value : part.status === 'failed' ? (part.lastValue ?? []) : [],
  );
  const seenTimes = parts.flatMap((part) => (part.status === 'seen' ? part.seenAt : []));
  const [first] = failed.toSorted((a, b) => compareText(failureKey(a.failure), failureKey(b.failure)));
  if (first !== undefined) {
    const times = [...seenTimes, ...failed.flatMap((part) => part.lastSeenAt ?? [])].toSorted();
    const [lastSeenAt] = times;
    return {
      status: 'failed',
      failure: first.failure,
      failedAt: first.failedAt,
      ...(lastSeenAt === undefined ? {} : { lastValue: known, lastSeenAt }),
    };
  }
  if (parts.some((part) => part.status === 'pending')) return { status: 'pending' };
  return { status: 'seen', value: known, seenAt: seenTimes.toSorted()[0] ?? whenEmptyAt };
}

/** Several parts fail in several ways: which of them is told must not depend on the order they were asked in. */
function failureKey({ kind, permission, message }: Failure): string {
  return JSON.stringify([permission?.group, permission?.resource, permission?.namespace, kind, message]);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Turns what was seen into what was last seen, when the cluster itself cannot be asked any more. */
export function failAll<T>(part: Observation<T>, failure: Failure, failedAt: string): Observation<T> {
  if (part.status === 'seen') {
    return { status: 'failed', failure, failedAt, lastValue: part.value, lastSeenAt: part.seenAt };
  }
  if (part.status === 'failed') return { ...part, failure, failedAt };
  return { status: 'failed', failure, failedAt };
}

/**
 * The cluster-wide look was refused, and only the usual namespaces were looked at: what was found there is a fact,
 * but finding nothing there proves nothing, so an empty find stays the refusal it is.
 */
export function preferFound<T>(wide: Observation<T[]>, narrow: Observation<T[]>): Observation<T[]> {
  const isRefused = wide.status === 'failed' && wide.failure.kind === 'forbidden';
  if (!isRefused) return wide;
  return narrow.status === 'seen' && narrow.value.length > 0 ? narrow : wide;
}
