import type { Evidence, Failure, FailureKind } from '../../../api/evidence.ts';
import type { kubernetesCatalogue } from '../catalogue/kubernetes.ts';
import { permissionWords } from '../words.ts';
import { type Detected, detected, type Detector } from './detector.ts';

const SLOW_MS = 1000;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** What the states stand on; where one of these is missing, a state is unknown. */
type CoreSource = 'resources' | 'workloads' | 'pods' | 'services';
const CORE: readonly CoreSource[] = ['resources', 'workloads', 'pods', 'services'];
/** Without these no state can be told; pods and services only explain one. */
const DECIDING: readonly CoreSource[] = ['resources', 'workloads'];
const EXPLAINING: readonly CoreSource[] = ['pods', 'services'];

function isLoopback(server: string): boolean {
  const host = /^[a-z]+:\/\/(\[[^\]]*\]|[^:/?#]*)/i.exec(server)?.[1];
  return host !== undefined && LOOPBACK.test(host);
}

function apiFailure(evidence: Evidence): Failure | undefined {
  return evidence.api.status === 'failed' ? evidence.api.failure : undefined;
}

/** Holds when the API server failed in one of these ways. */
function apiFails(
  kinds: readonly FailureKind[],
  isWanted: (evidence: Evidence) => boolean = () => true,
): Detector {
  return ({ evidence }) => {
    const failure = apiFailure(evidence);
    if (failure === undefined || !kinds.includes(failure.kind) || !isWanted(evidence)) return undefined;
    return detected('api', failure.message, { values: { server: evidence.server, proxy: evidence.proxy } });
  };
}

function coreFailures(evidence: Evidence): { source: CoreSource; failure: Failure }[] {
  return CORE.flatMap((source) => {
    const observation = evidence[source];
    return observation.status === 'failed' ? [{ source, failure: observation.failure }] : [];
  });
}

/** What is forbidden of these parts, with the exact permission that is missing. */
function forbidden(evidence: Evidence, sources: readonly CoreSource[]): Detected | undefined {
  const api = apiFailure(evidence);
  const all = [
    ...(api === undefined ? [] : [{ source: 'api' as const, failure: api }]),
    ...coreFailures(evidence).filter(({ source }) => sources.includes(source)),
  ].filter(({ failure }) => failure.kind === 'forbidden');
  const [first] = all;
  if (first === undefined) return undefined;
  const permission = all.find(({ failure }) => failure.permission !== undefined)?.failure.permission;
  const wanted = permission === undefined ? undefined : permissionWords(permission);
  return {
    facts: all.map(({ source, failure }) => ({
      source,
      text:
        failure.permission === undefined ? failure.message : `may not ${permissionWords(failure.permission)}`,
    })),
    ...(wanted === undefined ? {} : { summary: `This user may not ${wanted}.` }),
    values: {
      verb: permission?.verb,
      resource:
        permission === undefined || permission.group === ''
          ? permission?.resource
          : `${permission.resource}.${permission.group}`,
      scope: permission?.namespace === undefined ? '-A' : `-n ${permission.namespace}`,
    },
  };
}

export const kubernetesDetectors: Readonly<Record<keyof typeof kubernetesCatalogue, Detector>> = {
  'MT-K-01': apiFails(['unreachable']),
  'MT-K-02': apiFails(['timeout', 'silent']),
  'MT-K-03': apiFails(['dns']),
  'MT-K-04': apiFails(['tls']),
  'MT-K-05': apiFails(['refused'], (evidence) => isLoopback(evidence.server)),
  'MT-K-06': apiFails(['refused'], (evidence) => !isLoopback(evidence.server)),
  'MT-K-07': apiFails(['unauthorized', 'auth']),
  'MT-K-08': apiFails(['exec-missing']),
  'MT-K-09': apiFails(['exec-failed']),
  'MT-K-10': apiFails(['invalid-config']),
  'MT-K-11': apiFails(['proxy']),
  'MT-K-24': apiFails(['proxy-auth']),
  'MT-K-12': apiFails(['unavailable']),
  'MT-K-13': apiFails(['protocol', 'not-found', 'wrong-cluster']),
  'MT-K-14': apiFails(['other', 'conflict', 'expired']),
  'MT-K-15': (scene) => (scene.isApiDown ? undefined : forbidden(scene.evidence, DECIDING)),
  'MT-K-16': (scene) => {
    if (scene.isApiDown) return undefined;
    const failures = coreFailures(scene.evidence).filter(
      ({ failure }) => failure.kind !== 'forbidden' && failure.kind !== 'silent',
    );
    return failures.length === 0
      ? undefined
      : { facts: failures.map(({ source, failure }) => ({ source, text: `${source}: ${failure.message}` })) };
  },
  'MT-K-17': (scene) => {
    if (scene.isApiDown) return undefined;
    const silent = [
      ...coreFailures(scene.evidence).flatMap(({ source, failure }) =>
        failure.kind === 'silent' ? [source as string] : [],
      ),
      ...scene.evidence.streams.flatMap((stream) => (stream.state === 'silent' ? [stream.name] : [])),
    ];
    const names = [...new Set(silent)].toSorted();
    return names.length === 0 ? undefined : detected('streams', `silent: ${names.join(', ')}`);
  },
  'MT-K-18': ({ evidence }) => {
    if (evidence.api.status !== 'seen' || evidence.api.value.latencyMs <= SLOW_MS) return undefined;
    const latency = `${Math.round(evidence.api.value.latencyMs)} ms`;
    return detected('api', `it answered after ${latency}`, {
      summary: `The API server is slow: it answered after ${latency}.`,
      values: { server: evidence.server },
    });
  },
  'MT-K-19': ({ evidence }) => {
    if (evidence.api.status !== 'seen' || evidence.api.value.isReady) return undefined;
    const checks = evidence.api.value.notReady.join(', ');
    return detected('api', checks === '' ? '/readyz is not ok' : `failing checks: ${checks}`, {
      values: { server: evidence.server },
    });
  },
  'MT-K-20': (scene) => {
    const { clusterUid } = scene.evidence;
    return scene.isApiDown || clusterUid.status !== 'failed'
      ? undefined
      : detected('clusterUid', clusterUid.failure.message);
  },
  'MT-K-21': ({ evidence }) =>
    evidence.isTlsVerified ? undefined : detected('isTlsVerified', 'insecure-skip-tls-verify is set'),
  'MT-K-22': (scene) => {
    const { events } = scene.evidence;
    return scene.isApiDown || events.status !== 'failed'
      ? undefined
      : detected('events', events.failure.message);
  },
  'MT-K-23': (scene) => {
    const isDecided = !scene.isApiDown && forbidden(scene.evidence, DECIDING) === undefined;
    return isDecided ? forbidden(scene.evidence, EXPLAINING) : undefined;
  },
};
