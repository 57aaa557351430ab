import type { ExecBody } from '../../core/kubeconfig/document.ts';

/** How to prove who asks. At most one way besides the client certificate, in the order kubectl prefers them. */
export type Identity =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'token-file'; readonly path: string }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'exec'; readonly exec: ExecBody; readonly folder: string };

export interface Impersonation {
  readonly user: string;
  readonly uid: string | undefined;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Everything needed to talk to one API server by one identity; made from a kubeconfig whose files were read. */
export interface Endpoint {
  /** URL of the API server. */
  readonly server: string;
  readonly isTlsVerified: boolean;
  /** PEM; absent: the authorities Node knows. */
  readonly authority: string | undefined;
  readonly serverName: string | undefined;
  readonly proxyUrl: string | undefined;
  readonly certificate: { readonly cert: string; readonly key: string } | undefined;
  readonly identity: Identity;
  readonly impersonation: Impersonation | undefined;
}

/** Own limits, since the library’s defaults let a dead cluster hold a request for minutes. */
export interface Timeouts {
  readonly connectMs: number;
  /** From the request to the first byte of the reply. */
  readonly headersMs: number;
  /** Between two pieces of a reply that is not a watch. */
  readonly bodyMs: number;
  /** For a whole request that is not a watch. */
  readonly totalMs: number;
  /** Between HTTP/2 pings; a ping not answered by the next one ends the connection and its watches. */
  readonly pingMs: number;
  readonly execMs: number;
}

export const TIMEOUTS: Timeouts = {
  connectMs: 5_000,
  headersMs: 5_000,
  bodyMs: 10_000,
  totalMs: 30_000,
  pingMs: 10_000,
  execMs: 15_000,
};
