import type { ContextPreview, UploadConsent } from '../../../api/kubeconfig-upload.ts';
import type { RouteReply, RouteRequest } from '../../../api/route.ts';
import type { Routes } from '../../../api/routes.ts';

export type UploadFile = RouteRequest<Routes['kubeconfigPreview']>['body']['files'][number];
export type Preview = RouteReply<Routes['kubeconfigPreview']>;
export type AddReply = RouteReply<Routes['kubeconfigAdd']>;

/** The contract’s limits, which would bring zod into the page. */
const MAX_FILES = 20;
const MAX_BYTES = 1_048_576;

/** What a person ticked for one context. */
export interface Ticks {
  readonly isChosen: boolean;
  readonly consents: readonly UploadConsent[];
}

export function keyOf({ file, context }: Pick<ContextPreview, 'file' | 'context'>): string {
  return `${file} ${context}`;
}

/** Why the files cannot be sent; undefined when they can. */
export function tooMuch(files: readonly Pick<File, 'name' | 'size'>[]): string | undefined {
  if (files.length > MAX_FILES) return `At most ${MAX_FILES} files can be looked at together.`;
  const large = files.find(({ size }) => size > MAX_BYTES);
  return large === undefined ? undefined : `${large.name} is larger than any kubeconfig (1 MB).`;
}

/** The consents a context asks for. */
export function consentsAsked(context: ContextPreview) {
  return context.warnings.flatMap(({ code, message, needsConsent }) =>
    needsConsent && isConsent(code) ? [{ code, message }] : [],
  );
}

function isConsent(code: string): code is UploadConsent {
  return ['insecure-tls', 'tls-server-name', 'loopback', 'no-tls', 'exec'].includes(code);
}

export function isAgreed(context: ContextPreview, consents: readonly UploadConsent[]): boolean {
  return consentsAsked(context).every(({ code }) => consents.includes(code));
}

/** Chosen to begin with: what was reached and needs nobody’s consent. */
export function firstTicks(context: ContextPreview): Ticks {
  return { isChosen: context.canAdd && context.reach.status === 'reached', consents: [] };
}

/** What is known of the cluster, in words. */
export function reachWords({ reach }: ContextPreview): string {
  switch (reach.status) {
    case 'reached':
      return `Reached, Kubernetes ${reach.version}.`;
    case 'failed':
      return `Not reached: ${reach.failure.message}`;
    case 'not-tried':
      return reach.reason;
  }
}

const ABILITIES = { watch: 'watch', install: 'install and repair', 'port-forward': 'port-forward' } as const;

/** What the credentials allow, a sentence each. */
export function abilityWords({ abilities }: ContextPreview): readonly string[] {
  return abilities.map(({ ability, isAllowed, missing }) =>
    isAllowed
      ? `May ${ABILITIES[ability]}.`
      : `May not ${ABILITIES[ability]}: ${missing.join(', ')} is missing.`,
  );
}
