import type { ControllerResource, Definition, Observation, Workload } from '../../api/evidence.ts';
import type { Clock, ClusterApi, Log } from '../ports.ts';
import { isoTime } from '../timing.ts';
import { ApiProbe } from './api-probe.ts';
import { combine, preferFound } from './combine.ts';
import { bestServedVersion, GroupProbe } from './definitions.ts';
import { HomeStreams } from './home-streams.ts';
import { IdentityProbe } from './identity.ts';
import {
  DEFAULT_NAMESPACES,
  DEFINITIONS,
  DEFINITION_NAMES,
  DEPLOYMENTS,
  GROUPS,
  OPERATOR_NAMES,
} from './kinds.ts';
import { Locator } from './locate.ts';
import { projectDefinition, projectResource, projectWorkload } from './project.ts';
import { known, newest, onlyOperators, presence, unreachable, withoutTwins } from './observed.ts';
import type { Observed } from './observed.ts';
import { ObjectStream } from './stream.ts';
import type { StreamHost } from './stream-spec.ts';

export interface Observer {
  start(): void;
  close(): void;
  /** Everything seen, assembled only when something changed since. */
  observed(): Observed;
  /** Tokens by namespace; they never enter the evidence. */
  tokens(): { namespace: string; token: string }[];
  /** When an unreachable API server is asked again. */
  nextTryMs(): number | undefined;
  /** Looks at everything again; gives the names of what was not proven when the signal aborted. */
  refresh(signal: AbortSignal): Promise<string[]>;
}

export interface ObserverOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly api: ClusterApi;
  /** How many connections share this process: all intervals grow with it. */
  readonly connections: () => number;
  readonly onChange: () => void;
}

/**
 * Cost of the audits: about ten small metadata-only lists a connection and round. A round lasts 1.4 s for up to five
 * connections (seven requests a second each, so that a permission taken away is seen within two seconds), 2.6 s for
 * up to fifty (200 requests a second in all), and grows from there so that the total stays at 200 a second.
 */
function auditMs(connections: number): number {
  return connections <= 5 ? 1400 : 2600 * Math.max(1, connections / 50);
}

/** Two seconds for up to 200 connections; from there the total stays at 110 probes a second. */
function probeMs(connections: number): number {
  return 1800 * Math.max(1, connections / 200);
}

/** One observer owns every watch of one connection. Nothing is asked before `start`, nothing after `close`. */
export function createObserver(options: ObserverOptions): Observer {
  return new ClusterObserver(options);
}

class ClusterObserver implements Observer {
  readonly #options: ObserverOptions;
  readonly #host: StreamHost;
  readonly #probe: ApiProbe;
  readonly #identity: IdentityProbe;
  readonly #groups: GroupProbe;
  readonly #locator: Locator;
  readonly #definitions: ObjectStream<Definition>;
  readonly #operators: readonly ObjectStream<Workload>[];
  readonly #resources = new Map<string, ObjectStream<ControllerResource>>();
  readonly #homes = new Map<string, HomeStreams>();
  #isRunning = false;
  #isReachable = true;
  #isAnnounced = false;
  #mustReconcile = true;
  #apiShown = '';
  #cached: Observed | undefined;

