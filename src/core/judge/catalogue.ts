import type { Hop } from '../../api/shapes.ts';
import { brokerCatalogue } from './catalogue/broker.ts';
import { databaseCatalogue } from './catalogue/database.ts';
import type { CatalogueEntry } from './catalogue/entry.ts';
import { kubernetesCatalogue } from './catalogue/kubernetes.ts';
import { meshsyncCatalogue } from './catalogue/meshsync.ts';
import { operatorCatalogue } from './catalogue/operator.ts';
import { serverCatalogue } from './catalogue/server.ts';

/** The code of a finding; the catalogue of each hop is the source. */
export type FindingCode =
  | keyof typeof kubernetesCatalogue
  | keyof typeof operatorCatalogue
  | keyof typeof brokerCatalogue
  | keyof typeof meshsyncCatalogue
  | keyof typeof serverCatalogue
  | keyof typeof databaseCatalogue;

export interface CatalogueItem extends CatalogueEntry {
  readonly code: string;
  readonly hop: Hop;
  /** The hop whose causes it counts among; `hop` is where it shows. */
  readonly causeHop: Hop;
}

function itemsOf(hop: Hop, entries: Readonly<Record<string, CatalogueEntry>>): CatalogueItem[] {
  return Object.entries(entries).map(([code, entry]) => ({ hop, ...entry, code, causeHop: hop }));
}

/**
 * Every finding there is. Within a hop the more exact cause comes first; between hops the order is that of causes: a
 * Broker that fails explains a MeshSync that cannot publish, never the other way round.
 */
export const catalogue: readonly CatalogueItem[] = [
  ...itemsOf('kubernetes', kubernetesCatalogue),
  ...itemsOf('operator', operatorCatalogue),
  ...itemsOf('broker', brokerCatalogue),
  ...itemsOf('meshsync', meshsyncCatalogue),
  ...itemsOf('server', serverCatalogue),
  ...itemsOf('database', databaseCatalogue),
];
