import type { ControllerResource, Definition, Workload } from '../../../api/evidence.ts';
import type { Family } from '../../../api/shapes.ts';
import type { operatorCatalogue } from '../catalogue/operator.ts';
import { imageVersion, isFrom } from '../image-version.ts';
import { ageMs, isOperatorAbsent, isRolledOut, isSettling, podsOf, type Scene } from '../scene.ts';
import { podWords, readyWords } from '../states.ts';
import { ageWords } from '../words.ts';
import { detected, type Detector } from './detector.ts';
import { type Fault, workloadDetector, workloadFault } from './workload-fault.ts';
import { waitDetector } from './wait.ts';

const STUCK_MS = 60_000;
const OLD_GROUP = 'meshery.layer5.io';
const GROUPS: Record<Family, readonly string[]> = {
  meshplay: ['meshplay.khulnasoft.com'],
  meshery: ['meshery.io', OLD_GROUP],
};

/** From here on Meshery’s operator acts on `meshery.io` alone. Source: domain.md 1. */
const ONE_GROUP_FROM = [1, 0, 0] as const;

/** The API groups this operator acts on, as far as its name and its version tell. */
function groupsOf(operator: Workload): readonly string[] {
  const manager = operator.containers.find(({ name }) => name === 'manager');
  const version = manager === undefined ? undefined : imageVersion(manager.image);
  return isFrom(version, ONE_GROUP_FROM)
    ? GROUPS[operator.family].filter((group) => group !== OLD_GROUP)
    : GROUPS[operator.family];
}

const isProxy = (fault: Fault) => fault.container?.image.includes('kube-rbac-proxy') === true;
const label = (resource: ControllerResource) => `${resource.kind} ${resource.name} in ${resource.namespace}`;
const placeOf = (resource: ControllerResource) => ({
  kind: resource.kind.toLowerCase(),
  name: resource.name,
  namespace: resource.namespace,
});

function ourDefinitions(scene: Scene): readonly Definition[] | undefined {
  return scene.definitions?.filter(
    (definition) => definition.kind === 'Broker' || definition.kind === 'MeshSync',
  );
}

function runs(scene: Scene): boolean {
  return scene.workload.operator !== undefined && !isSettling(scene, 'operator');
}

function controllerWorkloads(scene: Scene) {
  return (scene.workloads ?? []).filter((workload) => workload.role !== 'operator');
}

function stuck(scene: Scene): ControllerResource | undefined {
  return scene.resources?.find(
    (resource) => resource.deletedAt !== undefined && resource.finalizers.length > 0,
  );
}

