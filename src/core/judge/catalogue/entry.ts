import type { Finding, Remedy } from '../../../api/diagnosis.ts';
import type { Controller, Severity } from '../../../api/shapes.ts';

/** A kind of finding, as data. Words in `<angle brackets>` are filled from the evidence. */
export interface CatalogueEntry {
  readonly severity: Severity;
  /** A sentence without its full stop; the summary unless the evidence allows a more exact one. */
  readonly title: string;
  readonly meaning: string;
  readonly cause: string;
  readonly confidence: Finding['confidence'];
  readonly confirm?: string;
  /** Best first. */
  readonly remedies: readonly Remedy[];
  /** Where the rule comes from, public and checkable. */
  readonly reference: string;
  /** A warning because of which data stops; critical ones always count as such. */
  readonly stopsData?: true;
  /** Only where nothing more exact was found at the same hop. */
  readonly isFallback?: true;
}

export type Operation =
  | 'install'
  | 'redeploy'
  | 'uninstall'
  | 'cleanup-orphans'
  | 'adopt'
  | 'reconnect'
  | 'resync'
  | 'reset-database'
  | 'flush'
  | 'release-finalizers'
  | 'retry-connection'
  | 'synthetic-test'
  | 'replace-credentials';

export function press(operation: Operation, label: string, controllers?: Controller[]): Remedy {
  return { kind: 'operation', label, operation, ...(controllers === undefined ? {} : { controllers }) };
}

export function run(label: string, command: string): Remedy {
  return { kind: 'command', label, command };
}

export function look(label: string, path: string): Remedy {
  return { kind: 'link', label, path };
}

export const GUIDE = 'Troubleshooting guide';
