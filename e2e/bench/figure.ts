/** One measured figure beside its budget (design: budgets are measured here, never by a timed test). */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it may be at most (or at least, with `isFloor`); absent for a figure that is only told. */
  readonly budget?: number;
  readonly isFloor?: boolean;
  readonly note?: string;
}

/** A group of figures that are measured together. */
export interface Bench {
  readonly name: string;
  /** Needs the real control plane and nats-server (KUBEBUILDER_ASSETS). */
  readonly needsAssets?: boolean;
  run(): Promise<Figure[]>;
}

/** The value below which the share `p` of all samples lies. */
export function percentile(samples: readonly number[], p: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1);
  return sorted[Math.max(0, at)] ?? Number.NaN;
}

export function isWithin(figure: Figure): boolean | undefined {
  if (figure.budget === undefined) return undefined;
  return figure.isFloor === true ? figure.value >= figure.budget : figure.value <= figure.budget;
}
