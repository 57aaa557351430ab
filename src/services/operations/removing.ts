import type { Evidence } from '../../api/evidence.ts';
import type { ObjectChange, OperationRequest } from '../../api/operation.ts';
import { installation } from '../../core/manifests/installation.ts';
import type { Manifest } from '../../core/manifests/manifest.ts';
import type { ClusterApi } from '../ports.ts';
import { explain, find, previewRemove, refOf, remove } from './cluster-objects.ts';
import {
  type Doomed,
  doomed,
  GONE_POLL_MS,
  release,
  removing,
  type Sleep,
  stillThere,
  title,
  unique,
  waitGone,
} from './doomed.ts';
import { known, type Situation, situationOf } from './flavour-of.ts';
import { findRelease, type HelmRelease } from './helm-release.ts';
import { listOfControllers } from './installing.ts';
import { checkingPermissions, questionsFor } from './permission-check.ts';
import { type Plan, type PlannedStep, type StepContext, StepFailure } from './plan.ts';
import type { OperationTarget } from './target.ts';
import { REMOVAL_TIMEOUT_MS, workloadOf } from './waiting.ts';

interface Scene {
  readonly target: OperationTarget;
  readonly api: ClusterApi;
  readonly situation: Situation;
  readonly sleep: Sleep;
}

const MANAGED_BY = 'app.kubernetes.io/managed-by';

/** An Operator that is ready finishes its finalizers within this, or it never will. */
const FINALIZER_PATIENCE_MS = 60_000;
/** One that is not ready may just be starting. */
const UNREADY_PATIENCE_MS = 5_000;

function operatorPatienceMs(target: OperationTarget, situation: Situation): number {
  if (!situation.hasOperator) return GONE_POLL_MS * 4;
  const isReady = (workloadOf(target.evidence(), 'operator', situation.namespace)?.ready ?? 0) > 0;
  return isReady ? FINALIZER_PATIENCE_MS : UNREADY_PATIENCE_MS;
}

/** Waits until the observer sees no pod of a controller any more; where pods may not be seen, that is no reason to wait. */
async function untilNoPods(
  { target, situation }: Scene,
  role: 'operator' | 'broker' | 'meshsync',
  context: StepContext,
): Promise<void> {
  const podsOf = ({ pods }: Evidence) =>
    (known(pods) ?? []).filter((one) => one.role === role && one.namespace === situation.namespace);
  const isGone = await target.waitFor(
    (_view, evidence) => {
      if (evidence.pods.status === 'failed' && evidence.pods.failure.kind === 'forbidden') return true;
      const pods = podsOf(evidence);
      if (pods.length > 0) context.note(`waiting for pod ${pods.map((one) => one.name).join(', ')} to end`);
      return evidence.pods.status === 'seen' && pods.length === 0;
    },
    REMOVAL_TIMEOUT_MS,
    context.signal,
  );
  if (isGone) return;
  throw new StepFailure(
    `Pod ${podsOf(target.evidence())
      .map((one) => one.name)
      .join(', ')} did not end within ${REMOVAL_TIMEOUT_MS / 1000} s.`,
    'See whether its node answers, then resume.',
  );
}

/** The Broker and MeshSync resources of the family that are there, at the version they were read. */
function resourcesOf(situation: Situation, evidence: Evidence, kind: 'Broker' | 'MeshSync'): Doomed[] {
  return (known(evidence.resources) ?? [])
    .filter((one) => one.kind === kind && one.family === situation.flavour.family)
    .map((one) =>
      doomed({
        apiVersion: `${one.group}/${one.version}`,
        kind,
        metadata: { name: one.name, namespace: one.namespace },
      }),
    );
}

/** What an operator makes for a Broker or MeshSync; it collects them itself when it is alive and well (domain.md 3.2, 3.3). */
function childrenOf(situation: Situation, evidence: Evidence, role: 'broker' | 'meshsync'): Doomed[] {
  const { namespace, names } = situation;
  const at = (apiVersion: string, kind: string, name: string) =>
    doomed({ apiVersion, kind, metadata: { name, namespace } }, 'made by the Operator');
  const seen = (known(evidence.workloads) ?? [])
    .filter((one) => one.role === role && one.namespace === namespace)
    .map((one) =>
      doomed(
        { apiVersion: 'apps/v1', kind: one.kind, metadata: { name: one.name, namespace: one.namespace } },
        'made by the Operator',
      ),
    );
  const usual =
    role === 'meshsync'
      ? [at('apps/v1', 'Deployment', names.meshsyncWorkload)]
      : [
          at('apps/v1', 'StatefulSet', names.brokerWorkload),
          at('v1', 'Service', names.brokerWorkload),
          at('v1', 'Service', `${names.brokerWorkload}-headless`),
          // The fork may have kept Meshery's names for these (domain.md 1.2).
          ...[...new Set([situation.flavour.family, 'meshery'])].flatMap((prefix) => [
            at('v1', 'ConfigMap', `${prefix}-nats-config`),
            at('v1', 'ConfigMap', `${prefix}-nats-accounts`),
            at('v1', 'Secret', `${prefix}-nats-auth`),
          ]),
        ];
  return unique([...seen, ...usual]);
}

