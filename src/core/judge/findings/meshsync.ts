import type { ControllerResource } from '../../../api/evidence.ts';
import type { meshsyncCatalogue } from '../catalogue/meshsync.ts';
import { imageVersion, isOlderThan } from '../image-version.ts';
import {
  isDataFresh,
  isOperatorAbsent,
  isServing,
  isSettling,
  meshsyncClients,
  podsOf,
  type Scene,
} from '../scene.ts';
import { servingOf } from '../states.ts';
import { brokerContact } from '../states-meshsync.ts';
import { failureOf } from './conditions.ts';
import { detected, type Detector } from './detector.ts';
import { watchListFault, type WatchListFault } from './watch-list.ts';
import { workloadDetector } from './workload-fault.ts';
import { waitDetector } from './wait.ts';

function placeOf(scene: Scene) {
  const { meshsync } = scene.resource;
  return {
    name: meshsync?.name,
    namespace: meshsync?.namespace ?? scene.workload.meshsync?.namespace,
    workload: scene.workload.meshsync?.name,
    operator: scene.workload.operator?.name,
  };
}

function watchListDetector(wanted: WatchListFault['is']): Detector {
  return (scene) => {
    const fault = scene.resource.meshsync === undefined ? undefined : watchListFault(scene.resource.meshsync);
    return fault?.is === wanted ? detected('resources', fault.text, { values: placeOf(scene) }) : undefined;
  };
}

function createdAtMs(scene: Scene, role: 'broker' | 'meshsync'): number | undefined {
  const pod = podsOf(scene, role)?.find(isServing);
  return pod === undefined ? undefined : Date.parse(pod.createdAt);
}

/** MeshSync runs, and the Broker is known not to have it as a client. */
function isCutOff(scene: Scene): boolean {
  if (scene.isApiDown || isSettling(scene, 'meshsync') || isSettling(scene, 'broker')) return false;
  const runs = servingOf(scene, 'meshsync')?.isServing === true && scene.workload.meshsync !== undefined;
  return runs && brokerContact(scene).is === 'not-connected';
}

function hasGivenUp(scene: Scene): boolean {
  const broker = createdAtMs(scene, 'broker');
  const meshsync = createdAtMs(scene, 'meshsync');
  return broker !== undefined && meshsync !== undefined && broker > meshsync;
}

