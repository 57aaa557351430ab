import type { Because, Remedy } from '../../../api/diagnosis.ts';
import type { Severity } from '../../../api/shapes.ts';
import type { Evidence } from '../../../api/evidence.ts';
import type { Scene } from '../scene.ts';
import type { Waits } from '../waits.ts';

/** What a detector saw. `values` fill the `<words>` of the remedies. */
export interface Detected {
  readonly facts: readonly Because[];
  /** Instead of the title, where the evidence allows a more exact sentence. */
  readonly summary?: string;
  readonly values?: Readonly<Record<string, string | undefined>>;
  /** Instead of those of the catalogue. */
  readonly remedies?: readonly Remedy[];
  /** Instead of that of the catalogue, where the evidence shows that it does less harm than it could. */
  readonly milder?: { readonly severity: Exclude<Severity, 'critical'>; readonly meaning: string };
}

/** Pure: sees the scene and what is waited for, tells whether this finding holds. */
export type Detector = (scene: Scene, waits: Waits) => Detected | undefined;

export function detected(source: keyof Evidence, fact: string, more: Omit<Detected, 'facts'> = {}): Detected {
  return { facts: [{ text: fact, source }], ...more };
}
