import type { Definition, Observation } from '../../api/evidence.ts';
import { failureOf } from '../failure.ts';
import { ClusterError } from '../ports.ts';
import type { Clock, ClusterApi } from '../ports.ts';
import { ENDED, isoTime, jittered, Wake, withDeadline } from '../timing.ts';
import { GROUPS, RESOURCE_PLURALS } from './kinds.ts';

const GROUPS_TIMEOUT_MS = 3000;
const GROUPS_AGAIN_MS = 4000;

/**
 * Stands in for the definitions where they may not be read: which of our groups are served is told to everybody by
 * `GET /apis`. What is stored and how it is converted cannot be told from there.
 */
export class GroupProbe {
  readonly #clock: Clock;
  readonly #api: ClusterApi;
  readonly #isNeeded: () => boolean;
  readonly #onChange: () => void;
  readonly #closing = new AbortController();
  readonly #wake: Wake;
  #observation: Observation<Definition[]> = { status: 'pending' };

  constructor(options: { clock: Clock; api: ClusterApi; isNeeded: () => boolean; onChange: () => void }) {
    this.#clock = options.clock;
    this.#api = options.api;
    this.#isNeeded = options.isNeeded;
    this.#onChange = options.onChange;
    this.#wake = new Wake(options.clock);
  }

  start(): void {
    void this.#run(this.#closing.signal);
  }

  close(): void {
    this.#closing.abort(ENDED);
  }

  /** Looks now if it is needed. */
  ring(): void {
    this.#wake.ring();
  }

  observation(): Observation<Definition[]> {
    return this.#observation;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#isNeeded()) {
        await this.#look(signal);
        if (signal.aborted) return;
        this.#onChange();
      }
      await this.#wake.sleep(jittered(this.#clock, GROUPS_AGAIN_MS), signal);
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    try {
      const groups = await withDeadline(
        this.#clock,
        GROUPS_TIMEOUT_MS,
        signal,
        (inner) => this.#api.groups(inner),
        () =>
          new ClusterError({
            kind: 'timeout',
            message: 'The API server did not answer which groups it serves.',
          }),
      );
      const value = groups
        .filter(({ group }) => group in GROUPS)
        .flatMap(({ group, versions }) => asServed(group, versions));
      this.#observation = { status: 'seen', value, seenAt: isoTime(this.#clock.now()) };
    } catch (error) {
      this.#observation = {
        status: 'failed',
        failure: failureOf(error),
        failedAt: isoTime(this.#clock.now()),
      };
    }
  }
}

function asServed(group: string, versions: readonly string[]): Definition[] {
  return Object.entries(RESOURCE_PLURALS).map(([plural, kind]) => ({
    name: `${plural}.${group}`,
    group,
    kind,
    versions: versions.map((name) => ({ name, served: true, stored: false })),
    conversion: 'None',
  }));
}

/** The served version the API server itself would prefer: stable before beta before alpha, the newest of each. */
export function bestServedVersion(definition: Definition): string | undefined {
  const served = definition.versions.filter((version) => version.served).map((version) => version.name);
  return served.toSorted((a, b) => rank(b) - rank(a))[0];
}

function rank(version: string): number {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (match === null) return -1;
  const stability = match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0;
  return stability * 1_000_000 + Number(match[1]) * 1000 + Number(match[3] ?? 0);
}
