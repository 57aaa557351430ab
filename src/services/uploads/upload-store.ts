import { z } from 'zod';
import { UploadConsent } from '../../api/kubeconfig-upload.ts';
import { DENY_ALL_PLUGINS } from '../../core/kubeconfig/plugin-policy.ts';
import type { CredentialPluginPolicy } from '../../core/kubeconfig/plugin-policy.ts';
import type { ResolvedContext } from '../../core/kubeconfig/resolve.ts';
import { acceptUploaded, inspectUploaded, isTlsVerified } from '../../core/kubeconfig/upload.ts';
import { failureOf } from '../failure.ts';
import type {
  ClusterAccess,
  Clock,
  DiscoveredContext,
  KubeconfigSource,
  Log,
  StateStore,
  Vault,
} from '../ports.ts';
import type { Admission, UploadGate } from './gate.ts';

const COLLECTION = 'uploaded-contexts';

const Kept = z.object({
  context: z.string(),
  cluster: z.string(),
  user: z.string(),
  server: z.string(),
  isTlsVerified: z.boolean(),
  fingerprint: z.string(),
  credentialsMark: z.string(),
  address: z.string(),
  consents: z.array(UploadConsent),
  isPreferred: z.boolean(),
  /** The context alone, as a kubeconfig, sealed by the vault. */
  sealed: z.string(),
  addedAt: z.string(),
  addedBy: z.string(),
});
type Kept = z.infer<typeof Kept>;

export interface UploadStoreOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly state: StateStore;
  readonly vault: Vault;
  readonly gate: UploadGate;
  /** Programs that may be started for an upload’s credentials; none unless given. */
  readonly pluginPolicy?: CredentialPluginPolicy | undefined;
}

/** The contexts that were uploaded, their credentials sealed; a source of contexts like a kubeconfig of this machine. */
export class UploadStore implements KubeconfigSource {
  readonly gate: UploadGate;
  readonly pluginPolicy: CredentialPluginPolicy;
  readonly #options: UploadStoreOptions;
  /** What was opened, by its sealed text: each is unsealed once a process. */
  readonly #opened = new Map<string, ClusterAccess>();

  constructor(options: UploadStoreOptions) {
    this.#options = options;
    this.gate = options.gate;
    this.pluginPolicy = options.pluginPolicy ?? DENY_ALL_PLUGINS;
  }

