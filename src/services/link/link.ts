import { ApiError } from '../../api/errors.ts';
import type { Candidate, Failure, Link } from '../../api/evidence.ts';
import { peekClusterId } from '../../core/meshsync/peek.ts';
import { encodeRequest } from '../../core/meshsync/requests.ts';
import { DATA_SUBJECTS, META_SUBJECT, SUBJECTS } from '../../core/meshsync/subjects.ts';
import { failureOf } from '../failure.ts';
import { BrokerError } from '../ports.ts';
import type { BrokerConnector, BrokerSession, Clock, ClusterApi, Log, Route } from '../ports.ts';
import { backoffMs, ENDED, isoTime, linkedController, rest, Wake, withDeadline, Waiters } from '../timing.ts';
import { waysTo } from './candidates.ts';
import type { Way } from './candidates.ts';
import { dial } from './dial.ts';
import { proofOf } from './proof.ts';
import type { Proof } from './proof.ts';
import type { BrokerTarget } from './target.ts';
import { Traffic } from './traffic.ts';

const CLIENT_NAME = 'meshplay-server';
/** Two seconds of waiting and one and a half of patience: a dead Broker is known within four. */
const PING_EVERY_MS = 2000;
const PING_TIMEOUT_MS = 1500;
const FIRST_RETRY_MS = 300;
const LONGEST_RETRY_MS = 5_000;
/** A session that lived this long was a good one; the next failure starts the back-off anew. */
const STABLE_MS = 5000;
const WRONG_CLUSTER_MEMORY_MS = 60_000;
const IDLE_MS = 24 * 3600 * 1000;
/** MeshSync may start after the link, or not know the question: it is asked again, with patience. */
const VERSION_EVERY_MS = 30_000;

export interface LinkOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly brokers: BrokerConnector;
  readonly dockerHosts: readonly string[];
  readonly api: () => ClusterApi | undefined;
  readonly target: () => BrokerTarget;
  readonly clusterUid: () => string | undefined;
  readonly onMessage: (subject: string, body: Uint8Array, receivedAtMs: number) => void;
  /** State, way or proof changed. Traffic alone is not announced: it may come by the thousand. */
  readonly onChange: () => void;
}