/** Custom resources: removed, then waited for; finalizers nobody will finish are released only with consent. */
function removingResources(
  { target, api, situation, sleep }: Scene,
  stepTitle: string,
  list: readonly Doomed[],
  isReleaseConsented: boolean,
): PlannedStep {
  return removing(api, stepTitle, list, async (context) => {
    context.note('waiting until the Operator has cleaned up');
    const patienceMs = operatorPatienceMs(target, situation);
    let left = await waitGone(api, list, patienceMs, sleep, context.signal);
    if (left.length === 0) return;
    if (!isReleaseConsented) {
      throw new StepFailure(
        `${left.map(title).join(', ')} ${left.length === 1 ? 'is' : 'are'} stuck: finalizers wait for an Operator that ${situation.hasOperator ? 'does not answer' : 'is not there'}.`,
        'Start it again with the consent to release finalizers, or install the Operator first so that it can clean up itself.',
      );
    }
    for (const one of left) {
      await context.intend(`Releasing finalizers of ${title(one)}`);
      if (await release(api, one, context.signal)) context.detail(`${title(one)}: finalizers released`);
    }
    left = await waitGone(api, left, REMOVAL_TIMEOUT_MS, sleep, context.signal);
    if (left.length > 0)
      throw new StepFailure(
        `${left.map(title).join(', ')} did not go.`,
        'Look at its finalizers with kubectl get -o yaml.',
      );
  });
}

/**
 * Uninstall, and cleaning up orphans, in the order that leaves nothing stuck (domain.md 3.6): MeshSync, Broker, what
 * the Operator made for them, the Operator, its permissions; definitions and namespace only when asked. Nothing is
 * ever created. Afterwards what is left is listed.
 */
