import type { AccessQuestion } from '../../services/ports.ts';

/** What an identity may not do; `*` stands for any verb, group or resource (`pods/portforward` names a subresource). */
export interface Denial {
  readonly verbs: readonly string[];
  readonly group: string;
  readonly resource: string;
}

/** Whether a rule of the simulated RBAC forbids what is asked. */
export function isDenied(denials: readonly Denial[], question: AccessQuestion): boolean {
  const resource =
    question.subresource === undefined ? question.resource : `${question.resource}/${question.subresource}`;
  return denials.some(
    ({ verbs, group, resource: denied }) =>
      (verbs.includes('*') || verbs.includes(question.verb)) &&
      (group === '*' || group === question.group) &&
      (denied === '*' || denied === resource),
  );
}
