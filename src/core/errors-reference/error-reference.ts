/** An error of the software, by its code, with what causes it and what to do. */
export interface ErrorReference {
  /**
   * `meshplay-server-1040`, `meshplayctl-1060`, `meshkit-11118`, `meshery-operator-1001`, `meshsync-1004`, `MT-B-21`;
   * the id of a check, `kubernetes-dns`; the code of a reply, `conflict`; what is said against an uploaded
   * kubeconfig, `kubeconfig-exec`.
   */
  readonly code: string;
  readonly component:
    | 'server'
    | 'cli'
    | 'library'
    | 'operator'
    | 'meshsync'
    | 'troubleshooter'
    | 'check'
    | 'kubeconfig'
    | 'api';
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
}

export type Row = readonly [numbers: readonly [number, string][], cause: string, remedy: string];

/** One reference for each number of each row: codes that share cause and remedy are written once. */
export function expand(
  component: ErrorReference['component'],
  prefix: string,
  rows: readonly Row[],
): ErrorReference[] {
  return rows.flatMap(([numbers, cause, remedy]) =>
    numbers.map(([number, title]) => ({ code: `${prefix}-${number}`, component, title, cause, remedy })),
  );
}
