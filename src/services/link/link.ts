import { ApiError } from '../../api/errors.ts';
import type { Candidate, Failure, Link } from '../../api/evidence.ts';
import { peekClusterId } from '../../core/meshsync/peek.ts';
import { DATA_SUBJECTS, META_SUBJECT } from '../../core/meshsync/subjects.ts';
import { failureOf } from '../failure.ts';
import { BrokerError } from '../ports.ts';
import type { BrokerSession, Route } from '../ports.ts';
import { backoffMs, ENDED, isoTime, linkedController, Wake, Waiters } from '../timing.ts';
import { askForResync, askForStore, askForVersion } from './asking.ts';
import { waysTo } from './candidates.ts';
import type { Way } from './candidates.ts';
import { Climb, closeQuietly, withTried } from './climb.ts';
import { dial, type Dialled } from './dial.ts';
import type { LinkOptions } from './link-options.ts';
import { moveBetween } from './moving.ts';
import { Overlap } from './overlap.ts';
import { pingForever, steadyRoundTrip } from './pings.ts';
import { proofOf } from './proof.ts';
import type { Proof } from './proof.ts';
import type { BrokerTarget } from './target.ts';
import { Traffic } from './traffic.ts';
import { WrongClusters } from './wrong-clusters.ts';

const CLIENT_NAME = 'meshplay-server';
const FIRST_RETRY_MS = 300;
const LONGEST_RETRY_MS = 5_000;
/** A session that lived this long was a good one; the next failure starts the back-off anew. */
const STABLE_MS = 5000;
const IDLE_MS = 24 * 3600 * 1000;
/** MeshSync may start after the link, or not know the question: it is asked again, with patience. */
const VERSION_EVERY_MS = 30_000;

