import type { Candidate, Failure } from '../../api/evidence.ts';
import { failureOf } from '../failure.ts';
import { BrokerError } from '../ports.ts';
import type { BrokerConnector, BrokerSession, Clock } from '../ports.ts';
import { after, ENDED, isoTime, linkedController, rest, withDeadline } from '../timing.ts';
import { DIAL_DEADLINE_MS } from './candidates.ts';
import type { Way } from './candidates.ts';

/** Once one way answered, better ones get this long to answer too. */
const PREFERENCE_MS = 150;
/** The API server is asked to forward a port only when no direct way answered by then. */
const FORWARD_AFTER_MS = 250;

export interface Dialled {
  readonly candidates: Candidate[];
  readonly chosen?: { readonly way: Way; readonly session: BrokerSession };
  /** The most telling of the failures; present when nothing answered. */
  readonly failure?: Failure;
}

/**
 * Dials all ways at once and takes the first in the order of preference that answers, so that an address that
 * swallows every packet delays nobody. Sessions not taken are closed.
 */
export async function dial(
  ways: readonly Way[],
  options: { clock: Clock; brokers: BrokerConnector; token: string | undefined; name: string },
  signal: AbortSignal,
): Promise<Dialled> {
  const { clock } = options;
  const candidates = ways.map((way): Candidate => ({
    kind: way.kind,
    address: way.address,
    outcome:
      way.skipped === undefined ? 'untried' : way.skipped.kind === 'wrong-cluster' ? 'failed' : 'skipped',
    ...(way.skipped === undefined ? {} : { failure: way.skipped }),
  }));
  const sessions = new Map<number, BrokerSession>();
  const pending = new Set(ways.flatMap((way, index) => (way.skipped === undefined ? [index] : [])));
  const { controller, release } = linkedController(signal);
  let isPreferenceOver = false;
  let isDecided = false;
  let decide = () => {};
  const decided = new Promise<void>((resolve) => {
    decide = resolve;
  });

  const best = () => Math.min(...sessions.keys());
  const check = () => {
    if (pending.size === 0) return decide();
    if (sessions.size === 0) return;
    if (isPreferenceOver || ![...pending].some((index) => index < best())) decide();
  };

  const tryWay = async (index: number, way: Way): Promise<void> => {
    const startedMs = clock.now();
    const told = (fields: Partial<Candidate>) => {
      const before = candidates[index];
      if (before !== undefined) candidates[index] = { ...before, ...fields, triedAt: isoTime(startedMs) };
    };
    told({ outcome: 'trying' });
    try {
      const session = await connect(way, options, controller.signal);
      if (isDecided) return void session.close();
      told({ outcome: 'answered', latencyMs: Math.max(0, Math.round(clock.now() - startedMs)) });
      sessions.set(index, session);
      if (sessions.size === 1) {
        void after(clock, PREFERENCE_MS, controller.signal, () => {
          isPreferenceOver = true;
          check();
        });
      }
    } catch (error) {
      if (isDecided) return;
      told({ outcome: 'failed', failure: failureOf(error) });
    }
    pending.delete(index);
    check();
  };

  const isDirect = (index: number) => ways[index]?.kind !== 'port-forward';
  const directDone = Promise.all([...pending].filter(isDirect).map((index) => tryAt(index)));
  const forwards = [...pending].filter((index) => !isDirect(index));
  const forwardLater = async () => {
    await Promise.race([directDone, rest(clock, FORWARD_AFTER_MS, controller.signal)]);
    if (isDecided || sessions.size > 0) for (const index of forwards) pending.delete(index);
    else for (const index of forwards) void tryAt(index);
    check();
  };
  void forwardLater();
  function tryAt(index: number): Promise<void> {
    const way = ways[index];
    return way === undefined ? Promise.resolve() : tryWay(index, way);
  }
  void rest(clock, 2 * DIAL_DEADLINE_MS, controller.signal).then(decide);
  await decided;

  isDecided = true;
  release();
  controller.abort(ENDED);
  const chosenIndex = sessions.size === 0 ? undefined : best();
  for (const [index, session] of sessions) if (index !== chosenIndex) void session.close();
  const way = chosenIndex === undefined ? undefined : ways[chosenIndex];
  const session = chosenIndex === undefined ? undefined : sessions.get(chosenIndex);
  const finished = candidates.map((candidate): Candidate => {
    if (candidate.outcome !== 'trying' && candidate.outcome !== 'untried') return candidate;
    const message =
      way === undefined ? 'It did not answer in time.' : 'Not waited for: another way answered first.';
    return way === undefined
      ? { ...candidate, outcome: 'failed', failure: { kind: 'timeout', message } }
      : { ...candidate, outcome: 'untried', failure: { kind: 'other', message } };
  });
  if (way !== undefined && session !== undefined) return { candidates: finished, chosen: { way, session } };
  return { candidates: finished, failure: mostTelling(finished) };
}

async function connect(
  way: Way,
  options: { clock: Clock; brokers: BrokerConnector; token: string | undefined; name: string },
  signal: AbortSignal,
): Promise<BrokerSession> {
  const { clock, brokers, token, name } = options;
  const { client: route, timeoutMs } = way;
  if (route === undefined) throw new BrokerError({ kind: 'other', message: 'There is no route to dial.' });
  let isLate = false;
  return withDeadline(
    clock,
    timeoutMs,
    signal,
    async (inner) => {
      const session = await brokers.connect({ route, token, name, timeoutMs }, inner);
      if (isLate) void session.close();
      return session;
    },
    () => {
      isLate = true;
      return new BrokerError({ kind: 'timeout', message: `No answer within ${timeoutMs / 1000} seconds.` });
    },
  );
}

/** A Broker that answered and refused says more than an address that is silent. */
function mostTelling(candidates: readonly Candidate[]): Failure {
  const failed = candidates.flatMap((candidate) =>
    candidate.outcome === 'failed' && candidate.failure !== undefined ? [candidate.failure] : [],
  );
  const order: Failure['kind'][] = ['auth', 'wrong-cluster', 'tls', 'protocol', 'forbidden'];
  const telling = order.map((kind) => failed.find((failure) => failure.kind === kind)).find((found) => found);
  return (
    telling ??
    failed[0] ?? { kind: 'unreachable', message: 'There is no way to the Broker that could be tried.' }
  );
}
