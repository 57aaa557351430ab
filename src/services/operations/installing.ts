import type { Evidence } from '../../api/evidence.ts';
import type { ObjectChange, OperationRequest } from '../../api/operation.ts';
import { installation, manifestsFor } from '../../core/manifests/installation.ts';
import { type Manifest, manifestTitle } from '../../core/manifests/manifest.ts';
import { type ClusterApi, ClusterError } from '../ports.ts';
import {
  type Applied,
  applyManifest,
  type ApplyOptions,
  type MayReplace,
  explain,
  find,
  previewApply,
  refOf,
} from './cluster-objects.ts';
import type { Sleep } from './doomed.ts';
import { situationOf } from './flavour-of.ts';
import { type HelmRelease, readRelease } from './helm-release.ts';
import { resync } from './linking.ts';
import { checkingPermissions, questionsFor } from './permission-check.ts';
import { type Plan, type PlannedStep, type StepContext, StepFailure } from './plan.ts';
import type { OperationTarget } from './target.ts';
import { waitForRollout, waitForState, workloadOf } from './waiting.ts';

const PODS = { group: '', version: 'v1', plural: 'pods', isNamespaced: true } as const;
/** How long data may take from a ready Broker to this server. */
const CONNECT_TIMEOUT_MS = 90_000;
const ESTABLISHED_TIMEOUT_MS = 30_000;
const ESTABLISHED_POLL_MS = 150;
const SERVED_ATTEMPTS = 40;

async function waitEstablished(
  api: ClusterApi,
  definition: Manifest,
  sleep: Sleep,
  signal: AbortSignal,
): Promise<void> {
  for (let waitedMs = 0; waitedMs < ESTABLISHED_TIMEOUT_MS; waitedMs += ESTABLISHED_POLL_MS) {
    const object = await find(api, refOf(definition), signal);
    const conditions = JSON.stringify(object?.['status'] ?? '');
    if (/"type":"Established"[^}]*"status":"True"|"status":"True"[^}]*"type":"Established"/.test(conditions))
      return;
    await sleep(ESTABLISHED_POLL_MS, signal);
  }
  throw new StepFailure(
    `${manifestTitle(definition)} is not served after ${ESTABLISHED_TIMEOUT_MS / 1000} s.`,
    'Look at its conditions with kubectl describe crd.',
  );
}

/**
 * Install, redeploy and adopt: the same objects in the same order. Redeploy also restarts what runs already; adopt
 * takes fields over from other managers. A Helm-managed operator stays Helm-managed: the manifest held in its release
 * is what is applied.
 */
