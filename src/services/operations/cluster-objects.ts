import { z } from 'zod';
import { ApiError } from '../../api/errors.ts';
import type { ObjectChange } from '../../api/operation.ts';
import { type Manifest, manifestKind, manifestTitle } from '../../core/manifests/manifest.ts';
import { manifestYaml } from '../../core/manifests/manifest-yaml.ts';
import { type ClusterApi, ClusterError, type KubeObject, type ObjectRef } from '../ports.ts';
import { StepFailure } from './plan.ts';
import { otherRole, otherRoleNote, unagreedRole } from './role-reference.ts';

/** Where a manifest lives. Throws `StepFailure` for a kind this product does not know. */
export function refOf(manifest: {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string | undefined };
}): ObjectRef {
  const kind = manifestKind(manifest);
  if (kind === undefined) {
    throw new StepFailure(
      `${manifestTitle(manifest)} is of a kind this product does not handle.`,
      'Remove or apply it with kubectl, then try again.',
    );
  }
  return {
    kind,
    name: manifest.metadata.name,
    ...(kind.isNamespaced ? { namespace: manifest.metadata.namespace } : {}),
  };
}

/** The object as the cluster has it, or undefined when it has none, or not even its kind or namespace. */
export async function find(
  api: ClusterApi,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  try {
    return await api.get(ref, signal);
  } catch (error) {
    if (error instanceof ClusterError && error.failure.kind === 'not-found') return undefined;
    throw error;
  }
}

const HIDDEN = 'this identity may not see whether it is there';

function isForbidden(error: unknown): boolean {
  return error instanceof ClusterError && error.failure.kind === 'forbidden';
}

