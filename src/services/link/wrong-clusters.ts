import type { Failure } from '../../api/evidence.ts';
import type { Clock } from '../ports.ts';
import type { Way } from './candidates.ts';

const REMEMBERED_MS = 60_000;

/** Addresses where the Broker of another cluster answered; they are left alone for a while. */
export class WrongClusters {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #untilMs = new Map<string, number>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  mark({ address }: Way): Failure {
    this.#untilMs.set(address, this.#clock.now() + REMEMBERED_MS);
    return failureAt(address);
  }

  /** The way as it is, or skipped with the reason. */
  skipped(way: Way): Way {
    const isWrong = (this.#untilMs.get(way.address) ?? 0) > this.#clock.now();
    return isWrong && way.client !== undefined ? { ...way, skipped: failureAt(way.address) } : way;
  }

  forget(): void {
    this.#untilMs.clear();
  }
}

function failureAt(address: string): Failure {
  return {
    kind: 'wrong-cluster',
    message: `The Broker that answers at ${address} belongs to another cluster.`,
  };
}
