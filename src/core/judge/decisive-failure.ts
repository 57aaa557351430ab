import type { Candidate, Evidence, FailureKind } from '../../api/evidence.ts';

/** Somebody answered and refused: that tells more than any silence. */
const ANSWERS: ReadonlySet<FailureKind> = new Set([
  'auth',
  'unauthorized',
  'wrong-cluster',
  'protocol',
  'tls',
]);
/** An address of the Broker's own tells more than the detour around it; guesses come last. */
const OUTSIDE: readonly Candidate['kind'][] = [
  'external',
  'port-forward',
  'api-host',
  'docker-host',
  'internal',
];
const INSIDE: readonly Candidate['kind'][] = ['internal', ...OUTSIDE];
const TELLING: ReadonlySet<Candidate['kind']> = new Set(['external', 'port-forward', 'internal']);

/**
 * Why there is no link, in the words of the way that decides. The link itself remembers the way it tried last, often a
 * forwarded port that this identity may not open, though what matters is the address that does not answer.
 */
export function decisiveFailure({
  link,
  isServerInCluster,
}: Pick<Evidence, 'link' | 'isServerInCluster'>): string | undefined {
  // A way that led in, and was cut off later, is the link's own to tell.
  if (link.candidates.some(({ outcome }) => outcome === 'answered')) return link.failure?.message;
  const order = isServerInCluster ? INSIDE : OUTSIDE;
  const rank = ({ kind, failure }: Candidate) => {
    const isAnswer = failure !== undefined && ANSWERS.has(failure.kind) && TELLING.has(kind);
    return order.indexOf(kind) - (isAnswer ? order.length : 0);
  };
  const [first] = link.candidates
    .filter(({ outcome, failure }) => outcome === 'failed' && failure !== undefined)
    .toSorted((a, b) => rank(a) - rank(b));
  if (first?.failure === undefined) return link.failure?.message;
  const { address, failure } = first;
  return failure.message.includes(address) ? failure.message : `${address}: ${failure.message}`;
}
