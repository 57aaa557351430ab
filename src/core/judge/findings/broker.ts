import type { Workload } from '../../../api/evidence.ts';
import type { brokerCatalogue } from '../catalogue/broker.ts';
import {
  ageMs,
  isDataFresh,
  isLinkDown,
  isOperatorAbsent,
  isSettling,
  type Scene,
  whyUnseen,
} from '../scene.ts';
import { readyWords, servingOf } from '../states.ts';
import { failureOf } from './conditions.ts';
import { detected, type Detector } from './detector.ts';
import { isBrokerExpected, linkFault, type LinkFault, routeWords } from './link-fault.ts';
import { workloadDetector, workloadFault } from './workload-fault.ts';
import { waitDetector } from './wait.ts';

const UNPROVEN_MS = 60_000;

function placeOf(scene: Scene) {
  const service = scene.services?.find((one) => one.role === 'broker' && one.clusterIp !== undefined);
  return {
    name: scene.resource.broker?.name ?? scene.workload.broker?.name,
    namespace: scene.resource.broker?.namespace ?? scene.workload.broker?.namespace,
    service: service?.name,
    operator: scene.workload.operator?.name,
  };
}

/** The workload when some of its pods are ready and some are not. */
function partial({ workload: { broker } }: Scene): Workload | undefined {
  return broker !== undefined && broker.ready > 0 && broker.ready < broker.replicas ? broker : undefined;
}

function linkDetector(wanted: LinkFault): Detector {
  return (scene) => {
    if (linkFault(scene) !== wanted) return undefined;
    const address = scene.resource.broker?.endpoint?.external ?? scene.link.address ?? '';
    const colon = address.lastIndexOf(':');
    const values = {
      ...placeOf(scene),
      ...(colon > 0 ? { host: address.slice(0, colon), port: address.slice(colon + 1) } : {}),
      ...(wanted === 'token-rejected' ? { name: scene.workload.broker?.name } : {}),
    };
    const text =
      wanted === 'wrong-cluster'
        ? `${scene.link.address ?? 'the address'} is answered by ${scene.link.serverName ?? 'another Broker'}`
        : routeWords(scene);
    return detected('link', text, { values });
  };
}