export async function planInstallation(
  target: OperationTarget,
  request: OperationRequest,
  sleep: Sleep,
  signal: AbortSignal,
): Promise<Plan> {
  const api = target.api();
  if (api === undefined)
    throw new StepFailure(`There is no way into ${target.name}.`, 'Give it a kubeconfig that works first.');
  const situation = situationOf(target.evidence(), request.install);
  const { namespace, names } = situation;
  const isAdopted = request.kind === 'adopt';
  const plan = installation(situation.flavour, { ...request.install, namespace });
  const release = isAdopted
    ? undefined
    : situation.helmRelease === undefined
      ? undefined
      : await readRelease(api, situation.helmRelease, namespace, signal);
  const options: ApplyOptions = { isForced: isAdopted || release !== undefined, isAdopted };
  const wants = (controller: 'operator' | 'broker' | 'meshsync') => request.controllers.includes(controller);
  const ownParts = manifestsFor(plan, request.controllers);
  const manifests =
    release === undefined
      ? ownParts
      : [...release.manifests, ...(await besideRelease(api, ownParts, release, signal))];
  const changes: ObjectChange[] = [];
  for (const manifest of manifests) changes.push(await previewApply(api, manifest, options, signal));

  const warnings: string[] = [];
  if (release !== undefined) {
    warnings.push(
      `Helm release ${release.name} (revision ${release.revision}) manages this installation; its own manifest is applied again and Helm keeps it.`,
    );
    if (JSON.stringify(release.manifests).includes('kube-rbac-proxy'))
      warnings.push(
        'The release uses kube-rbac-proxy, whose image was removed from its registry: a node that does not hold it already cannot start the Operator. Adopt takes it out.',
      );
  }
  if (isAdopted && situation.helmRelease !== undefined)
    warnings.push(
      `Helm still lists release ${situation.helmRelease}, and helm uninstall would remove these objects. Uninstalling here removes what the release holds, too.`,
    );
  const foreign = changes.filter((change) => change.note?.startsWith('managed by another tool') === true);
  if (foreign.length > 0)
    warnings.push(
      `${foreign.length} of these objects are managed by another tool: choose Adopt to take them over.`,
    );
  const ending = await isEnding(api, namespace, signal);
  const replaced = changes.filter(({ action }) => action === 'replace');
  const mayReplace: MayReplace = ({ kind, metadata }) =>
    options.isForced &&
    replaced.some(
      (one) => one.kind === kind && one.name === metadata.name && one.namespace === metadata.namespace,
    );
  if (replaced.length > 0 && options.isForced)
    warnings.push(
      `${replaced.map(titleOfChange).join(', ')} ${replaced.length === 1 ? 'grants another role' : 'grant other roles'} and cannot be changed: deleted and made anew, which takes what was granted before away. For the moment in between, whoever relies on it may be refused.`,
    );

  /** Generations of the workloads applied in this run: a roll-out is over only when it is that of these. */
  const generations = new Map<string, number | undefined>();
  const apply = (title: string, parts: readonly Manifest[], after?: PlannedStep['run']): PlannedStep => ({
    title,
    run: async (context) => {
      for (const part of parts) {
        const what = manifestTitle(part);
        await context.intend(`Applying ${what}`);
        try {
          const applied = await applyServed(api, part, { ...options, mayReplace }, sleep, context.signal);
          generations.set(what, applied.generation);
          context.detail(`${what}: ${applied.change}`);
        } catch (error) {
          throw await explainApplying(api, part, error, context.signal);
        }
      }
      await after?.(context);
    },
  });
  const restart =
    (role: 'operator' | 'broker' | 'meshsync'): PlannedStep['run'] =>
    async (context) => {
      const old = await restartPods(target, api, role, namespace, request.kind === 'redeploy', context);
      const generation =
        role === 'operator' ? generations.get(`Deployment ${namespace}/${names.operator}`) : undefined;
      await waitForRollout(target, role, namespace, context, { generation, oldPods: old });
    };
  const of = (...kinds: string[]) => manifests.filter((one) => kinds.includes(one.kind));
  const definitions = of('CustomResourceDefinition');
  const base = of('Namespace');
  const rest = manifests.filter(
    (one) => !['Namespace', 'CustomResourceDefinition', 'Broker', 'MeshSync'].includes(one.kind),
  );

  const refs = manifests.map((manifest) => refOf(manifest));
  const steps: PlannedStep[] = [
    checkingPermissions(api, [
      ...questionsFor(refs, ['get', 'create', 'patch']),
      ...questionsFor(
        manifests.filter((one) => mayReplace(one)).map((one) => refOf(one)),
        ['delete'],
      ),
      ...(request.kind === 'redeploy'
        ? questionsFor([{ kind: PODS, namespace, name: '' }], ['list', 'delete'])
        : []),
    ]),
    apply('Namespace and definitions', [...base, ...definitions], async (context) => {
      for (const definition of definitions) await waitEstablished(api, definition, sleep, context.signal);
    }),
  ];
  if (wants('operator')) {
    steps.push(apply(`Operator ${names.operator} and its permissions`, rest, restart('operator')));
  }
  if (wants('broker')) {
    steps.push(apply(`Broker ${names.brokerResource}`, of('Broker'), restart('broker')));
  }
  if (wants('meshsync')) {
    steps.push(apply(`MeshSync ${names.meshsyncResource}`, of('MeshSync'), restart('meshsync')));
  }
  if (wants('broker') || wants('meshsync')) {
    steps.push({
      title: 'Data reaches this server',
      run: async (context) => {
        await waitForState(target, 'broker', ['CONNECTED'], CONNECT_TIMEOUT_MS, context);
        if (!wants('meshsync')) return;
        await waitForState(target, 'meshsync', ['CONNECTED'], CONNECT_TIMEOUT_MS, context);
        // What was seen may be from before a restart: only an answer to a question asked now proves the whole road.
        context.note('asking MeshSync for everything, to see it arrive');
        await resync(target, context.signal);
        await waitForState(target, 'meshsync', ['CONNECTED'], CONNECT_TIMEOUT_MS, context);
      },
    });
  }

  const what = listOfControllers(request.controllers);
  const verb = { redeploy: 'Redeploy', adopt: 'Adopt' }[request.kind as string] ?? 'Install';
  return {
    title: `${verb} ${what}`,
    changes,
    warnings,
    install: { ...request.install, ...situation.flavour, namespace },
    refusal: !isObserved(target.evidence())
      ? 'What is on the cluster cannot be observed now, so nothing is changed blindly.'
      : ending
        ? `Namespace ${namespace} is being deleted. Wait until it is gone, or choose another.`
        : !situation.hasOperator && !wants('operator')
          ? `There is no Operator in namespace ${namespace}, so nothing would act on these resources. Install the Operator with them.`
          : replaced.length > 0 && !options.isForced
            ? `${replaced.map(titleOfChange).join(', ')} ${replaced.length === 1 ? 'grants another role' : 'grant other roles'} than this installation needs, and Kubernetes lets nobody change that. Choose Adopt: it deletes and makes anew what its preview lists.`
            : undefined,
    // Something that others may rely on is deleted: with the list in sight, the name is the consent.
    confirmName: replaced.length > 0 ? target.name : undefined,
    steps,
    outcome: () => {
      const states = target.view().controllers.filter((one) => request.controllers.includes(one.controller));
      return Promise.resolve({
        summary: states.map((one) => `${titleOf(one.controller)} is ${one.state}`).join(', ') + '.',
      });
    },
  };
}