/** The server's own NATS link into one cluster: dials, listens, notices death, and dials again for ever. */
export class BrokerLink {
  readonly traffic = new Traffic();
  readonly #options: LinkOptions;
  readonly #closing = new AbortController();
  readonly #wake: Wake;
  readonly #wrong: WrongClusters;
  readonly #waiting = new Waiters();
  readonly #climb: Climb;
  #state: Link['state'] = 'idle';
  #sinceMs: number;
  #candidates: Candidate[] = [];
  #way: Way | undefined;
  #session: BrokerSession | undefined;
  /** While the link moves to another way. */
  #overlap: Overlap | undefined;
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
    this.#wrong = new WrongClusters(options.clock);
    this.#climb = new Climb({
      clock: options.clock,
      log: options.log,
      way: () => this.#way,
      ways: () => this.#ways(options.target()),
      dial: (ways, signal) => this.#dialWays(ways, options.target(), signal),
      isOurBroker: (chosen, signal) => this.#isSameBroker(chosen, signal),
      moveTo: ({ way, session }) => this.#moveTo(way, session),
      onTried: ({ candidates }) => {
        this.#candidates = withTried(this.#candidates, candidates);
      },
    });
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
    if (this.#state === 'connected') return this.#climb.waysChanged();
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
  current(): { serverId: string; clientIds: readonly number[]; monitor: Route | undefined } | undefined {
    if (this.#session === undefined) return undefined;
    const { serverId } = this.#session.info;
    const sessions = this.#overlap?.sessions ?? [this.#session];
    const clientIds = sessions
      .filter(({ info }) => info.serverId === serverId)
      .map(({ info }) => info.clientId);
    return { serverId, clientIds, monitor: this.#way?.monitor };
  }

  /** Drops the session, resolves everything anew and dials; throws `BrokerError` when nothing answers. */
  async reconnect(signal: AbortSignal): Promise<void> {
    this.#wrong.forget();
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
    askForResync(session);
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
    this.#token = target.token.state;
    this.#enter(this.#state === 'lost' ? 'lost' : 'connecting');
    const dialled = await this.#dialWays(this.#ways(target), target, signal);
    this.#candidates = dialled.candidates;
    if (dialled.failure !== undefined) this.#failure = dialled.failure;
    return dialled.chosen;
  }

  #ways(target: BrokerTarget): Way[] {
    const { dockerHosts, api } = this.#options;
    return waysTo(target, { api: api(), dockerHosts }).map((way) => this.#wrong.skipped(way));
  }

  #dialWays(ways: readonly Way[], { token }: BrokerTarget, signal: AbortSignal): Promise<Dialled> {
    const { clock, brokers } = this.#options;
    return dial(ways, { clock, brokers, token: token.value, name: CLIENT_NAME }, signal);
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
    this.#proof = 'unproven';
    this.#failure = undefined;
    this.#take(way, session);
    this.traffic.listen(clock.now());
    try {
      this.#subscribe(session);
      askForStore(session);
      this.#askVersion(session);
      this.#resyncAskedMs = clock.now();
      this.#enter('connected');
      void this.#ping(controller.signal);
      void this.#prove(way, session, target, controller.signal);
      void this.#climb.run(controller.signal);
    } catch (error) {
      end(failureOf(error));
    }
    const failure = await ended;
    release();
    controller.abort(ENDED);
    this.#end = undefined;
    this.traffic.stopListening(clock.now());
    // The link may have moved on to another session than the one it began with.
    const last = this.#session ?? session;
    this.#session = undefined;
    this.#way = undefined;
    this.#roundTripMs = undefined;
    if (failure?.kind !== 'wrong-cluster') this.#proof = 'unproven';
    void closeQuietly(last, log);
    return failure;
  }

  /** Makes a session the one in use; its end ends the link, unless another is in use by then. */
  #take(way: Way, session: BrokerSession): void {
    this.#way = way;
    this.#session = session;
    this.#roundTripMs = undefined;
    const ended = (failure: Failure | undefined) => {
      if (this.#session === session) this.#end?.(failure);
    };
    void session.closed.then(ended, (error: unknown) => ended(failureOf(error)));
  }

  #subscribe(session: BrokerSession): void {
    for (const subject of [...DATA_SUBJECTS, META_SUBJECT])
      session.subscribe(subject, (told, body) => this.#receive(told, body, session));
  }

  /** The Broker we are connected to already, or another pod of it that the cluster itself vouches for. */
  async #isSameBroker({ way, session }: { way: Way; session: BrokerSession }, signal: AbortSignal) {
    const { clock, brokers, api, target } = this.#options;
    if (session.info.serverId === this.#session?.info.serverId) return true;
    const asked = { ...way, isAmbiguous: true };
    const proof = await proofOf(asked, session, target(), { clock, brokers, api: api() }, signal);
    if (proof === 'mismatch') this.#markWrong(way);
    return proof === 'proven';
  }

  async #moveTo(way: Way, next: BrokerSession): Promise<void> {
    const { log } = this.#options;
    const old = this.#session;
    if (old === undefined) throw new BrokerError({ kind: 'unavailable', message: 'The link has ended.' });
    const overlap = new Overlap([old, next]);
    this.#overlap = overlap;
    const take = () => {
      if (this.#session !== old) return false;
      log.info({ from: this.#way?.address, to: way.address }, 'the link moves to a direct way');
      this.#take(way, next);
      this.#announce();
      return true;
    };
    try {
      await moveBetween(old, next, { log, subscribe: (session) => this.#subscribe(session), take });
    } finally {
      if (this.#overlap === overlap) this.#overlap = undefined;
    }
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
    this.#proof = 'mismatch';
    this.#end?.(this.#markWrong(way));
  }

  #markWrong(way: Way): Failure {
    const failure = this.#wrong.mark(way);
    this.#candidates = this.#candidates.map((candidate) =>
      candidate.kind === way.kind && candidate.address === way.address
        ? { ...candidate, outcome: 'failed', failure }
        : candidate,
    );
    return failure;
  }

  #receive(subject: string, body: Uint8Array, session: BrokerSession): void {
    const overlap = this.#overlap;
    const isKnown = session === this.#session || overlap?.sessions.includes(session) === true;
    if (!isKnown || this.#proof === 'mismatch' || overlap?.isTwin(session, subject, body) === true) return;
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
    askForVersion(session);
  }

  #ping(signal: AbortSignal): Promise<void> {
    const onDead = (failure: Failure) => this.#end?.(failure);
    const onRoundTrip = (roundTripMs: number) => {
      const shown = steadyRoundTrip(this.#roundTripMs, roundTripMs);
      if (shown === this.#roundTripMs) return;
      this.#roundTripMs = shown;
      this.#announce();
    };
    const { clock } = this.#options;
    return pingForever({ clock, session: () => this.#session, onRoundTrip, onDead }, signal);
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