export const brokerDetectors: Readonly<Record<keyof typeof brokerCatalogue, Detector>> = {
  'MT-B-01': (scene) => {
    const isMissing =
      scene.resources !== undefined && !isBrokerExpected(scene) && !isSettling(scene, 'broker');
    return isMissing && scene.workloads !== undefined
      ? detected('resources', 'no Broker resource')
      : undefined;
  },
  'MT-B-02': workloadDetector('broker', 'imagePull'),
  'MT-B-03': workloadDetector('broker', 'outOfMemory'),
  'MT-B-04': workloadDetector('broker', 'crashLoop'),
  'MT-B-05': workloadDetector('broker', 'unschedulable'),
  'MT-B-06': workloadDetector('broker', 'configError'),
  'MT-B-07': workloadDetector('broker', 'quota'),
  'MT-B-08': workloadDetector('broker', 'scaledToZero'),
  'MT-B-09': workloadDetector('broker', 'terminating'),
  'MT-B-10': (scene) => {
    const isMissing =
      scene.resource.broker !== undefined &&
      // What is on its way out has lost its workload first.
      scene.resource.broker.deletedAt === undefined &&
      scene.workloads !== undefined &&
      scene.workload.broker === undefined;
    if (!isMissing || isSettling(scene, 'broker')) return undefined;
    return detected('workloads', `no StatefulSet for Broker ${scene.resource.broker?.name ?? ''}`, {
      values: placeOf(scene),
    });
  },
  'MT-B-11': workloadDetector('broker', 'noPod'),
  'MT-B-12': workloadDetector('broker', 'notReady'),
  'MT-B-13': (scene) => {
    const hasService = scene.services?.some((service) => service.role === 'broker');
    if (hasService !== false || scene.workload.broker === undefined || isSettling(scene, 'broker'))
      return undefined;
    return detected('services', 'no Service of a Broker', { values: placeOf(scene) });
  },
  'MT-B-14': linkDetector('wrong-cluster'),
  'MT-B-15': linkDetector('token-missing'),
  'MT-B-16': linkDetector('token-unreadable'),
  'MT-B-17': linkDetector('token-rejected'),
  'MT-B-18': linkDetector('protocol'),
  'MT-B-19': linkDetector('tls'),
  'MT-B-20': linkDetector('pending-address'),
  'MT-B-21': linkDetector('no-address'),
  'MT-B-22': linkDetector('lost'),
  'MT-B-23': linkDetector('dial-fails'),
  'MT-B-24': (scene) => {
    const sets = (scene.workloads ?? []).filter((workload) => workload.role === 'broker');
    const twins = sets.filter((one) => sets.some((other) => other !== one && other.family === one.family));
    if (twins.length < 2) return undefined;
    // What a resource owns is the one that the Operator looks after; where none or several are, a person has to look.
    const loose = twins.filter((one) => !one.ownedByResource);
    const old = loose.length === twins.length - 1 ? loose[0] : undefined;
    return detected('workloads', twins.map((one) => `${one.name} in ${one.namespace}`).join(', '), {
      values: { old: old?.name, namespace: old?.namespace ?? twins[0]?.namespace },
    });
  },
  'MT-B-25': (scene) => {
    const workload = scene.workload.broker;
    const holds =
      scene.resources !== undefined &&
      scene.resource.broker === undefined &&
      workload !== undefined &&
      !isOperatorAbsent(scene);
    return holds && !isSettling(scene, 'broker')
      ? detected('workloads', `${workload.kind} ${workload.name} in ${workload.namespace}`, {
          values: placeOf(scene),
        })
      : undefined;
  },
  'MT-B-26': (scene) => {
    const resource = scene.resource.broker;
    const endpoint = resource?.endpoint;
    const isUntold =
      resource !== undefined && endpoint?.internal === undefined && endpoint?.external === undefined;
    if (
      !isUntold ||
      !isLinkDown(scene) ||
      isSettling(scene, 'broker') ||
      servingOf(scene, 'broker')?.isServing !== true
    )
      return undefined;
    return detected('resources', `status.endpoint of ${resource.name} is empty`, { values: placeOf(scene) });
  },
  'MT-B-27': (scene) => {
    const failure = failureOf(scene.resource.broker, servingOf(scene, 'broker') !== undefined);
    return failure === undefined || isSettling(scene, 'broker')
      ? undefined
      : detected('resources', failure, { values: placeOf(scene) });
  },
  'MT-B-28': (scene) => {
    const workload = partial(scene);
    return workload !== undefined &&
      !isSettling(scene, 'broker') &&
      workloadFault(scene, 'broker') === undefined
      ? detected('workloads', readyWords(workload), { values: placeOf(scene) })
      : undefined;
  },
  'MT-B-29': (scene) =>
    scene.link.state === 'connected' && scene.link.chosen === 'port-forward' && !scene.isApiDown
      ? detected('link', `connected through ${scene.link.address ?? 'a forwarded port'}`, {
          values: placeOf(scene),
        })
      : undefined,
  'MT-B-30': (scene) => {
    const { monitor } = scene.evidence;
    const holds =
      !scene.isApiDown &&
      monitor.status === 'failed' &&
      isBrokerExpected(scene) &&
      scene.link.state === 'connected';
    return holds ? detected('monitor', whyUnseen(monitor) ?? '', { values: placeOf(scene) }) : undefined;
  },
  'MT-B-31': (scene) => {
    const { link } = scene;
    const holds =
      !scene.isApiDown &&
      link.state === 'connected' &&
      link.proof === 'unproven' &&
      ageMs(scene, link.sinceAt) >= UNPROVEN_MS;
    return holds && isDataFresh(scene)
      ? detected('link', `${link.address ?? 'the Broker'} has not proven which cluster it belongs to`)
      : undefined;
  },
  'MT-B-32': (scene) => {
    const serving = servingOf(scene, 'broker');
    const holds =
      !scene.isApiDown && isBrokerExpected(scene) && isLinkDown(scene) && serving?.isServing === true;
    return holds && !isSettling(scene, 'broker') ? detected('link', routeWords(scene)) : undefined;
  },
  'MT-B-33': waitDetector('broker', 'The Broker is being set up'),
};
