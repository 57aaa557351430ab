import { type AccessQuestion, type ClusterApi, type ObjectRef } from '../ports.ts';
import { explain } from './cluster-objects.ts';
import { type PlannedStep, StepFailure } from './plan.ts';

/** One question for each verb and kind of the objects, however many there are of a kind. */
export function questionsFor(refs: readonly ObjectRef[], verbs: readonly string[]): AccessQuestion[] {
  const questions = new Map<string, AccessQuestion>();
  for (const { kind, namespace } of refs) {
    for (const verb of verbs) {
      const place = kind.isNamespaced ? namespace : undefined;
      questions.set(`${verb} ${kind.group}/${kind.plural} ${place ?? ''}`, {
        verb,
        group: kind.group,
        resource: kind.plural,
        namespace: place,
      });
    }
  }
  return [...questions.values()];
}

/** Asks for every permission an operation needs, so that a missing one is told before anything is changed. */
export function checkingPermissions(api: ClusterApi, questions: readonly AccessQuestion[]): PlannedStep {
  return {
    title: 'Check what this identity may do',
    run: async (context) => {
      const answers = await Promise.all(
        questions.map(async (question) => ({ question, ...(await api.mayI(question, context.signal)) })),
      ).catch((error: unknown) => {
        throw explain(error, 'Asking for permissions');
      });
      const missing = answers.filter((one) => !one.isAllowed).map(({ question }) => wordsOf(question));
      if (missing.length > 0) {
        throw new StepFailure(
          `This identity may not ${missing.join(', ')}.`,
          'Use credentials with these permissions (cluster-admin has them), then resume.',
        );
      }
      context.note('every permission needed is there');
    },
  };
}

function wordsOf({ verb, resource, group, namespace }: AccessQuestion): string {
  return `${verb} ${resource}${group === '' ? '' : `.${group}`}${namespace === undefined ? '' : ` in namespace ${namespace}`}`;
}
