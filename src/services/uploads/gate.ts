import type { ResolvedContext } from '../../core/kubeconfig/resolve.ts';
import type { ClusterAccess } from '../ports.ts';

/** A context of an upload that may be dialled, and where. */
export interface Admission {
  /** The one address its connections go to; kept, so that a name that changes its mind leads nowhere. */
  readonly address: string;
  readonly fingerprint: string;
  readonly credentialsMark: string;
  readonly access: ClusterAccess;
}

export interface AdmissionOptions {
  /** Resolved and judged before; judged again, but not resolved. */
  readonly address?: string | undefined;
  readonly isLoopbackAgreed: boolean;
  /** A person agreed that the program the context names is started. */
  readonly isPluginAgreed?: boolean | undefined;
}

/** What stands between a stranger’s kubeconfig and the network. */
export interface UploadGate {
  /**
   * Resolves the host once, judges every address and everything else that can be judged without dialling. Throws
   * `ClusterError`: `invalid-config` for what is never dialled, `dns`, `unauthorized` for an expired certificate,
   * `unavailable` where this runtime cannot reach clusters.
   */
  admit(resolved: ResolvedContext, options: AdmissionOptions): Promise<Admission>;
}
