import { z } from 'zod';
import type { Manifest } from '../../core/manifests/manifest.ts';
import { manifestTitle } from '../../core/manifests/manifest.ts';
import type { KubeObject } from '../ports.ts';
import { StepFailure } from './plan.ts';

const BINDINGS: ReadonlySet<string> = new Set(['ClusterRoleBinding', 'RoleBinding']);
const Binding = z.looseObject({ roleRef: z.looseObject({ kind: z.string(), name: z.string() }) });

/**
 * The role a binding on the cluster grants, where it is not the one in the manifest. The API server lets nobody change
 * it (“cannot change roleRef”): only deleting the binding and making it anew gives it another.
 */
export function otherRole(manifest: Manifest, before: KubeObject): string | undefined {
  if (!BINDINGS.has(manifest.kind)) return undefined;
  const ours = Binding.safeParse(manifest);
  const theirs = Binding.safeParse(before);
  if (!ours.success || !theirs.success) return undefined;
  const [wanted, present] = [ours.data.roleRef, theirs.data.roleRef];
  return wanted.kind === present.kind && wanted.name === present.name
    ? undefined
    : `${present.kind} ${present.name}`;
}

/** For the preview. */
export function otherRoleNote(role: string): string {
  return `it grants ${role}, which Kubernetes lets nobody change: it is deleted and made anew`;
}

/** For a step that came upon a binding nobody agreed to replace. */
export function unagreedRole(manifest: Manifest, role: string): StepFailure {
  return new StepFailure(
    `${manifestTitle(manifest)} grants ${role}, and Kubernetes lets nobody change that: it has to be deleted and made anew, which nobody agreed to.`,
    'Choose Adopt: its preview lists what is made anew, and asks for the name of the connection.',
  );
}
