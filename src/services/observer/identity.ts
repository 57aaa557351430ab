import type { Failure, Observation } from '../../api/evidence.ts';
import { failureOf } from '../failure.ts';
import { ClusterError } from '../ports.ts';
import type { Clock, ClusterApi } from '../ports.ts';
import { ENDED, isoTime, jittered, Wake, withDeadline } from '../timing.ts';
import { NAMESPACES } from './kinds.ts';

const READ_TIMEOUT_MS = 3000;
const AGAIN_MS = 60_000;
const FORBIDDEN_AGAIN_MS = 15_000;
const FAILED_AGAIN_MS = 3000;

/** Reads the UID of `kube-system`, which is the identity of a cluster; again each minute, as addresses are reused. */
export class IdentityProbe {
  readonly #clock: Clock;
  readonly #api: ClusterApi;
  readonly #onChange: () => void;
  readonly #closing = new AbortController();
  readonly #wake: Wake;
  #observation: Observation<string> = { status: 'pending' };

  constructor(options: { clock: Clock; api: ClusterApi; onChange: () => void }) {
    this.#clock = options.clock;
    this.#api = options.api;
    this.#onChange = options.onChange;
    this.#wake = new Wake(options.clock);
  }

  start(): void {
    void this.#run(this.#closing.signal);
  }

  close(): void {
    this.#closing.abort(ENDED);
  }

  ring(): void {
    this.#wake.ring();
  }

  observation(): Observation<string> {
    return this.#observation;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const failure = await this.#read(signal);
      if (signal.aborted) return;
      this.#onChange();
      const waitMs =
        failure === undefined
          ? AGAIN_MS
          : failure.kind === 'forbidden'
            ? FORBIDDEN_AGAIN_MS
            : FAILED_AGAIN_MS;
      await this.#wake.sleep(jittered(this.#clock, waitMs), signal);
    }
  }

  async #read(signal: AbortSignal): Promise<Failure | undefined> {
    try {
      const { metadata } = await withDeadline(
        this.#clock,
        READ_TIMEOUT_MS,
        signal,
        (inner) => this.#api.get({ kind: NAMESPACES, name: 'kube-system' }, inner),
        () =>
          new ClusterError({ kind: 'timeout', message: 'The API server did not answer who it is in time.' }),
      );
      const uid = metadata.uid ?? '';
      if (uid === '')
        throw new ClusterError({ kind: 'protocol', message: 'The namespace kube-system has no UID.' });
      this.#observation = { status: 'seen', value: uid, seenAt: isoTime(this.#clock.now()) };
      return undefined;
    } catch (error) {
      const told = failureOf(error);
      const failure =
        told.kind === 'forbidden' && told.permission === undefined
          ? { ...told, permission: { verb: 'get', group: '', resource: 'namespaces', name: 'kube-system' } }
          : told;
      const before = this.#observation;
      const last =
        before.status === 'seen' ? before.value : before.status === 'failed' ? before.lastValue : undefined;
      this.#observation = {
        status: 'failed',
        failure,
        failedAt: isoTime(this.#clock.now()),
        ...(last === undefined ? {} : { lastValue: last }),
      };
      return failure;
    }
  }
}
