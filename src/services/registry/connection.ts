import type { ConnectionSummary, ConnectionView, LifecycleState } from '../../api/connection.ts';
import type { Finding } from '../../api/diagnosis.ts';
import type { Evidence, Failure } from '../../api/evidence.ts';
import { observedState, pausedWords } from '../../core/lifecycle.ts';
import type { PausedState } from '../../core/paused.ts';
import { failureOf } from '../failure.ts';
import { BrokerLink } from '../link/link.ts';
import { BrokerMonitor } from '../link/monitor.ts';
import { targetOf } from '../link/target.ts';
import type { BrokerTarget } from '../link/target.ts';
import { TrafficKeeper } from '../link/traffic-keeper.ts';
import { createObserver } from '../observer/observer.ts';
import { unobservable } from '../observer/observed.ts';
import type { Observed } from '../observer/observed.ts';
import type { Observer } from '../observer/observer.ts';
import type { ClusterApi, DiscoveredContext } from '../ports.ts';
import { after, ENDED, isoTime, linkedController, Waiters } from '../timing.ts';
import { eventsBetween, remembered } from './announce.ts';
import type { Notable } from './announce.ts';
import type { ConnectionHandle } from './handle.ts';
import type { ConnectionHost, ConnectionStart } from './host.ts';
import { inOrder, judgeSafely, unobserved } from './judging.ts';
import { Summariser } from './summary.ts';
import { waitUntil } from './wait-until.ts';
import { chooseWay, isSameWayStill, proxyOf, uncheckedBeside, waysInOf } from './ways.ts';

/** Changes of one moment are judged once. */
const DEBOUNCE_MS = 30;
const REFRESH_LIMIT_MS = 5000;

/** One cluster: its ways in, its observer, its Broker link, and the last judgement over all of it. */
export class Connection implements ConnectionHandle {
  readonly id: string;
  readonly #host: ConnectionHost;
  readonly #closing = new AbortController();
  readonly #broker: BrokerLink;
  readonly #monitor: BrokerMonitor;
  readonly #keeper: TrafficKeeper;
  readonly #summariser: Summariser;
  readonly #waiting = new Waiters();
  readonly #observedSinceMs: number;
  #ways: readonly DiscoveredContext[] = [];
  #inUse: DiscoveredContext | undefined;
  #api: ClusterApi | undefined;
  #observer: Observer | undefined;
  #uid: string | undefined;
  #operationSinceMs: number | undefined;
  #isJudgeDue = false;
  #judgedMs = -Infinity;
  #hasTraffic = false;
  #wasSeen = false;
  #notable: Notable | undefined;
  #summary: ConnectionSummary | undefined;
  #findings: readonly Finding[] = [];
  #shown = '';
  #target: { of: Observed; value: BrokerTarget } | undefined;
  readonly #paused: PausedState | undefined;
  #version: number;
  #name: string;