function titleOfChange({ kind, namespace, name }: ObjectChange): string {
  return manifestTitle({ kind, metadata: { name, namespace } });
}

function isObserved({ workloads, resources }: Evidence): boolean {
  return workloads.status === 'seen' && resources.status === 'seen';
}

/** What is applied besides a release: the two resources where it lacks them, and definitions that are missing. */
async function besideRelease(
  api: ClusterApi,
  own: readonly Manifest[],
  release: HelmRelease,
  signal: AbortSignal,
): Promise<Manifest[]> {
  const beside: Manifest[] = [];
  for (const one of own) {
    if (isAmong(one, release.manifests)) continue;
    const isResource = one.kind === 'Broker' || one.kind === 'MeshSync';
    // A chart keeps its definitions outside its manifest, and Helm never touches them again (domain.md 3.1).
    const isDefinition = one.kind === 'CustomResourceDefinition';
    if (isResource || (isDefinition && (await find(api, refOf(one), signal)) === undefined)) beside.push(one);
  }
  return beside;
}

/** A definition may be established a moment before its resources are served: a 404 is then tried again. */
async function applyServed(
  api: ClusterApi,
  manifest: Manifest,
  options: Parameters<typeof applyManifest>[2],
  sleep: Sleep,
  signal: AbortSignal,
): Promise<Applied> {
  const isCustom = manifest.kind === 'Broker' || manifest.kind === 'MeshSync';
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await applyManifest(api, manifest, options, signal);
    } catch (error) {
      const isUnserved = error instanceof ClusterError && error.failure.kind === 'not-found';
      if (!isCustom || !isUnserved || attempt === SERVED_ATTEMPTS) throw error;
      await sleep(ESTABLISHED_POLL_MS, signal);
    }
  }
}

/** In a namespace that is ending, Kubernetes answers “forbidden”, which is not about the person's permissions. */
async function explainApplying(
  api: ClusterApi,
  manifest: Manifest,
  error: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const what = manifestTitle(manifest);
  const { namespace } = manifest.metadata;
  if (error instanceof ClusterError && error.failure.kind === 'forbidden' && namespace !== undefined) {
    if (await isEnding(api, namespace, signal))
      return new StepFailure(
        `Applying ${what}: namespace ${namespace} is being deleted, so nothing can be made in it.`,
        'Wait until it is gone, then resume.',
        error,
      );
  }
  return explain(error, `Applying ${what}`);
}

async function isEnding(api: ClusterApi, namespace: string, signal: AbortSignal): Promise<boolean> {
  const home = refOf({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  try {
    return (await find(api, home, signal))?.metadata.deletionTimestamp !== undefined;
  } catch (error) {
    // Who may not see namespaces is told by the first step, and by what then fails.
    if (error instanceof ClusterError && error.failure.kind === 'forbidden') return false;
    throw error;
  }
}

function isAmong(one: Manifest, others: readonly Manifest[]): boolean {
  return others.some((other) => other.kind === one.kind && other.metadata.name === one.metadata.name);
}

/** Deletes the running pods, which their workload makes anew; leaves no trace in the workload itself. @returns uids of the old pods */
async function restartPods(
  target: OperationTarget,
  api: ClusterApi,
  role: 'operator' | 'broker' | 'meshsync',
  namespace: string,
  isWanted: boolean,
  context: StepContext,
): Promise<Set<string>> {
  const old = new Set<string>();
  if (!isWanted || workloadOf(target.evidence(), role, namespace) === undefined) return old;
  const { pods } = target.evidence();
  for (const pod of pods.status === 'seen' ? pods.value : []) {
    if (pod.role !== role || pod.namespace !== namespace || pod.deletedAt !== undefined) continue;
    old.add(pod.uid);
    await context.intend(`Restarting pod ${pod.name}`);
    try {
      await api.remove({ kind: PODS, namespace, name: pod.name }, { uid: pod.uid });
    } catch (error) {
      // Gone, or another one by that name: it was replaced already.
      const kind = error instanceof ClusterError ? error.failure.kind : undefined;
      if (kind !== 'not-found' && kind !== 'conflict') throw explain(error, `Restarting pod ${pod.name}`);
      continue;
    }
    context.detail(`Pod ${namespace}/${pod.name}: restarted`);
  }
  return old;
}

export function titleOf(controller: 'operator' | 'broker' | 'meshsync'): string {
  return { operator: 'Operator', broker: 'Broker', meshsync: 'MeshSync' }[controller];
}

/** “Operator, Broker and MeshSync” */
export function listOfControllers(controllers: readonly ('operator' | 'broker' | 'meshsync')[]): string {
  const words = (['operator', 'broker', 'meshsync'] as const)
    .filter((one) => controllers.includes(one))
    .map(titleOf);
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
