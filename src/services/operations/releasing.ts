import type { OperationRequest } from '../../api/operation.ts';
import { explain, previewRemove } from './cluster-objects.ts';
import { doomed, release, type Sleep, title, waitGone } from './doomed.ts';
import { known, situationOf } from './flavour-of.ts';
import { type Plan, StepFailure } from './plan.ts';
import type { OperationTarget } from './target.ts';
import { REMOVAL_TIMEOUT_MS } from './waiting.ts';

/** Releases finalizers of resources that are being deleted while there is no Operator to finish it; each by name, with consent. */
export async function planFinalizerRelease(
  target: OperationTarget,
  request: OperationRequest,
  sleep: Sleep,
  signal: AbortSignal,
): Promise<Plan> {
  const api = target.api();
  if (api === undefined)
    throw new StepFailure(`There is no way into ${target.name}.`, 'Give it a kubeconfig that works first.');
  const evidence = target.evidence();
  const situation = situationOf(evidence, request.install);
  const stuck = (known(evidence.resources) ?? []).filter(
    (one) => one.deletedAt !== undefined && one.finalizers.length > 0,
  );
  const list = stuck.map((one) =>
    doomed(
      {
        apiVersion: `${one.group}/${one.version}`,
        kind: one.kind,
        metadata: { name: one.name, namespace: one.namespace },
      },
      `finalizers: ${one.finalizers.join(', ')}`,
    ),
  );
  return {
    title: 'Release finalizers nobody will finish',
    changes: await previewRemove(api, list, signal),
    warnings: [
      'What the Operator would have cleaned up for these resources stays behind; clean up orphans afterwards.',
    ],
    refusal: situation.hasOperator
      ? 'An Operator is there and may still finish these deletions itself.'
      : undefined,
    nothingToDo: list.length === 0 ? 'No Broker or MeshSync is stuck in deletion.' : undefined,
    confirmName: target.name,
    steps: [
      {
        title: 'Release and wait until they are gone',
        run: async (context) => {
          for (const one of list) {
            await context.intend(`Releasing finalizers of ${title(one)}`);
            try {
              context.detail(
                `${title(one)}: ${(await release(api, one, context.signal)) ? 'released' : 'was free already'}`,
              );
            } catch (error) {
              throw explain(error, `Releasing ${title(one)}`);
            }
          }
          const left = await waitGone(api, list, REMOVAL_TIMEOUT_MS, sleep, context.signal);
          if (left.length > 0)
            throw new StepFailure(
              `${left.map(title).join(', ')} did not go.`,
              'Look at it with kubectl get -o yaml.',
            );
        },
      },
    ],
    outcome: () => Promise.resolve({ summary: 'Nothing is stuck any more.' }),
  };
}
