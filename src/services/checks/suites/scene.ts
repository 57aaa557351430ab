import type { Database } from '../../../api/database.ts';
import type { Freshness } from '../../../api/resource.ts';
import type { CheckId } from '../../../core/errors-reference/check-errors.ts';
import { timeWords as atWords } from '../../../core/judge/words.ts';
import type { BrokerConnector, Clock, NetworkProbe, PlaceProbe } from '../../ports.ts';
import type { DataOperations } from '../../operations/linking.ts';
import type { OperationTarget } from '../../operations/target.ts';
import type { Check, Outcome } from '../engine.ts';

/** A check of a suite: its id has an entry in the error reference. */
export type SuiteCheck = Check & { readonly id: CheckId };

/** What the database side tells the checks. */
export interface DataInsight {
  database(): Promise<Database>;
  /** Looks through the whole file; may take a while. */
  checkIntegrity(): Promise<Database>;
  freshness(connectionId: string): Promise<Freshness>;
}

/** What the checks of a connection look at. */
export interface CheckScene {
  readonly target: OperationTarget;
  readonly clock: Clock;
  readonly place: PlaceProbe | undefined;
  /** Dials this machine itself, also where the cluster is a simulated one; milliseconds it took. */
  readonly dial: NetworkProbe['dial'] | undefined;
  readonly brokers: BrokerConnector;
  readonly data: DataOperations | undefined;
  readonly insight: DataInsight | undefined;
  readonly product: { readonly version: string; readonly runtime: string };
  vitals(): { eventLoopDelayMs: number; memoryMb: number };
}

const LOOP_DELAY_LIMIT_MS = 200;

/** This server itself is slow to take up what arrives, so that silence tells little of the cluster. */
export function isOverloaded(scene: Pick<CheckScene, 'vitals'>): boolean {
  return scene.vitals().eventLoopDelayMs > LOOP_DELAY_LIMIT_MS;
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

export function timeWords(at: string | undefined, otherwise = 'an unknown time'): string {
  return at === undefined ? otherwise : atWords(at);
}
