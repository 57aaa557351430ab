import type { Clock, NetworkProbe } from '../../ports.ts';
import type { DataOperations } from '../../operations/linking.ts';
import type { OperationTarget } from '../../operations/target.ts';
import type { Outcome } from '../engine.ts';

/** What the checks of a connection look at. */
export interface CheckScene {
  readonly target: OperationTarget;
  readonly clock: Clock;
  readonly network: NetworkProbe | undefined;
  readonly data: DataOperations | undefined;
  vitals(): { eventLoopDelayMs: number; memoryMb: number };
}

type Extra = Omit<Outcome, 'status' | 'observed'>;

export function pass(observed: string, extra: Extra = {}): Outcome {
  return { status: 'pass', observed, ...extra };
}

export function warn(observed: string, extra: Extra = {}): Outcome {
  return { status: 'warn', observed, ...extra };
}

export function fail(observed: string, extra: Extra = {}): Outcome {
  return { status: 'fail', observed, ...extra };
}

export function skip(observed: string): Outcome {
  return { status: 'skip', observed };
}
