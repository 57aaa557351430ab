import type { InstallOptions, ObjectChange, SyntheticHop } from '../../api/operation.ts';

/** What a step may tell while it runs; every call is seen by the person at once. */
export interface StepContext {
  readonly signal: AbortSignal;
  /** What is being waited for, or how it ended. */
  note(message: string): void;
  /**
   * What is about to be changed. Resolves once it is on disk: a server killed in the middle then knows all it may
   * have changed, since what was done before is kept with it.
   */
  intend(message: string): Promise<void>;
  /** One object touched. */
  detail(line: string): void;
  /** A hop of the synthetic test. */
  hop(hop: SyntheticHop): void;
}

export interface PlannedStep {
  readonly title: string;
  run(context: StepContext): Promise<void>;
}

/** How a plan ended well. */
export interface PlanOutcome {
  readonly summary: string;
  /** Uninstall: what is still there. */
  readonly left?: readonly string[];
}

/** An operation made ready: what it will do, and the steps that do it. */
export interface Plan {
  readonly title: string;
  readonly changes: readonly ObjectChange[];
  readonly warnings: readonly string[];
  /** Why it cannot be started now; the steps are then not run. */
  readonly refusal?: string | undefined;
  /** Why there is nothing to do. Refuses a new operation; one that is resumed is then done at once. */
  readonly nothingToDo?: string | undefined;
  /** What was found out about the cluster, to be kept: halfway through, the cluster no longer tells it. */
  readonly install?: InstallOptions | undefined;
  /** Asked for before something is destroyed. */
  readonly confirmName?: string | undefined;
  readonly steps: readonly PlannedStep[];
  /** Called when every step is done. Throws `StepFailure` when the wanted state is not what is observed. */
  outcome(signal: AbortSignal): Promise<PlanOutcome>;
  /** Called at the end whatever happened, also after a cancel; must not throw. */
  cleanUp?(): Promise<void>;
}

/** Ends an operation as failed, with what was observed and what to do. */
export class StepFailure extends Error {
  readonly remedy: string | undefined;
  constructor(message: string, remedy?: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StepFailure';
    this.remedy = remedy;
  }
}