/** The server's own NATS link into one cluster: dials, listens, notices death, and dials again for ever. */
export class BrokerLink {
  readonly traffic = new Traffic();
  readonly #options: LinkOptions;
  readonly #closing = new AbortController();
  readonly #wake: Wake;
  readonly #wrong = new Map<string, number>();
  readonly #waiting = new Waiters();
  #state: Link['state'] = 'idle';
  #sinceMs: number;
  #candidates: Candidate[] = [];
  #way: Way | undefined;
  #session: BrokerSession | undefined;
  #proof: Proof = 'unproven';
  #token: Link['token'] = 'none';
  #roundTripMs: number | undefined;
  #attempts = 0;
  #nextTryMs: number | undefined;
  #failure: Failure | undefined;
  #resyncAskedMs: number | undefined;
  /** When this session asked for MeshSync’s version last; undefined once it has been told. */
  #versionAskedMs: number | undefined;
  #targetKey = '';
  #rounds = 0;
  /** Ends the session that runs, with the reason. */
  #end: ((failure: Failure | undefined) => void) | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#sinceMs = options.clock.now();
    this.#wake = new Wake(options.clock);
  }

  start(): void {
    void this.#run(this.#closing.signal);
  }

  close(): void {
    this.#closing.abort(ENDED);
    this.#end?.(undefined);
    this.#waiting.settle();
  }

  /** Tells the link that the evidence changed; what was refused before is tried at once. */
  targetChanged(): void {
    const { key } = this.#options.target();
    if (key === this.#targetKey) return;
    this.#targetKey = key;
    if (this.#state === 'connected') return;
    this.#attempts = 0;
    this.#wake.ring();
  }

  read(): Link {
    const { clock } = this.#options;
    const info = this.#session?.info;
    return {
      state: this.#state,
      sinceAt: isoTime(this.#sinceMs),
      candidates: this.#candidates,
      ...(this.#way === undefined ? {} : { chosen: this.#way.kind, address: this.#way.address }),
      token: this.#token,
      proof: this.#proof,
      ...(info === undefined
        ? {}
        : { serverName: info.serverName, serverVersion: info.version, clientId: info.clientId }),
      ...(this.#roundTripMs === undefined ? {} : { roundTripMs: this.#roundTripMs }),
      attempts: this.#attempts,
      ...(this.#nextTryMs === undefined ? {} : { nextTryAt: isoTime(this.#nextTryMs) }),
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
      subjects: info === undefined ? [] : [...DATA_SUBJECTS],
      ...this.traffic.read(clock.now()),
      ...(this.#resyncAskedMs === undefined ? {} : { resyncAskedAt: isoTime(this.#resyncAskedMs) }),
    };
  }

  /** The session's own identity and the route to the monitoring port beside it; undefined without a session. */
  current(): { serverId: string; clientId: number; monitor: Route | undefined } | undefined {
    if (this.#session === undefined) return undefined;
    const { serverId, clientId } = this.#session.info;
    return { serverId, clientId, monitor: this.#way?.monitor };
  }

  /** Drops the session, resolves everything anew and dials; throws `BrokerError` when nothing answers. */
  async reconnect(signal: AbortSignal): Promise<void> {
    this.#wrong.clear();
    this.#attempts = 0;
    // A round that runs already may have begun with yesterday's addresses.
    const wanted = this.#rounds + (this.#state === 'connecting' ? 2 : 1);
    this.#end?.({ kind: 'other', message: 'The link was asked to reconnect.' });
    this.#wake.ring();
    while (this.#rounds < wanted) {
      if (signal.aborted) throw signal.reason;
      if (this.#closing.signal.aborted) break;
      if (!this.#options.target().isWanted) break;
      this.#wake.ring();
      await this.#waiting.next(signal);
    }
    if (this.#state === 'connected') return;
    throw new BrokerError(
      this.#failure ?? { kind: 'not-found', message: 'There is no Broker to connect to.' },
    );
  }

  /** Asks MeshSync to publish everything again. Throws `ApiError('conflict')` without a link. */
  resync(): void {
    const session = this.#session;
    if (session === undefined) {
      throw new ApiError('conflict', 'MeshSync cannot be asked: the server has no link to the Broker.', {
        remedy: 'Reconnect the Broker first.',
      });
    }
    for (const { request } of SUBJECTS)
      session.publish(request, encodeRequest({ entity: 'resync-discovery' }));
    this.#resyncAskedMs = this.#options.clock.now();
    this.#announce();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      const target = this.#options.target();
      this.#targetKey = target.key;
      if (!target.isWanted) {
        this.#candidates = [];
        this.#failure = undefined;
        this.#nextTryMs = undefined;
        this.#enter('idle');
        await this.#wake.sleep(IDLE_MS, signal);
        continue;
      }
      const chosen = await this.#dial(target, signal);
      if (signal.aborted) {
        void chosen?.session.close();
        return;
      }
      this.#rounds += 1;
      if (chosen === undefined) {
        this.#attempts += 1;
        await this.#retryLater(signal);
        continue;
      }
      const connectedMs = clock.now();
      const failure = await this.#serve(chosen.way, chosen.session, target, signal);
      if (signal.aborted) return;
      if (clock.now() - connectedMs >= STABLE_MS) this.#attempts = 0;
      this.#attempts += 1;
      this.#failure = failure ?? { kind: 'unavailable', message: 'The Broker closed the connection.' };
      // What was found to be another cluster's is simply left for the next way.
      if (failure?.kind === 'wrong-cluster') continue;
      await this.#retryLater(signal);
    }
  }

  async #retryLater(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const waitMs = backoffMs(clock, Math.max(1, this.#attempts), FIRST_RETRY_MS, LONGEST_RETRY_MS);
    this.#nextTryMs = clock.now() + waitMs;
    this.#enter('lost');
    await this.#wake.sleep(waitMs, signal);
    this.#nextTryMs = undefined;
  }

  async #dial(target: BrokerTarget, signal: AbortSignal) {
    const { clock, brokers, dockerHosts, api } = this.#options;
    const nowMs = clock.now();
    this.#token = target.token.state;
    this.#enter(this.#state === 'lost' ? 'lost' : 'connecting');
    const ways = waysTo(target, { api: api(), dockerHosts }).map((way): Way => {
      const isWrong = (this.#wrong.get(way.address) ?? 0) > nowMs;
      return isWrong && way.client !== undefined ? { ...way, skipped: wrongCluster(way.address) } : way;
    });
    const dialled = await dial(
      ways,
      { clock, brokers, token: target.token.value, name: CLIENT_NAME },
      signal,
    );
    this.#candidates = dialled.candidates;
    if (dialled.failure !== undefined) this.#failure = dialled.failure;
    return dialled.chosen;
  }

  /** Lives with one session until it ends; gives the reason. */
  async #serve(way: Way, session: BrokerSession, target: BrokerTarget, signal: AbortSignal) {
    const { clock, log } = this.#options;
    const { controller, release } = linkedController(signal);
    let end: (failure: Failure | undefined) => void = () => {};
    const ended = new Promise<Failure | undefined>((resolve) => {
      end = resolve;
    });
    this.#end = end;
    this.#way = way;
    this.#session = session;
    this.#proof = 'unproven';
    this.#failure = undefined;
    this.#roundTripMs = undefined;
    void session.closed.then(end, (error: unknown) => end(failureOf(error)));
    try {
      for (const subject of [...DATA_SUBJECTS, META_SUBJECT]) {
        session.subscribe(subject, (told, body) => this.#receive(told, body, session));
      }
      for (const { request, storeReply } of SUBJECTS) {
        session.publish(request, encodeRequest({ entity: 'informer-store', reply: storeReply }));
      }
      this.#askVersion(session);
      this.#resyncAskedMs = clock.now();
      this.#enter('connected');
      void this.#pingForever(session, controller.signal);
      void this.#prove(way, session, target, controller.signal);
    } catch (error) {
      end(failureOf(error));
    }
    const failure = await ended;
    release();
    controller.abort(ENDED);
    this.#end = undefined;
    this.#session = undefined;
    this.#way = undefined;
    this.#roundTripMs = undefined;
    if (failure?.kind !== 'wrong-cluster') this.#proof = 'unproven';
    void session.close().catch((error: unknown) => {
      log.warn({ reason: failureOf(error).message }, 'broker session did not close cleanly');
    });
    return failure;
  }

  async #prove(way: Way, session: BrokerSession, target: BrokerTarget, signal: AbortSignal): Promise<void> {
    const { clock, brokers, api } = this.#options;
    const proof = await proofOf(way, session, target, { clock, brokers, api: api() }, signal);
    if (signal.aborted || this.#proof !== 'unproven' || proof === 'unproven') return;
    if (proof === 'mismatch') this.#mismatch();
    else this.#proof = proof;
    this.#announce();
  }

  #mismatch(): void {
    const way = this.#way;
    if (way === undefined) return;
    const failure = wrongCluster(way.address);
    this.#proof = 'mismatch';
    this.#wrong.set(way.address, this.#options.clock.now() + WRONG_CLUSTER_MEMORY_MS);
    this.#candidates = this.#candidates.map((candidate) =>
      candidate.kind === way.kind && candidate.address === way.address
        ? { ...candidate, outcome: 'failed', failure }
        : candidate,
    );
    this.#end?.(failure);
  }

  #receive(subject: string, body: Uint8Array, session: BrokerSession): void {
    if (session !== this.#session || this.#proof === 'mismatch') return;
    const nowMs = this.#options.clock.now();
    if (this.#proof === 'unproven') {
      const uid = this.#options.clusterUid();
      const told = uid === undefined ? undefined : peekClusterId(body);
      if (told !== undefined && told !== uid) return this.#mismatch();
      if (told !== undefined) {
        this.#proof = 'proven';
        this.#announce();
      }
    }
    if (subject === META_SUBJECT) {
      // An answer to a question of ours: that data of the cluster arrives it does not show.
      this.#versionAskedMs = undefined;
    } else {
      this.traffic.count(subject, body.byteLength, nowMs);
      if (this.#versionAskedMs !== undefined && nowMs - this.#versionAskedMs >= VERSION_EVERY_MS)
        this.#askVersion(session);
    }
    this.#options.onMessage(subject, body, nowMs);
  }

  #askVersion(session: BrokerSession): void {
    this.#versionAskedMs = this.#options.clock.now();
    for (const { request } of SUBJECTS) session.publish(request, encodeRequest({ entity: 'meshsync-meta' }));
  }

  async #pingForever(session: BrokerSession, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      try {
        const roundTripMs = await withDeadline(
          clock,
          PING_TIMEOUT_MS + 100,
          signal,
          () => session.roundTrip(PING_TIMEOUT_MS),
          () => new BrokerError({ kind: 'timeout', message: 'The Broker did not answer a ping in time.' }),
        );
        this.#steadyRoundTrip(roundTripMs);
      } catch (error) {
        if (!signal.aborted) this.#end?.(failureOf(error));
        return;
      }
      if (!(await rest(clock, PING_EVERY_MS, signal))) return;
    }
  }

  /** As with the latency of the API server: a number that only trembles is not news. */
  #steadyRoundTrip(roundTripMs: number): void {
    const rounded = Math.max(0, Math.round(roundTripMs * 10) / 10);
    const before = this.#roundTripMs;
    if (before !== undefined && Math.abs(rounded - before) <= Math.max(10, before * 0.5)) return;
    this.#roundTripMs = rounded;
    this.#announce();
  }

  #enter(state: Link['state']): void {
    if (this.#state !== state) {
      this.#state = state;
      this.#sinceMs = this.#options.clock.now();
    }
    this.#announce();
  }

  #announce(): void {
    this.#waiting.settle();
    this.#options.onChange();
  }
}

function wrongCluster(address: string): Failure {
  return {
    kind: 'wrong-cluster',
    message: `The Broker that answers at ${address} belongs to another cluster.`,
  };
}