  constructor(options: ObserverOptions) {
    const { clock, log, api, connections } = options;
    this.#options = options;
    const onChange = () => this.#changed();
    this.#host = {
      clock,
      log,
      api,
      auditMs: () => auditMs(connections()),
      onChange,
      onProof: () => {
        this.#cached = undefined;
      },
      onTrouble: async (signal) => {
        await this.#probe.prove(signal);
      },
    };
    this.#probe = new ApiProbe({
      clock,
      api,
      intervalMs: () => probeMs(connections()),
      onChange: (isReachable) => this.#reached(isReachable),
    });
    this.#identity = new IdentityProbe({ clock, api, onChange });
    this.#groups = new GroupProbe({ clock, api, onChange, isNeeded: () => this.#areDefinitionsHidden() });
    this.#locator = new Locator({ clock, api, onChange, isNeeded: () => this.#homes.size === 0 });
    this.#definitions = new ObjectStream(
      {
        name: 'customresourcedefinitions',
        kind: DEFINITIONS,
        options: {},
        isTracked: ({ name }) => DEFINITION_NAMES.has(name),
        // Definitions carry whole schemas; a small page keeps the peak of memory low.
        pageSize: 50,
        project: projectDefinition,
      },
      this.#host,
    );
    this.#operators = OPERATOR_NAMES.map(
      (name) =>
        new ObjectStream(
          {
            name: `deployments named ${name}`,
            kind: DEPLOYMENTS,
            options: { fieldSelector: `metadata.name=${name}` },
            project: (object) => projectWorkload(object, 'Deployment'),
          },
          this.#host,
        ),
    );
  }

  start(): void {
    this.#isRunning = true;
    for (const part of [this.#probe, this.#identity, this.#groups, this.#locator]) part.start();
    for (const stream of this.#allStreams()) stream.start();
  }

  close(): void {
    this.#isRunning = false;
    for (const part of [this.#probe, this.#identity, this.#groups, this.#locator]) part.close();
    for (const stream of this.#allStreams()) stream.close();
  }

  observed(): Observed {
    this.#cached ??= this.#assemble();
    return this.#cached;
  }

  tokens(): { namespace: string; token: string }[] {
    return [...this.#homes.values()].flatMap((home) => home.secrets.values());
  }

  nextTryMs(): number | undefined {
    return this.#probe.nextTryMs();
  }

  async refresh(signal: AbortSignal): Promise<string[]> {
    this.#identity.ring();
    this.#groups.ring();
    if (!(await this.#probe.prove(signal))) return ['api server'];
    this.#locator.ring();
    const proofs = this.#allStreams().map(async (stream) =>
      (await stream.prove(signal)) ? [] : [stream.name],
    );
    return (await Promise.all(proofs)).flat();
  }

  #allStreams(): ObjectStream<unknown>[] {
    const homes = [...this.#homes.values()].flatMap((home) => home.all());
    return [this.#definitions, ...this.#operators, ...this.#resources.values(), ...homes];
  }

  #reached(isReachable: boolean): void {
    if (isReachable && !this.#isReachable) {
      this.#identity.ring();
      this.#locator.ring();
    }
    this.#isReachable = isReachable;
    for (const stream of this.#allStreams()) {
      if (isReachable) stream.resume();
      else stream.pause();
    }
    this.#cached = undefined;
    const api = this.#probe.observation();
    const shown = JSON.stringify(
      api.status === 'seen' ? api.value : api.status === 'failed' ? api.failure : '',
    );
    // Half a probe a second says the same as the one before; only news is worth a judgement.
    if (shown === this.#apiShown) return;
    this.#apiShown = shown;
    this.#changed();
  }

  /** Many changes of one moment make one round of reconciling and one announcement. */
  #changed(): void {
    this.#cached = undefined;
    this.#mustReconcile = true;
    if (this.#isAnnounced || !this.#isRunning) return;
    this.#isAnnounced = true;
    queueMicrotask(() => {
      this.#isAnnounced = false;
      if (!this.#isRunning) return;
      this.#reconcile();
      this.#options.onChange();
    });
  }

  #areDefinitionsHidden(): boolean {
    const observation = this.#definitions.observation();
    return observation.status === 'failed' && observation.failure.kind === 'forbidden';
  }

  #definitionsSeen(): Observation<Definition[]> {
    if (!this.#areDefinitionsHidden()) return this.#definitions.observation();
    const groups = this.#groups.observation();
    return groups.status === 'seen' ? groups : this.#definitions.observation();
  }

  /** Starts the streams that what was seen calls for, and closes those it no longer does. */
  #reconcile(): void {
    this.#mustReconcile = false;
    this.#reconcileResources();
    const homes = this.#homeNamespaces();
    for (const namespace of homes) {
      if (this.#homes.has(namespace)) continue;
      const home = new HomeStreams(namespace, this.#host);
      this.#homes.set(namespace, home);
      for (const stream of home.all()) this.#begin(stream);
    }
    for (const [namespace, home] of this.#homes) {
      if (homes.has(namespace)) continue;
      for (const stream of home.all()) stream.close();
      this.#homes.delete(namespace);
    }
    this.#cached = undefined;
  }

  #begin(stream: ObjectStream<unknown>): void {
    if (!this.#isReachable) stream.pause();
    stream.start();
  }

  #reconcileResources(): void {
    const definitions = known(this.#definitionsSeen());
    if (definitions === undefined) return;
    const wanted = new Set<string>();
    for (const definition of definitions) {
      const version = bestServedVersion(definition);
      const family = GROUPS[definition.group];
      const kind =
        definition.kind === 'Broker' || definition.kind === 'MeshSync' ? definition.kind : undefined;
      if (version === undefined || family === undefined || kind === undefined) continue;
      const wide = this.#resources.get(`${definition.name}/${version}`);
      const isRefused = wide?.status().failure?.kind === 'forbidden';
      const scopes = isRefused ? [undefined, DEFAULT_NAMESPACES[family]] : [undefined];
      for (const namespace of scopes) {
        const key = `${definition.name}/${version}${namespace === undefined ? '' : ` in ${namespace}`}`;
        wanted.add(key);
        if (this.#resources.has(key)) continue;
        const stream = new ObjectStream<ControllerResource>(
          {
            name: key,
            kind: {
              group: definition.group,
              version,
              plural: kind === 'Broker' ? 'brokers' : 'meshsyncs',
              isNamespaced: true,
            },
            options: { namespace },
            project: (object) => projectResource(object, { kind, family, group: definition.group, version }),
          },
          this.#host,
        );
        this.#resources.set(key, stream);
        this.#begin(stream);
      }
    }
    for (const [key, stream] of this.#resources) {
      if (wanted.has(key)) continue;
      stream.close();
      this.#resources.delete(key);
    }
  }

  /** Where our things are: resources, operators, what the locator found, and what still lives there. */
  #homeNamespaces(): Set<string> {
    const homes = new Set(this.#locator.namespaces());
    for (const stream of this.#resources.values())
      for (const { namespace } of stream.values()) homes.add(namespace);
    for (const stream of this.#operators) for (const { namespace } of stream.values()) homes.add(namespace);
    for (const [namespace, home] of this.#homes) if (home.isInhabited()) homes.add(namespace);
    const wide = [...this.#operators, ...this.#resources.values()];
    const isRefused = wide.some((stream) => stream.status().failure?.kind === 'forbidden');
    if (isRefused || this.#locator.isForbidden()) {
      for (const namespace of Object.values(DEFAULT_NAMESPACES)) homes.add(namespace);
    }
    return homes;
  }

  #resourcesSeen(definitions: Observation<Definition[]>, nowAt: string): Observation<ControllerResource[]> {
    if (definitions.status === 'pending') return definitions;
    if (definitions.status === 'failed' && known(definitions) === undefined) {
      return { status: 'failed', failure: definitions.failure, failedAt: definitions.failedAt };
    }
    const parts = [...this.#resources]
      .filter(([key]) => !key.includes(' in '))
      .map(([key, wide]) => {
        const narrow = [...this.#resources].filter(([other]) => other.startsWith(`${key} in `));
        const found = combine(
          narrow.map(([, stream]) => stream.observation()),
          nowAt,
        );
        return preferFound(wide.observation(), found);
      });
    return combine(parts, definitions.status === 'seen' ? definitions.seenAt : nowAt);
  }

  #assemble(): Observed {
    if (this.#isRunning && this.#mustReconcile) this.#reconcile();
    const nowAt = isoTime(this.#options.clock.now());
    const definitions = this.#definitionsSeen();
    const resources = this.#resourcesSeen(definitions, nowAt);
    const homes = [...this.#homes.values()];
    const deployed = homes.flatMap((home) => [
      home.deployments.observation(),
      home.statefulSets.observation(),
    ]);
    const operatorsHere = combine(
      homes.map((home) => home.deployments.observation()),
      nowAt,
    );
    const operators = combine(
      this.#operators.map((stream) => stream.observation()),
      nowAt,
    );
    const wide = preferFound(operators, onlyOperators(operatorsHere));
    const areHomesKnown =
      this.#locator.isDone() && operators.status !== 'pending' && resources.status !== 'pending';
    const atHome = <T>(parts: Observation<T[]>[]): Observation<T[]> =>
      areHomesKnown ? combine(parts, nowAt) : { status: 'pending' };
    const workloadParts = [wide, ...deployed];
    // Nothing may be called absent before every home is known, yet what cannot be read is known at once.
    const areWorkloadsTold = areHomesKnown || workloadParts.some(({ status }) => status === 'failed');
    const observed: Observed = {
      api: this.#probe.observation(),
      clusterUid: this.#identity.observation(),
      definitions,
      resources,
      workloads: areWorkloadsTold ? withoutTwins(combine(workloadParts, nowAt)) : { status: 'pending' },
      pods: atHome(homes.map((home) => home.pods.observation())),
      services: atHome(homes.map((home) => home.services.observation())),
      events: newest(atHome(homes.map((home) => home.events.observation()))),
      brokerToken: presence(atHome(homes.map((home) => home.secrets.observation()))),
      namespaces: [...this.#homes.keys()].toSorted(),
      streams: this.#allStreams().map((stream) => stream.status()),
    };
    return observed.api.status === 'failed' ? unreachable(observed, observed.api) : observed;
  }
}
