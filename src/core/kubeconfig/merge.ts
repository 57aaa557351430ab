import type { ClusterBody, ContextBody, Entry, KubeconfigFile, UserBody } from './document.ts';

/** Several files as one, the way kubectl sees them. */
export interface MergedKubeconfig {
  readonly currentContext: string | undefined;
  readonly clusters: ReadonlyMap<string, Entry<ClusterBody>>;
  readonly users: ReadonlyMap<string, Entry<UserBody>>;
  readonly contexts: ReadonlyMap<string, Entry<ContextBody>>;
}

/**
 * Merges files in the order of `KUBECONFIG`: for each name the first file that has it wins whole, later entries of
 * that name are dropped; the first current-context that is not empty holds.
 * Source: kubernetes.io, “Organizing Cluster Access Using kubeconfig Files”, merging rules.
 */
export function mergeKubeconfigs(files: readonly KubeconfigFile[]): MergedKubeconfig {
  return {
    currentContext: files
      .map((file) => file.currentContext)
      .find((name) => name !== undefined && name !== ''),
    clusters: firstByName(files.flatMap((file) => file.clusters)),
    users: firstByName(files.flatMap((file) => file.users)),
    contexts: firstByName(files.flatMap((file) => file.contexts)),
  };
}

function firstByName<T>(entries: readonly Entry<T>[]): Map<string, Entry<T>> {
  const found = new Map<string, Entry<T>>();
  for (const entry of entries) if (!found.has(entry.name)) found.set(entry.name, entry);
  return found;
}