  constructor(id: string, host: ConnectionHost, { name, paused, clusterUid, version }: ConnectionStart) {
    this.id = id;
    this.#name = name;
    this.#uid = clusterUid;
    this.#host = host;
    this.#paused = paused;
    this.#version = version;
    const { clock, log, brokers, environment, intake } = host.ports;
    this.#observedSinceMs = clock.now();
    this.#summariser = new Summariser(clock.now());
    const api = () => this.#api;
    this.#broker = new BrokerLink({
      clock,
      log,
      brokers,
      dockerHosts: environment.dockerHosts,
      api,
      target: () => this.#brokerTarget(),
      clusterUid: () => this.#uid,
      onMessage: (subject, body, receivedAtMs) => {
        this.#hasTraffic = true;
        intake?.accept({ connectionId: id, clusterUid: this.#uid, subject, body, receivedAtMs });
      },
      onChange: () => {
        this.#monitor.ring();
        this.#dirty();
      },
    });
    this.#keeper = new TrafficKeeper({ clock, log, state: host.ports.state, traffic: this.#broker.traffic });
    this.#monitor = new BrokerMonitor({
      clock,
      brokers,
      api,
      target: () => this.#brokerTarget(),
      current: () => this.#broker.current(),
      // MeshSync's own entry is the only proof of its link; two and a half seconds keep a dead one green for under five.
      intervalMs: () => 2500 * Math.max(1, host.connections() / 100),
      onChange: () => this.#dirty(),
    });
  }

  get name(): string {
    return this.#name;
  }

  rename(name: string): void {
    this.#name = name;
    this.#judge();
  }

  get findings(): readonly Finding[] {
    return this.#findings;
  }

  get ways(): readonly DiscoveredContext[] {
    return this.#ways;
  }

  /** Changes whenever `summary()` or `view()` would give something else. */
  get version(): number {
    return this.#version;
  }

  readonly link = {
    reconnect: (signal: AbortSignal) => this.#broker.reconnect(signal),
    resync: () => this.#broker.resync(),
  };

  /** Messages received since the connection exists, when the last one came, and whether the link is up. */
  traffic(): { messages: number; lastMs: number | undefined; ratePerSecond: number; isConnected: boolean } {
    const { traffic } = this.#broker;
    return {
      messages: traffic.messages(),
      lastMs: traffic.lastMs(),
      ratePerSecond: traffic.ratePerSecond(this.#host.ports.clock.now()),
      isConnected: this.#broker.current() !== undefined,
    };
  }

  start(): void {
    if (this.#paused !== undefined) return;
    this.#broker.start();
    this.#monitor.start();
  }

  async close(): Promise<void> {
    this.#closing.abort(ENDED);
    this.#broker.close();
    this.#monitor.close();
    this.#observer?.close();
    this.#waiting.settle();
    const api = this.#api;
    this.#api = undefined;
    await api?.close();
  }

  /** Takes the contexts that lead to this cluster; opens anew when the one in use changed. */
  setWays(ways: readonly DiscoveredContext[]): void {
    const next = chooseWay(ways, this.#inUse);
    const isUnchanged = this.#api !== undefined && isSameWayStill(next, this.#inUse);
    const shown = JSON.stringify(waysInOf(this.#ways, this.#inUse));
    this.#ways = ways;
    if (isUnchanged) this.#inUse = next;
    else this.#open(next);
    // Who replaced credentials looks at once: the former way must not be told until the next judgement.
    if (JSON.stringify(waysInOf(ways, this.#inUse)) !== shown) this.#count();
    this.#dirty();
  }

  #count(): void {
    this.#version += 1;
    this.#host.onChange(this);
  }

  #open(way: DiscoveredContext | undefined): void {
    const { clock, log } = this.#host.ports;
    this.#observer?.close();
    const old = this.#api;
    void old?.close().catch((error: unknown) => {
      log.warn({ connection: this.id, reason: failureOf(error).message }, 'cluster did not close cleanly');
    });
    this.#observer = undefined;
    this.#api = undefined;
    this.#inUse = way;
    if (way?.access === undefined || this.#paused !== undefined) return;
    const api = way.access.open();
    this.#api = api;
    const observer = createObserver({
      clock,
      log,
      api,
      connections: this.#host.connections,
      onChange: () => this.#observed(observer),
    });
    this.#observer = observer;
    // A thousand clusters are not all asked in the same instant.
    const delayMs = Math.max(0, this.#host.connections() - 20) * 3 * clock.random();
    void after(clock, delayMs, this.#closing.signal, () => {
      if (this.#observer === observer) observer.start();
    });
  }

  #observed(observer: Observer): void {
    if (this.#observer !== observer || this.#closing.signal.aborted) return;
    const { clusterUid } = observer.observed();
    if (clusterUid.status === 'seen' && clusterUid.value !== this.#uid) {
      this.#uid = clusterUid.value;
      this.#host.onIdentity(this, clusterUid.value);
      void this.#keeper.recall(clusterUid.value);
    }
    this.#broker.targetChanged();
    this.#dirty();
  }

  api(): ClusterApi | undefined {
    return this.#api;
  }

  clusterUid(): string | undefined {
    return this.#uid;
  }

  brokerToken(): string | undefined {
    return this.#brokerTarget().token.value;
  }

  setOperationRunning(isRunning: boolean): void {
    this.#operationSinceMs = isRunning ? this.#host.ports.clock.now() : undefined;
    this.#dirty();
  }

  evidence(): Evidence {
    const { clock, intake } = this.#host.ports;
    const nowAt = isoTime(clock.now());
    return {
      connectionId: this.id,
      takenAt: nowAt,
      server: this.#shownWay()?.server ?? '',
      isServerInCluster: this.#isServerInCluster(),
      isTlsVerified: this.#shownWay()?.isTlsVerified ?? true,
      ...proxyOf(this.#shownWay()),
      ...this.#seen(),
      link: this.#broker.read(),
      monitor: this.#monitor.observation(),
      database: intake?.evidence(this.id, this.#uid) ?? {
        status: 'failed',
        failure: { kind: 'unavailable', message: 'No database is open.' },
        failedAt: nowAt,
      },
    };
  }

  summary(): ConnectionSummary {
    return this.#summary ?? this.#judge();
  }

  view(): ConnectionView {
    return {
      ...this.summary(),
      waysIn: waysInOf(this.#ways, this.#inUse),
      ...(this.#uid === undefined ? {} : { clusterUid: this.#uid }),
      allFindings: [...this.#findings],
    };
  }

  waitFor(
    predicate: (view: ConnectionView, evidence: Evidence) => boolean,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { clock } = this.#host.ports;
    const isEnded = () => this.#closing.signal.aborted;
    const isMet = () => predicate(this.view(), this.evidence());
    return waitUntil({ clock, waiters: this.#waiting, isMet, isEnded, timeoutMs, signal });
  }

  async refresh(signal: AbortSignal): Promise<string[]> {
    if (this.#observer === undefined) {
      this.#judge();
      return [];
    }
    const { controller, release } = linkedController(signal);
    const { clock } = this.#host.ports;
    void after(clock, REFRESH_LIMIT_MS, controller.signal, () => controller.abort(ENDED));
    this.#monitor.ring();
    const waitingFor = await this.#observer.refresh(controller.signal);
    release();
    controller.abort(ENDED);
    this.#judge();
    return waitingFor;
  }

  /** Judges again if time alone may have changed the verdict, or messages came. Called about once a second. */
  tick(nowMs: number): void {
    this.#keeper.tick(nowMs);
    const health = this.#summary?.health;
    const isMoving = this.#hasTraffic || (this.#summary?.ratePerSecond ?? 0) > 0;
    const isSettled = health === 'healthy' || health === 'unknown';
    const load = Math.max(1, this.#host.connections() / 100);
    const dueMs = Math.min(10_000, (isMoving || !isSettled ? 900 : 5000) * load);
    if (nowMs - this.#judgedMs >= dueMs) this.#judge();
  }

  #shownWay(): DiscoveredContext | undefined {
    return this.#inUse ?? this.#ways[0];
  }

  #isServerInCluster(): boolean {
    return this.#ways.some((way) => way.origin === 'in-cluster') || this.#host.isOwnCluster(this.#uid);
  }

  #seen(): Observed {
    if (this.#observer !== undefined) return this.#observer.observed();
    if (this.#paused !== undefined) {
      const message = pausedWords(this.#paused);
      return unobservable({ kind: 'unavailable', message }, isoTime(this.#observedSinceMs));
    }
    const failure: Failure = this.#ways.find((way) => way.problem !== undefined)?.problem ?? {
      kind: 'invalid-config',
      message: 'No context of a kubeconfig leads to this cluster any more.',
    };
    return unobservable(failure, isoTime(this.#observedSinceMs));
  }

  #brokerTarget(): BrokerTarget {
    const observed = this.#seen();
    if (this.#target?.of !== observed) {
      const value = targetOf(observed, {
        server: this.#shownWay()?.server ?? '',
        isServerInCluster: this.#isServerInCluster(),
        tokens: this.#observer?.tokens() ?? [],
      });
      this.#target = { of: observed, value };
    }
    return this.#target.value;
  }

  #dirty(): void {
    if (this.#isJudgeDue || this.#closing.signal.aborted) return;
    this.#isJudgeDue = true;
    void after(this.#host.ports.clock, DEBOUNCE_MS, this.#closing.signal, () => {
      this.#isJudgeDue = false;
      this.#judge();
    });
  }

  #judge(): ConnectionSummary {
    const { clock, log } = this.#host.ports;
    const nowMs = clock.now();
    const evidence = this.evidence();
    const judged = judgeSafely(
      evidence,
      { nowMs, observedSinceMs: this.#observedSinceMs, operationSinceMs: this.#operationSinceMs },
      { judge: this.#host.judge, log },
    );
    this.#judgedMs = nowMs;
    this.#hasTraffic = false;
    // What a person chose is no fault: nothing is found wrong with it.
    const judgement: typeof judged =
      this.#paused === undefined
        ? judged
        : { ...judged, findings: [], health: 'unknown', hops: judged.hops.map(unobserved) };
    this.#findings = inOrder(judgement.findings);
    const summary = this.#summariser.summarise(evidence, judgement, this.#findings, nowMs, {
      id: this.id,
      name: this.name,
      origin: this.#shownWay()?.origin ?? 'kubeconfig',
      lifecycle: this.#lifecycle(evidence),
      ...uncheckedBeside(this.#ways, this.#shownWay()),
      nextTryMs: this.#observer?.nextTryMs(),
    });
    this.#tell(evidence, summary);
    const shown = JSON.stringify([
      summary,
      this.#findings,
      this.#uid,
      this.#ways.map((way) => [way.context, way.source, way.problem]),
    ]);
    this.#summary = summary;
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#count();
    }
    this.#waiting.settle();
    return summary;
  }

  #lifecycle({ api }: Evidence): LifecycleState {
    if (this.#paused !== undefined) return this.#paused;
    // Other credentials are looked at anew, and the connection stays connected meanwhile.
    this.#wasSeen ||= api.status === 'seen' || (api.status === 'failed' && api.lastSeenAt !== undefined);
    const hasWayIn = this.#api !== undefined;
    return observedState({ hasWayIn, api: api.status, wasEverSeen: this.#wasSeen });
  }

  #tell(evidence: Evidence, summary: ConnectionSummary): void {
    if (this.#paused !== undefined) return;
    // Until everything was looked at once, states come and go that mean nothing.
    if (this.#notable === undefined && this.#isStillLooking(evidence)) return;
    const { health, rootCause, controllers } = summary;
    const after: Notable = { health, rootCause, controllers, link: evidence.link, streams: evidence.streams };
    for (const event of eventsBetween({ id: this.id, name: this.name }, this.#notable, after)) {
      this.#host.events.add(event);
    }
    this.#notable = remembered(this.#notable, after);
  }

  #isStillLooking(evidence: Evidence): boolean {
    return [evidence.api, evidence.workloads, evidence.resources].some((part) => part.status === 'pending');
  }
}
