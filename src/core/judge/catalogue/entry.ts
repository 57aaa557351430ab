import type { Finding, Remedy } from '../../../api/diagnosis.ts';
import type { Controller, Hop, Severity } from '../../../api/shapes.ts';

/** A remedy of the catalogue; one that needs what is not there, a right or a field of the resource, is not offered. */
export type CatalogueRemedy = Remedy & { readonly needs?: 'port-forward' | 'service-field' };

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
  readonly remedies: readonly CatalogueRemedy[];
  /** Where the rule comes from, public and checkable. */
  readonly reference: string;
  /** A warning because of which data stops; critical ones always count as such. */
  readonly stopsData?: true;
  /** Findings further on that it alone explains, however much worse they are. */
  readonly explains?: readonly string[];
  /** Only where nothing more exact was found at the same hop. */
  readonly isFallback?: true;
  /** The hop where something is missing, where that is not the one of the catalogue it stands in. */
  readonly hop?: Hop;
  /** Not a fault: what is waited for while a hop changes. */
  readonly isWait?: true;
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

/** Offered only to an identity that may forward a port. */
export function forwarding(remedy: Remedy): CatalogueRemedy {
  return { ...remedy, needs: 'port-forward' };
}

/** By the `spec.service` of a Broker, which only Meshery’s operator since 1.0 knows. Source: domain.md 3.4. */
export const GIVE_ADDRESS: CatalogueRemedy = {
  ...run(
    'Give it an address',
    'kubectl patch broker <name> -n <namespace> --type=merge -p \'{"spec":{"service":{"type":"LoadBalancer"}}}\'',
  ),
  needs: 'service-field',
};

export function look(label: string, path: string): Remedy {
  return { kind: 'link', label, path };
}

export const GUIDE = 'Troubleshooting guide';
