import type { Evidence, Failure, Observation, Workload } from '../../api/evidence.ts';
import { failAll } from './combine.ts';

/** What is observed through the API server; the link, the monitor and the database come from elsewhere. */
export type Observed = Pick<
  Evidence,
  | 'api'
  | 'clusterUid'
  | 'definitions'
  | 'resources'
  | 'workloads'
  | 'pods'
  | 'services'
  | 'events'
  | 'brokerToken'
  | 'namespaces'
  | 'streams'
>;

export function known<T>(observation: Observation<T>): T | undefined {
  if (observation.status === 'seen') return observation.value;
  return observation.status === 'failed' ? observation.lastValue : undefined;
}

function mapSeen<T, U>(observation: Observation<T>, map: (value: T) => U): Observation<U> {
  if (observation.status === 'seen') return { ...observation, value: map(observation.value) };
  if (observation.status === 'pending') return observation;
  const { lastValue, ...rest } = observation;
  return lastValue === undefined ? rest : { ...rest, lastValue: map(lastValue) };
}

export function onlyOperators(observation: Observation<Workload[]>): Observation<Workload[]> {
  return mapSeen(observation, (workloads) => workloads.filter((workload) => workload.role === 'operator'));
}

/** An operator is seen twice: by its name in the whole cluster, and in its namespace. */
export function withoutTwins(observation: Observation<Workload[]>): Observation<Workload[]> {
  return mapSeen(observation, (workloads) => [
    ...new Map(
      workloads.map((workload) => [`${workload.kind}/${workload.namespace}/${workload.name}`, workload]),
    ).values(),
  ]);
}

const EVENTS_KEPT = 100;

export function newest(events: Observed['events']): Observed['events'] {
  return mapSeen(events, (all) =>
    all.toSorted((a, b) => b.lastAt.localeCompare(a.lastAt)).slice(0, EVENTS_KEPT),
  );
}

export function presence(
  secrets: Observation<{ namespace: string; token: string }[]>,
): Observed['brokerToken'] {
  return mapSeen(secrets, ([first]) =>
    first === undefined ? { isPresent: false } : { isPresent: true, namespace: first.namespace },
  );
}

/** With the API server away nothing may be claimed any more; what was last known stays as such. */
export function unreachable(
  observed: Observed,
  api: Extract<Observed['api'], { status: 'failed' }>,
): Observed {
  const { failure, failedAt } = api;
  return {
    ...observed,
    clusterUid: failAll(observed.clusterUid, failure, failedAt),
    definitions: failAll(observed.definitions, failure, failedAt),
    resources: failAll(observed.resources, failure, failedAt),
    workloads: failAll(observed.workloads, failure, failedAt),
    pods: failAll(observed.pods, failure, failedAt),
    services: failAll(observed.services, failure, failedAt),
    events: failAll(observed.events, failure, failedAt),
    brokerToken: failAll(observed.brokerToken, failure, failedAt),
  };
}

/** What is observed of a cluster that there is no way into: nothing, and why. */
export function unobservable(failure: Failure, failedAt: string): Observed {
  const failed = { status: 'failed', failure, failedAt } as const;
  return {
    api: failed,
    clusterUid: failed,
    definitions: failed,
    resources: failed,
    workloads: failed,
    pods: failed,
    services: failed,
    events: failed,
    brokerToken: failed,
    namespaces: [],
    streams: [],
  };
}
