import type { KindCount } from '../../../api/resource.ts';

export interface Facet {
  readonly value: string;
  readonly rows: number;
}

/**
 * What can be chosen, with how many rows that would show: kinds count the chosen namespaces alone, namespaces the chosen
 * kinds. What is chosen stays in the list, also with no row, so that it can be taken back.
 */
export function facetsOf(
  counts: readonly KindCount[],
  kinds: readonly string[],
  namespaces: readonly string[],
): { readonly kinds: readonly Facet[]; readonly namespaces: readonly Facet[] } {
  const byKind = new Map(kinds.map((kind) => [kind, 0]));
  const byNamespace = new Map(namespaces.map((namespace) => [namespace, 0]));
  for (const count of counts) {
    const isKindShown = kinds.length === 0 || kinds.includes(count.kind);
    let ofKind = 0;
    for (const { namespace, rows } of count.namespaces) {
      if (namespaces.length === 0 || namespaces.includes(namespace)) ofKind += rows;
      if (isKindShown && namespace !== '') add(byNamespace, namespace, rows);
    }
    add(byKind, count.kind, ofKind);
  }
  return { kinds: sorted(byKind, kinds), namespaces: sorted(byNamespace, namespaces) };
}

function add(counts: Map<string, number>, key: string, rows: number): void {
  counts.set(key, (counts.get(key) ?? 0) + rows);
}

function sorted(counts: ReadonlyMap<string, number>, chosen: readonly string[]): Facet[] {
  return [...counts]
    .map(([value, rows]) => ({ value, rows }))
    .filter(({ value, rows }) => rows > 0 || chosen.includes(value))
    .toSorted((a, b) => b.rows - a.rows || a.value.localeCompare(b.value, 'en'));
}