export const operatorDetectors: Readonly<Record<keyof typeof operatorCatalogue, Detector>> = {
  'MT-O-01': (scene) =>
    isOperatorAbsent(scene) &&
    !scene.isOperationRunning &&
    scene.workloads?.length === 0 &&
    scene.resources?.length === 0
      ? detected('workloads', 'no operator, no Broker or MeshSync resource and no workload of them was found')
      : undefined,
  'MT-O-02': (scene) => {
    const resource = stuck(scene);
    if (!isOperatorAbsent(scene) || resource === undefined) return undefined;
    return detected(
      'resources',
      `${label(resource)} has been terminating for ${ageWords(ageMs(scene, resource.deletedAt))}; finalizer ${resource.finalizers.join(', ')}`,
      { values: placeOf(resource) },
    );
  },
  'MT-O-03': (scene) => {
    const left = scene.resources?.filter((resource) => resource.deletedAt === undefined) ?? [];
    const holds =
      isOperatorAbsent(scene) &&
      !scene.isOperationRunning &&
      left.length > 0 &&
      controllerWorkloads(scene).length === 0;
    return holds ? detected('resources', `left: ${left.map(label).join(', ')}`) : undefined;
  },
  'MT-O-04': (scene) => {
    const left = controllerWorkloads(scene);
    if (!isOperatorAbsent(scene) || scene.isOperationRunning || left.length === 0) return undefined;
    return detected(
      'workloads',
      `left: ${left.map((workload) => `${workload.kind} ${workload.name} in ${workload.namespace}`).join(', ')}`,
    );
  },
  'MT-O-05': (scene) => {
    const definition = ourDefinitions(scene)?.find((one) => one.deletedAt !== undefined);
    if (definition === undefined || scene.workload.operator === undefined) return undefined;
    return detected(
      'definitions',
      `${definition.name} has been terminating for ${ageWords(ageMs(scene, definition.deletedAt))}`,
      {
        values: { name: definition.name },
      },
    );
  },
  'MT-O-06': (scene) => {
    const definitions = ourDefinitions(scene);
    const operator = scene.workload.operator;
    if (!runs(scene) || operator === undefined || definitions === undefined || definitions.length === 0)
      return undefined;
    const groups = groupsOf(operator);
    if (definitions.some((definition) => groups.includes(definition.group))) return undefined;
    return detected(
      'definitions',
      `${operator.name} acts on ${groups.join(' or ')}; found ${definitions.map((one) => one.name).join(', ')}`,
    );
  },
  'MT-O-07': (scene) =>
    runs(scene) && ourDefinitions(scene)?.length === 0
      ? detected('definitions', 'no definition of Broker or MeshSync was found')
      : undefined,
  'MT-O-08': (scene) => {
    const definition = ourDefinitions(scene)?.find(
      (one) => one.deletedAt === undefined && !one.versions.some((version) => version.served),
    );
    if (definition === undefined || scene.workload.operator === undefined) return undefined;
    return detected('definitions', `${definition.name} serves none of its versions`, {
      values: { name: definition.name },
    });
  },
  'MT-O-09': (scene) => {
    const definition = ourDefinitions(scene)?.find((one) => one.conversion === 'Webhook');
    const hasService = scene.services?.some((service) => service.role === 'operator');
    if (!runs(scene) || definition === undefined || hasService !== false) return undefined;
    return detected(
      'definitions',
      `${definition.name} converts by webhook, and there is no Service of an operator`,
      {
        values: { name: definition.name },
      },
    );
  },
  'MT-O-10': workloadDetector('operator', 'imagePull', isProxy),
  'MT-O-11': workloadDetector('operator', 'imagePull', (fault) => !isProxy(fault)),
  'MT-O-12': workloadDetector('operator', 'outOfMemory'),
  'MT-O-13': workloadDetector('operator', 'crashLoop'),
  'MT-O-14': workloadDetector('operator', 'unschedulable'),
  'MT-O-15': workloadDetector('operator', 'configError'),
  'MT-O-16': workloadDetector('operator', 'quota'),
  'MT-O-17': workloadDetector('operator', 'scaledToZero'),
  'MT-O-18': workloadDetector('operator', 'terminating'),
  'MT-O-19': workloadDetector('operator', 'noPod'),
  'MT-O-20': (scene) => {
    const operator = scene.workload.operator;
    const isHalfDone =
      operator !== undefined &&
      operator.deletedAt === undefined &&
      runs(scene) &&
      !isRolledOut(operator) &&
      operator.ready > 0;
    if (!isHalfDone || workloadFault(scene, 'operator') !== undefined) return undefined;
    const bad = podsOf(scene, 'operator')?.find((pod) => !pod.ready && pod.deletedAt === undefined);
    const reason = bad === undefined ? undefined : podWords(scene, bad);
    const counts = `${readyWords(operator)}, ${operator.updated} of the new version, ${operator.total} in all`;
    return {
      facts: [
        ...(reason === undefined ? [] : [{ text: reason, source: 'pods' }]),
        { text: counts, source: 'workloads' },
      ],
      ...(reason === undefined
        ? {}
        : { summary: `A new version of the Operator does not come up: ${reason}. The old one still works.` }),
      values: { name: operator.name, namespace: operator.namespace, pod: bad?.name },
    };
  },
  'MT-O-21': (scene) => {
    const operator = scene.workload.operator;
    if (operator === undefined || isSettling(scene, 'operator') || isRolledOut(operator)) return undefined;
    const fault = workloadFault(scene, 'operator');
    return detected('workloads', fault?.text ?? readyWords(operator), {
      values: { name: operator.name, namespace: operator.namespace, pod: fault?.pod?.name },
    });
  },
  'MT-O-22': (scene) =>
    runs(scene) && scene.resources?.length === 0
      ? detected('resources', 'no Broker and no MeshSync resource')
      : undefined,
  'MT-O-23': (scene) => {
    const resource = scene.resources?.find(
      (one) => ageMs(scene, one.deletedAt) !== Infinity && ageMs(scene, one.deletedAt) >= STUCK_MS,
    );
    if (scene.workload.operator === undefined || resource === undefined) return undefined;
    return detected(
      'resources',
      `${label(resource)} has been terminating for ${ageWords(ageMs(scene, resource.deletedAt))}`,
      {
        values: placeOf(resource),
      },
    );
  },
  'MT-O-24': (scene) => {
    const operators = (scene.workloads ?? []).filter(
      (workload) => workload.role === 'operator' && workload.deletedAt === undefined,
    );
    const twins = operators.filter((one) =>
      operators.some((other) => other !== one && other.family === one.family),
    );
    return twins.length < 2
      ? undefined
      : detected('workloads', twins.map((one) => `${one.name} in ${one.namespace}`).join(', '));
  },
  'MT-O-25': (scene) => {
    const held = scene.resources?.find(
      (resource) => resource.deletedAt === undefined && resource.finalizers.length > 0,
    );
    if (!isOperatorAbsent(scene) || held === undefined) return undefined;
    return detected('resources', `${label(held)}: ${held.finalizers.join(', ')}`, { values: placeOf(held) });
  },
  'MT-O-26': (scene) =>
    scene.families.length > 1 && !scene.isApiDown
      ? detected('workloads', 'objects of Meshplay and of Meshery were found')
      : undefined,
  'MT-O-27': (scene) => {
    const old = scene.resources?.find((resource) => resource.group === OLD_GROUP);
    return old === undefined ? undefined : detected('resources', `${label(old)}, group ${old.group}`);
  },
  'MT-O-28': (scene) => {
    const operator = scene.workload.operator;
    const proxy = operator?.containers.find((container) =>
      container.image.startsWith('gcr.io/kubebuilder/kube-rbac-proxy'),
    );
    const fault = workloadFault(scene, 'operator');
    if (proxy === undefined || (fault !== undefined && isProxy(fault))) return undefined;
    return detected('workloads', `container ${proxy.name}: ${proxy.image}`);
  },
  'MT-O-29': (scene) => {
    const operator = scene.workload.operator;
    return operator?.deletedAt === undefined || scene.isOperationRunning
      ? undefined
      : detected(
          'workloads',
          `${operator.name} has been terminating for ${ageWords(ageMs(scene, operator.deletedAt))}`,
        );
  },
  'MT-O-30': waitDetector('operator', 'The Operator is being rolled out'),
};