  async discover() {
    try {
      const kept = await this.#kept();
      return { paths: [], contexts: await Promise.all(kept.map((one) => this.#discovered(one))) };
    } catch (error) {
      this.#options.log.error({ reason: failureOf(error).message }, 'uploaded kubeconfigs could not be read');
      return { paths: [], contexts: [] };
    }
  }

  /**
   * Keeps one context. The same context of the same cluster and user is replaced; a name that is taken by anything
   * else gets a number. Gives the name it was kept under. Throws `ApiError('not-available')` when it cannot be sealed.
   */
  async add(
    resolved: ResolvedContext,
    admission: Admission,
    about: { consents: readonly UploadConsent[]; actor: string; isPreferred: boolean },
  ): Promise<DiscoveredContext> {
    const { clock, state, vault } = this.#options;
    const all = await this.#kept();
    const isSame = (one: Kept) => one.fingerprint === admission.fingerprint && one.user === resolved.user;
    let name = resolved.context;
    for (let count = 2; ; count += 1) {
      const taken = all.find((one) => one.context === name);
      if (taken === undefined || isSame(taken)) break;
      name = `${resolved.context} (${count})`;
    }
    if (about.isPreferred) {
      const rivals = all.filter((one) => one.isPreferred && one.fingerprint === admission.fingerprint);
      for (const rival of rivals)
        await state.write(COLLECTION, rival.context, { ...rival, isPreferred: false });
    }
    const sealed = await vault.seal(aloneAs(name, resolved));
    const before = all.find((one) => one.context === name);
    const kept: Kept = {
      context: name,
      cluster: resolved.cluster,
      user: resolved.user,
      server: resolved.server,
      isTlsVerified: isTlsVerified(resolved),
      fingerprint: admission.fingerprint,
      credentialsMark: admission.credentialsMark,
      address: admission.address,
      consents: [...about.consents],
      isPreferred: about.isPreferred || (before?.isPreferred ?? false),
      sealed,
      addedAt: new Date(clock.now()).toISOString(),
      addedBy: about.actor,
    };
    await state.write(COLLECTION, name, kept);
    if (before !== undefined) this.#opened.delete(before.sealed);
    this.#opened.set(sealed, admission.access);
    return this.#discovered(kept);
  }

  /** Removes a context and its credentials; it need not be possible to open them. */
  async remove(context: string): Promise<void> {
    const kept = (await this.#kept()).find((one) => one.context === context);
    await this.#options.state.remove(COLLECTION, context);
    if (kept !== undefined) this.#opened.delete(kept.sealed);
  }

  async #kept(): Promise<Kept[]> {
    const documents = await this.#options.state.list(COLLECTION);
    return documents.flatMap(({ id, value }) => {
      const parsed = Kept.safeParse(value);
      if (parsed.success) return [parsed.data];
      this.#options.log.warn({ context: id }, 'an uploaded context cannot be read and is left alone');
      return [];
    });
  }

  async #discovered(kept: Kept): Promise<DiscoveredContext> {
    const about = {
      context: kept.context,
      cluster: kept.cluster,
      user: kept.user,
      server: kept.server,
      source: 'uploaded',
      origin: 'uploaded',
      isCurrent: false,
      isTlsVerified: kept.isTlsVerified,
      fingerprint: kept.fingerprint,
      credentialsMark: kept.credentialsMark,
      isPreferred: kept.isPreferred,
    } as const;
    try {
      return { ...about, access: await this.#open(kept) };
    } catch (error) {
      const { kind, message } = failureOf(error);
      return { ...about, problem: { kind: kind === 'other' ? 'invalid-config' : kind, message } };
    }
  }

  async #open(kept: Kept): Promise<ClusterAccess> {
    const known = this.#opened.get(kept.sealed);
    if (known !== undefined) return known;
    const text = await this.#options.vault.open(kept.sealed);
    // The policy may have been tightened since it was added.
    const resolved = acceptUploaded(text, kept.context, this.pluginPolicy);
    if (resolved === undefined) throw new Error(whyNotAccepted(text, kept.context, this.pluginPolicy));
    const { access } = await this.gate.admit(resolved, {
      address: kept.address,
      isLoopbackAgreed: kept.consents.includes('loopback'),
      isPluginAgreed: kept.consents.includes('exec'),
    });
    this.#opened.set(kept.sealed, access);
    return access;
  }
}

function whyNotAccepted(text: string, context: string, pluginPolicy: CredentialPluginPolicy): string {
  const inspection = inspectUploaded(text, pluginPolicy);
  const contexts = inspection.status === 'previewed' ? inspection.contexts : [];
  const program = contexts
    .find((one) => one.context === context)
    ?.refusals.find(({ code }) => code === 'exec');
  return program === undefined
    ? 'What was kept of this upload is not accepted any more. Add it again.'
    : `This upload is disabled, and nothing of it was started: ${program.message}`;
}

/** A kubeconfig of this one context, so that no other credential of the file is kept. */
function aloneAs(name: string, { clusterBody, userBody, ...resolved }: ResolvedContext): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name: resolved.cluster, cluster: clusterBody }],
    users: resolved.user === '' ? [] : [{ name: resolved.user, user: userBody }],
    contexts: [
      {
        name,
        context: {
          cluster: resolved.cluster,
          user: resolved.user,
          ...(resolved.namespace === undefined ? {} : { namespace: resolved.namespace }),
        },
      },
    ],
  });
}

/** The contexts of a source and those that were uploaded. */
export function withUploads(source: KubeconfigSource, uploads: KubeconfigSource): KubeconfigSource {
  return {
    async discover() {
      const [found, uploaded] = await Promise.all([source.discover(), uploads.discover()]);
      return {
        paths: [...found.paths, ...uploaded.paths],
        contexts: [...found.contexts, ...uploaded.contexts],
      };
    },
  };
}