/** As `find`, for a preview: what may not be seen is shown as such, and the first step names the missing permission. */
async function seen(
  api: ClusterApi,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<KubeObject | 'hidden' | undefined> {
  try {
    return await find(api, ref, signal);
  } catch (error) {
    if (isForbidden(error)) return 'hidden';
    throw error;
  }
}

/**
 * Removes an object. It takes no signal: what is under way is finished, so that it can be told whether it was done.
 * @returns false when there was none.
 */
export async function remove(api: ClusterApi, ref: ObjectRef): Promise<boolean> {
  try {
    await api.remove(ref, { propagation: 'Background' });
    return true;
  } catch (error) {
    if (error instanceof ClusterError && error.failure.kind === 'not-found') return false;
    throw error;
  }
}

const GRANTS = new Set(['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings']);

/** Turns what a cluster refused into a sentence and what to do about it. */
export function explain(error: unknown, doing: string): StepFailure {
  if (error instanceof StepFailure) return error;
  if (error instanceof ApiError)
    return new StepFailure(`${doing}: ${error.message}`, error.remedy ?? 'Mend that, then resume.', error);
  if (!(error instanceof ClusterError))
    return new StepFailure(`${doing} failed: ${String(error)}`, undefined, error);
  const { failure } = error;
  switch (failure.kind) {
    case 'forbidden': {
      const missing = failure.permission;
      const what =
        missing === undefined
          ? 'a permission'
          : `permission to ${missing.verb} ${missing.resource}${missing.group === '' ? '' : `.${missing.group}`}`;
      return new StepFailure(
        `${doing}: this identity has no ${what}.`,
        missing !== undefined && GRANTS.has(missing.resource)
          ? 'Use credentials with that permission, then resume. Kubernetes lets nobody grant what they do not have themselves: cluster-admin can, or the verbs escalate and bind on roles.'
          : 'Use credentials with that permission (replace them under Kubeconfigs), then resume.',
        error,
      );
    }
    case 'conflict':
      return new StepFailure(
        `${doing}: another tool manages a field of it. ${failure.message}`,
        'Choose Adopt to take the object over, or let the other tool (Helm, for instance) make the change.',
        error,
      );
    case 'not-found':
      return new StepFailure(
        `${doing}: the cluster does not have its kind, or not its namespace. ${failure.message}`,
        'See whether somebody removed the definitions or the namespace meanwhile, then resume: they are made again.',
        error,
      );
    case 'unauthorized':
      return new StepFailure(
        `${doing}: the cluster no longer accepts these credentials.`,
        'Replace the credentials, then resume.',
        error,
      );
    default:
      return new StepFailure(
        `${doing}: ${failure.message}`,
        'When the cluster answers again, resume.',
        error,
      );
  }
}

/** What was done to an object, and what it is now. */
export interface Applied {
  readonly change: 'created' | 'changed' | 'replaced' | 'unchanged';
  readonly generation: number | undefined;
}

export interface ApplyOptions {
  /** Takes fields over from other managers. */
  readonly isForced: boolean;
  /** Makes it ours: Helm's marks are taken off, and containers that ours does not have. */
  readonly isAdopted: boolean;
}

/** What may be deleted and made anew, because its preview said so and a person confirmed it. */
export type MayReplace = (manifest: Manifest) => boolean;

/**
 * Applies a manifest; a conflict with another field manager is overridden only when `isForced`. Takes no signal: what
 * is under way is finished, so that it can be told what was done.
 */
export async function applyManifest(
  api: ClusterApi,
  manifest: Manifest,
  options: ApplyOptions & { readonly mayReplace: MayReplace },
  signal: AbortSignal,
): Promise<Applied> {
  const ref = refOf(manifest);
  const before = await find(api, ref, signal);
  if (before?.metadata.deletionTimestamp !== undefined) {
    throw new StepFailure(
      `${manifestTitle(manifest)} is being deleted at this moment.`,
      'Wait until it is gone. If its finalizers keep it, release them first.',
    );
  }
  if (before !== undefined && saysNothing(manifest))
    return { change: 'unchanged', generation: before.metadata.generation };
  const role = before === undefined ? undefined : otherRole(manifest, before);
  if (before !== undefined && role !== undefined) {
    if (!options.mayReplace(manifest)) throw unagreedRole(manifest, role);
    // Only the one that was looked at: another by its name is not what was agreed to.
    await api.remove(ref, { propagation: 'Background', ...uidOf(before) });
    if ((await find(api, ref, signal)) !== undefined) {
      throw new StepFailure(
        `${manifestTitle(manifest)} is being deleted, and finalizers keep it.`,
        'See what holds it with kubectl get -o yaml, then resume: it is made anew.',
      );
    }
    const made = await api.apply(ref.kind, manifest, { isForced: options.isForced });
    return { change: 'replaced', generation: made.metadata.generation };
  }
  const fitted = fit(manifest, before);
  if (options.isAdopted && before !== undefined) {
    const patch = adoption(fitted, before);
    if (patch !== undefined) await api.patch(ref, patch);
  }
  const after = await api.apply(ref.kind, fitted, { isForced: options.isForced });
  const isUnchanged = before?.metadata.resourceVersion === after.metadata.resourceVersion;
  return {
    change: before === undefined ? 'created' : isUnchanged ? 'unchanged' : 'changed',
    generation: after.metadata.generation,
  };
}

function uidOf({ metadata: { uid } }: KubeObject): { uid?: string } {
  return uid === undefined ? {} : { uid };
}

/** A namespace, for instance, has only to be there: applying nothing to it would still make a new version of it. */
function saysNothing({ apiVersion: _version, kind: _kind, metadata, ...rest }: Manifest): boolean {
  return (
    Object.keys(rest).length === 0 && metadata.labels === undefined && metadata.annotations === undefined
  );
}

const DeploymentShape = z.looseObject({
  spec: z.looseObject({
    selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()).default({}) }),
    template: z.looseObject({
      metadata: z
        .looseObject({ labels: z.record(z.string(), z.string()).default({}) })
        .default({ labels: {} }),
      spec: z.looseObject({
        containers: z.array(z.looseObject({ name: z.string(), image: z.string().default('') })),
      }),
    }),
  }),
});

/** The selector of a Deployment cannot be changed: where there is one already, ours takes it over. */
function fit(manifest: Manifest, before: KubeObject | undefined): Manifest {
  if (manifest.kind !== 'Deployment' || before === undefined) return manifest;
  const ours = DeploymentShape.safeParse(manifest);
  const theirs = DeploymentShape.safeParse(before);
  if (!ours.success || !theirs.success) return manifest;
  const { spec } = ours.data;
  const { matchLabels } = theirs.data.spec.selector;
  return {
    ...manifest,
    spec: {
      ...spec,
      selector: { ...spec.selector, matchLabels },
      template: {
        ...spec.template,
        metadata: { ...spec.template.metadata, labels: { ...spec.template.metadata.labels, ...matchLabels } },
      },
    },
  };
}