/** `nats://token@host:4222` → `host:4222`; the token must not be seen anywhere. */
function hostOf(address: string): string {
  const noScheme = address.replace(/^[a-z+]+:\/\//i, '');
  return noScheme.slice(noScheme.lastIndexOf('@') + 1).replace(/\/.*$/, '');
}

function brokerOf(
  resources: readonly ControllerResource[] | undefined,
  meshsync: ControllerResource,
): ControllerResource | undefined {
  const namespace = meshsync.brokerNamespace ?? meshsync.namespace;
  return resources?.find(
    (one) => one.kind === 'Broker' && one.name === meshsync.brokerName && one.namespace === namespace,
  );
}

/** The Deployment that no resource owns, where there is one beside one that is owned. */
function leftOver(scene: Scene): { old?: string; namespace?: string } {
  const all = scene.workloads?.filter(({ role }) => role === 'meshsync') ?? [];
  const [old, ...more] = all.filter(({ ownedByResource }) => !ownedByResource);
  return old === undefined || more.length > 0 || all.length < 2
    ? {}
    : { old: old.name, namespace: old.namespace };
}

export const meshsyncDetectors: Readonly<Record<keyof typeof meshsyncCatalogue, Detector>> = {
  'MT-M-01': (scene) => {
    const isMissing =
      scene.resources !== undefined && scene.workloads !== undefined && scene.resource.meshsync === undefined;
    return isMissing && scene.workload.meshsync === undefined && !isSettling(scene, 'meshsync')
      ? detected('resources', 'no MeshSync resource')
      : undefined;
  },
  'MT-M-02': (scene) => {
    const { meshsync } = scene.resource;
    if (
      meshsync?.brokerName === undefined ||
      meshsync.brokerUrl !== undefined ||
      isSettling(scene, 'meshsync')
    )
      return undefined;
    if (brokerOf(scene.resources, meshsync) !== undefined) return undefined;
    const named = `${meshsync.brokerName} in ${meshsync.brokerNamespace ?? meshsync.namespace}`;
    const told = detected('resources', `spec.broker.native names ${named}`, { values: placeOf(scene) });
    if (!isDataFresh(scene)) return told;
    // A pod keeps the address it was started with; only the next one is not given any.
    return {
      ...told,
      facts: [...told.facts, { text: 'its data arrives all the same', source: 'link' }],
      milder: {
        severity: 'warning',
        meaning:
          'Data still arrives by the address it was started with. When it is rolled out anew, it learns none.',
      },
    };
  },
  'MT-M-03': (scene) => {
    const { meshsync } = scene.resource;
    const hasBoth = (meshsync?.whitelist ?? '').trim() !== '' && (meshsync?.blacklist ?? '').trim() !== '';
    return hasBoth
      ? detected('resources', 'whitelist and blacklist are both set', { values: placeOf(scene) })
      : undefined;
  },
  'MT-M-04': watchListDetector('invalid-json'),
  'MT-M-05': watchListDetector('unknown-shape'),
  'MT-M-06': watchListDetector('singular'),
  'MT-M-07': workloadDetector('meshsync', 'imagePull'),
  'MT-M-08': workloadDetector('meshsync', 'outOfMemory'),
  'MT-M-09': workloadDetector('meshsync', 'crashLoop'),
  'MT-M-10': workloadDetector('meshsync', 'unschedulable'),
  'MT-M-11': workloadDetector('meshsync', 'configError'),
  'MT-M-12': workloadDetector('meshsync', 'quota'),
  'MT-M-13': workloadDetector('meshsync', 'scaledToZero'),
  'MT-M-14': workloadDetector('meshsync', 'terminating'),
  'MT-M-15': (scene) => {
    const { meshsync } = scene.resource;
    const isMissing =
      meshsync !== undefined &&
      // What is on its way out has lost its workload first.
      meshsync.deletedAt === undefined &&
      scene.workloads !== undefined &&
      scene.workload.meshsync === undefined;
    return isMissing && !isSettling(scene, 'meshsync')
      ? detected('workloads', `no Deployment for MeshSync ${meshsync.name}`, { values: placeOf(scene) })
      : undefined;
  },
  'MT-M-16': workloadDetector('meshsync', 'noPod'),
  'MT-M-17': workloadDetector('meshsync', 'notReady'),
  'MT-M-18': (scene) =>
    isCutOff(scene) && hasGivenUp(scene)
      ? detected('monitor', 'the Broker is younger than MeshSync, and lists no client named meshsync', {
          values: placeOf(scene),
        })
      : undefined,
  'MT-M-19': (scene) => {
    if (!isCutOff(scene) || hasGivenUp(scene)) return undefined;
    const address = scene.resource.meshsync?.brokerUrl ?? scene.resource.meshsync?.publishingTo;
    return {
      facts: [
        { text: 'MeshSync is ready, and the Broker lists no client named meshsync', source: 'monitor' },
        ...(address === undefined || address === ''
          ? []
          : [{ text: `it is told to publish to ${hostOf(address)}`, source: 'resources' }]),
      ],
      values: placeOf(scene),
    };
  },
  'MT-M-20': (scene) => {
    const { meshsync, broker } = scene.resource;
    const told = [broker?.endpoint?.internal, broker?.endpoint?.external].flatMap((address) =>
      address === undefined ? [] : [hostOf(address)],
    );
    if (meshsync?.publishingTo === undefined || meshsync.publishingTo === '' || told.length === 0)
      return undefined;
    const actual = hostOf(meshsync.publishingTo);
    if (told.includes(actual) || brokerContact(scene).is === 'connected') return undefined;
    return detected('resources', `publishes to ${actual}; the Broker is at ${told.join(' and ')}`, {
      values: placeOf(scene),
    });
  },
  'MT-M-21': (scene) => {
    const url = scene.resource.meshsync?.brokerUrl;
    if (url === undefined || url === '' || brokerContact(scene).is === 'connected') return undefined;
    return detected('resources', `spec.broker.custom.url leads to ${hostOf(url)}`, {
      values: placeOf(scene),
    });
  },
  'MT-M-22': (scene) => {
    const clients = meshsyncClients(scene);
    const wanted = Math.max(1, scene.workload.meshsync?.replicas ?? 1);
    return clients.length > wanted && !isSettling(scene, 'meshsync')
      ? detected(
          'monitor',
          clients.map((client) => `meshsync (${client.address ?? `client ${client.cid}`})`).join(', '),
          { values: leftOver(scene) },
        )
      : undefined;
  },
  'MT-M-23': (scene) => {
    const workload = scene.workload.meshsync;
    const holds =
      scene.resources !== undefined &&
      scene.resource.meshsync === undefined &&
      workload !== undefined &&
      !isOperatorAbsent(scene);
    return holds && !isSettling(scene, 'meshsync')
      ? detected('workloads', `${workload.kind} ${workload.name} in ${workload.namespace}`, {
          values: placeOf(scene),
        })
      : undefined;
  },
  'MT-M-24': (scene) => {
    const container = scene.workload.meshsync?.containers.find((one) => one.name === 'meshsync');
    const version =
      container === undefined ? scene.resource.meshsync?.imageVersion : imageVersion(container.image);
    const { brokerToken } = scene.evidence;
    const hasToken =
      scene.monitor?.authRequired === true || (brokerToken.status === 'seen' && brokerToken.value.isPresent);
    return hasToken && !scene.isApiDown && isOlderThan(version, [1, 0, 1])
      ? detected('workloads', `MeshSync ${version ?? ''} and a Broker that asks for a token`)
      : undefined;
  },
  'MT-M-25': (scene) => {
    const failure = failureOf(scene.resource.meshsync, servingOf(scene, 'meshsync') !== undefined);
    return failure === undefined || isSettling(scene, 'meshsync')
      ? undefined
      : detected('resources', failure, { values: placeOf(scene) });
  },
  'MT-M-26': waitDetector('meshsync', 'MeshSync is being set up'),
};