export async function planRemoval(
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
  const scene: Scene = { target, api, situation, sleep };
  const isOrphans = request.kind === 'cleanup-orphans';
  const wants = (controller: 'operator' | 'broker' | 'meshsync') =>
    request.controllers.includes(controller) && !(isOrphans && controller === 'operator');
  const plan = installation(situation.flavour, { namespace: situation.namespace });
  const helm = wants('operator') ? await findRelease(api, situation, signal) : undefined;

  const meshsyncs = wants('meshsync') ? resourcesOf(situation, evidence, 'MeshSync') : [];
  const brokers = wants('broker') ? resourcesOf(situation, evidence, 'Broker') : [];
  const meshsyncChildren = wants('meshsync') ? childrenOf(situation, evidence, 'meshsync') : [];
  const brokerChildren = wants('broker') ? childrenOf(situation, evidence, 'broker') : [];
  const operatorParts = wants('operator') ? await operatorObjects(api, plan, helm, signal) : [];
  const definitions = request.removeDefinitions ? plan.definitions.map((one) => doomed(one)) : [];
  const namespace = request.removeNamespace ? [doomed(plan.namespaceManifest)] : [];

  const everything = unique([
    ...meshsyncs,
    ...brokers,
    ...meshsyncChildren,
    ...brokerChildren,
    ...operatorParts,
    ...definitions,
    ...namespace,
  ]);
  const changes: ObjectChange[] = await previewRemove(api, everything, signal);
  const warnings: string[] = [];
  // Confirming by name, with this warning in sight, is the consent: without an Operator nobody else can finish them.
  const isConsented = isOrphans || request.releaseFinalizers;
  const held = (known(evidence.resources) ?? []).filter((one) => one.finalizers.length > 0);
  if (isOrphans && held.length > 0) {
    warnings.push(
      `Finalizers of ${held.map((one) => `${one.kind} ${one.namespace}/${one.name}`).join(', ')} are released, as no Operator is there to finish them.`,
    );
  }
  if (helm !== undefined)
    warnings.push(
      `Helm release ${helm.name} owns this installation: its objects go, then the release itself.`,
    );
  if (request.removeDefinitions)
    warnings.push(
      'Removing the definitions removes every Broker and MeshSync resource in every namespace of this cluster.',
    );
  if (request.removeNamespace)
    warnings.push(`Removing namespace ${situation.namespace} removes everything in it, whoever made it.`);
  if (
    wants('operator') &&
    !(wants('broker') && wants('meshsync')) &&
    (known(evidence.resources)?.length ?? 0) > 0
  ) {
    warnings.push(
      'Broker and MeshSync stay without an Operator: they keep running, and nobody repairs them.',
    );
  }

  const settle =
    (list: readonly Doomed[], role: 'broker' | 'meshsync'): PlannedStep['run'] =>
    async (context) => {
      if (situation.hasOperator && !isOrphans) {
        context.note('waiting for the Operator to collect what it made');
        await waitGone(api, list, operatorPatienceMs(target, situation), sleep, context.signal);
      }
      for (const one of await stillThere(api, list, context.signal)) {
        await context.intend(`Removing ${title(one)}, which the Operator had left`);
        await remove(api, one.ref).catch((error: unknown) => {
          throw explain(error, `Removing ${title(one)}`);
        });
        context.detail(`${title(one)}: removed, as the Operator had left it`);
      }
      await untilGone(list)(context);
      await untilNoPods(scene, role, context);
      context.note('nothing of it is left');
    };
  const untilGone =
    (list: readonly Doomed[]): PlannedStep['run'] =>
    async (context) => {
      const left = await waitGone(api, list, REMOVAL_TIMEOUT_MS, sleep, context.signal);
      if (left.length > 0)
        throw new StepFailure(
          `${left.map(title).join(', ')} did not go within ${REMOVAL_TIMEOUT_MS / 1000} s.`,
          'See what holds it with kubectl get -o yaml, then resume.',
        );
    };
  const there = (list: readonly Doomed[]) =>
    list.filter((one) =>
      changes.some(
        ({ apiVersion, kind, namespace: home, name }) =>
          apiVersion === one.apiVersion &&
          kind === one.kind &&
          home === one.ref.namespace &&
          name === one.ref.name,
      ),
    );
  const steps: PlannedStep[] = [
    checkingPermissions(
      api,
      questionsFor(
        there(everything).map((one) => one.ref),
        ['get', 'delete'],
      ),
    ),
  ];
  if (wants('meshsync')) {
    steps.push(removingResources(scene, 'MeshSync', meshsyncs, isConsented), {
      title: 'What MeshSync ran in',
      run: settle(meshsyncChildren, 'meshsync'),
    });
  }
  if (wants('broker')) {
    steps.push(removingResources(scene, 'Broker', brokers, isConsented), {
      title: 'What the Broker ran in',
      run: settle(brokerChildren, 'broker'),
    });
  }
  if (operatorParts.length > 0)
    steps.push(
      removing(
        api,
        helm === undefined ? 'Operator and its permissions' : `Helm release ${helm.name}`,
        operatorParts,
        async (context) => {
          await untilGone(operatorParts)(context);
          await untilNoPods(scene, 'operator', context);
          context.note('nothing of it is left');
        },
      ),
    );
  if (definitions.length > 0) steps.push(removing(api, 'Definitions', definitions, untilGone(definitions)));
  if (namespace.length > 0)
    steps.push(removing(api, `Namespace ${situation.namespace}`, namespace, untilGone(namespace)));

  return {
    title: isOrphans
      ? `Clean up ${listOfControllers(request.controllers.filter((one) => one !== 'operator'))} without Operator`
      : `Uninstall ${listOfControllers(request.controllers)}`,
    changes,
    warnings,
    refusal: refusalOf(),
    nothingToDo: changes.length === 0 ? 'Nothing of it is installed.' : undefined,
    install: { ...request.install, ...situation.flavour, namespace: situation.namespace },
    confirmName: target.name,
    steps,
    outcome: async (outcomeSignal) => {
      const left = (await stillThere(api, everything, outcomeSignal)).map(title);
      const kept = [
        ...(request.removeDefinitions ? [] : plan.definitions.map((one) => doomed(one))),
        ...(request.removeNamespace ? [] : [doomed(plan.namespaceManifest)]),
      ];
      const stays = (await stillThere(api, kept, outcomeSignal)).map(title);
      const summary =
        left.length === 0
          ? `Nothing of it is left.${stays.length > 0 ? ` ${stays.join(', ')} ${stays.length === 1 ? 'stays' : 'stay'}, as asked.` : ''}`
          : `${left.length} objects are still there.`;
      return { summary, left: [...left, ...stays] };
    },
  };

  function refusalOf(): string | undefined {
    if (evidence.resources.status !== 'seen' || evidence.workloads.status !== 'seen') {
      return 'What is installed cannot be observed now, so nothing is removed blindly.';
    }
    if (isOrphans && situation.hasOperator)
      return 'There is an Operator: Broker and MeshSync are not orphans. Uninstall them instead.';
    return undefined;
  }
}

/** Operator and permissions. Of a Helm release what it owns, its record, and what we put beside it when we adopted it. */
async function operatorObjects(
  api: ClusterApi,
  plan: ReturnType<typeof installation>,
  helm: HelmRelease | undefined,
  signal: AbortSignal,
): Promise<Doomed[]> {
  const parts: Manifest[] = [plan.operator, ...plan.permissions.toReversed()];
  if (helm === undefined) return parts.map((one) => doomed(one));
  const adopted: Doomed[] = [];
  for (const one of parts) {
    const found = await find(api, refOf(one), signal);
    if (found?.metadata.labels?.[MANAGED_BY] === one.metadata.labels?.[MANAGED_BY]) adopted.push(doomed(one));
  }
  const kept = new Set(['CustomResourceDefinition', 'Namespace', 'Broker', 'MeshSync']);
  const owned = helm.manifests
    .filter((one) => !kept.has(one.kind))
    .map((one) => doomed(one, `owned by Helm release ${helm.name}`));
  const secrets = helm.secrets.map((name) =>
    doomed(
      { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: plan.namespace } },
      'holds the Helm release',
    ),
  );
  return unique([...adopted, ...owned, ...secrets]);
}