const HELM_MARKS = ['meta.helm.sh/release-name', 'meta.helm.sh/release-namespace'];

/** What has to go before an object can be ours: server-side apply never takes away what another manager set. */
function adoption(manifest: Manifest, before: KubeObject): Record<string, unknown> | undefined {
  const marks = HELM_MARKS.filter((mark) => before.metadata.annotations?.[mark] !== undefined);
  const ours = DeploymentShape.safeParse(manifest);
  const theirs = DeploymentShape.safeParse(before);
  const hasForeign = ours.success && theirs.success && foreignContainers(ours.data, theirs.data).length > 0;
  if (marks.length === 0 && !hasForeign) return undefined;
  return {
    ...(marks.length === 0
      ? {}
      : { metadata: { annotations: Object.fromEntries(marks.map((mark) => [mark, null])) } }),
    ...(hasForeign
      ? { spec: { template: { spec: { containers: ours.data.spec.template.spec.containers } } } }
      : {}),
  };
}

type DeploymentShape = z.infer<typeof DeploymentShape>;

function foreignContainers(ours: DeploymentShape, theirs: DeploymentShape): string[] {
  const own = new Set(ours.spec.template.spec.containers.map(({ name }) => name));
  return theirs.spec.template.spec.containers.map(({ name }) => name).filter((name) => !own.has(name));
}

/** What applying a manifest would do, found out by a dry run on the server. */
export async function previewApply(
  api: ClusterApi,
  manifest: Manifest,
  options: ApplyOptions,
  signal: AbortSignal,
): Promise<ObjectChange> {
  const ref = refOf(manifest);
  const before = await seen(api, ref, signal);
  const fitted = fit(manifest, before === 'hidden' ? undefined : before);
  const change = (action: ObjectChange['action'], note?: string): ObjectChange => ({
    action,
    apiVersion: manifest.apiVersion,
    kind: manifest.kind,
    namespace: manifest.metadata.namespace,
    name: manifest.metadata.name,
    note,
    yaml: manifestYaml(fitted),
  });
  if (before === 'hidden') return change('change', HIDDEN);
  if (before === undefined) return change('create');
  if (before.metadata.deletionTimestamp !== undefined)
    return change('keep', 'it is being deleted at this moment');
  if (saysNothing(manifest)) return change('keep', 'it is there');
  const role = otherRole(manifest, before);
  if (role !== undefined) return change('replace', otherRoleNote(role));
  if (options.isAdopted && adoption(fitted, before) !== undefined)
    return change('change', 'marks of Helm and containers of other tools are taken off');
  try {
    const after = await api.apply(ref.kind, fitted, { isForced: options.isForced, isDryRun: true }, signal);
    return isSame(before, after) ? change('keep', 'it is like this already') : change('change');
  } catch (error) {
    if (error instanceof ClusterError && error.failure.kind === 'conflict') {
      return change('change', `managed by another tool: ${error.failure.message}`);
    }
    if (isForbidden(error)) return change('change', 'this identity may not change it');
    throw explain(error, `Trying to apply ${manifestTitle(manifest)}`);
  }
}

/** What removing would take away, for objects that are there. */
export async function previewRemove(
  api: ClusterApi,
  refs: readonly { ref: ObjectRef; kind: string; apiVersion: string; note?: string }[],
  signal: AbortSignal,
): Promise<ObjectChange[]> {
  const changes: ObjectChange[] = [];
  for (const { ref, kind, apiVersion, note } of refs) {
    const object = await seen(api, ref, signal);
    if (object === undefined) continue;
    changes.push({
      action: 'remove',
      apiVersion,
      kind,
      namespace: ref.namespace,
      name: ref.name,
      note: object === 'hidden' ? HIDDEN : note,
    });
  }
  return changes;
}

/** Whether two versions of an object say the same, apart from bookkeeping of the API server. */
function isSame(a: KubeObject, b: KubeObject): boolean {
  const { managedFields: _a, resourceVersion: _ra, generation: _ga, ...metaA } = a.metadata;
  const { managedFields: _b, resourceVersion: _rb, generation: _gb, ...metaB } = b.metadata;
  return (
    canonical({ ...a, metadata: metaA, status: undefined }) ===
    canonical({ ...b, metadata: metaB, status: undefined })
  );
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
