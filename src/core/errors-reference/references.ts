import { catalogue, type CatalogueItem } from '../judge/catalogue.ts';
import { apiErrors } from './api-errors.ts';
import { CHECK_ERRORS } from './check-errors.ts';
import type { ErrorReference } from './error-reference.ts';
import { kubeconfigErrors } from './kubeconfig-errors.ts';
import { otherErrors } from './other-errors.ts';
import { serverErrors } from './server-errors.ts';

export type { ErrorReference } from './error-reference.ts';

function ofFinding(item: CatalogueItem): ErrorReference {
  const [remedy] = item.remedies;
  const remedyText =
    remedy?.kind === 'command'
      ? `${remedy.label}: ${remedy.command}`
      : `${remedy?.label ?? 'See the evidence'}.`;
  return {
    code: item.code,
    component: 'troubleshooter',
    title: item.title,
    cause: item.cause,
    remedy: remedyText,
  };
}

/** Every error code of the software, one entry a code, and every finding, check and refusal of this product, of uploads as well. */
export const errorReferences: readonly ErrorReference[] = [
  ...catalogue.map(ofFinding),
  ...Object.entries(CHECK_ERRORS).map(([code, words]): ErrorReference => ({
    code,
    component: 'check',
    ...words,
  })),
  ...kubeconfigErrors,
  ...apiErrors,
  ...serverErrors,
  ...otherErrors,
];

const BY_CODE = new Map(errorReferences.map((reference) => [reference.code.toLowerCase(), reference]));

/** Other spellings of the same codes: Meshplay is a rebrand of Meshery, and not every component was renamed. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/^(?:meshery|meshplay)-server-/, 'meshplay-server-'],
  [/^(?:mesheryctl|meshplayctl)-/, 'meshplayctl-'],
  [/^(?:meshery|meshplay)-operator-/, 'meshery-operator-'],
  [/^(?:meshery|meshplay)-meshsync-/, 'meshsync-'],
  [/^(?:meshery|meshplay)-meshkit-/, 'meshkit-'],
];

/** The entry of a code in any case, with the names of either family; undefined for a code that is not known. */
export function findErrorReference(code: string): ErrorReference | undefined {
  const wanted = code.trim().toLowerCase();
  const exact = BY_CODE.get(wanted);
  if (exact !== undefined) return exact;
  for (const [spelling, prefix] of SPELLINGS) {
    if (spelling.test(wanted)) return BY_CODE.get(wanted.replace(spelling, prefix));
  }
  return undefined;
}
