import type { Evidence } from '../../../api/evidence.ts';
import type { Freshness } from '../../../api/resource.ts';
import { healthyEvidence } from '../../../core/judge/fixtures.ts';
import { FakeBrokers } from '../../fakes/fake-broker.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';
import type { ClusterApi, WayProbe } from '../../ports.ts';
import { brokerChecks } from './broker.ts';
import { kubernetesChecks } from './kubernetes.ts';
import { meshsyncChecks } from './meshsync.ts';
import { operatorChecks } from './operator.ts';
import type { CheckScene } from './scene.ts';

const SIGNAL = new AbortController().signal;

interface Given {
  readonly evidence?: Partial<Evidence>;
  readonly api?: ClusterApi;
  readonly freshness?: Partial<Freshness>;
  /** Instead of `freshness`. */
  readonly measured?: () => Promise<Freshness>;
  /** Nothing comes of asking MeshSync. */
  readonly isDeaf?: boolean;
  readonly eventLoopDelayMs?: number;
}

const refuse = () => {
  throw new Error('not asked for here');
};

/** What checks look at, healthy but for what is given. */
export function sceneOf(given: Given): CheckScene {
  const { evidence = {}, api, freshness, measured, isDeaf = false, eventLoopDelayMs = 0 } = given;
  const counters = {
    received: 0,
    receivedBytes: 0,
    stored: 0,
    deleted: 0,
    unchanged: 0,
    ignored: 0,
    rejected: 0,
    dropped: 0,
  };
  return {
    target: {
      id: 'staging',
      name: 'staging',
      api: () => api,
      evidence: () => healthyEvidence(evidence),
      view: refuse,
      link: { reconnect: refuse, resync: isDeaf ? () => undefined : refuse },
      waitFor: isDeaf ? async () => false : refuse,
      refresh: refuse,
      setOperationRunning: refuse,
    },
    clock: new FakeClock(),
    place: undefined,
    dial: undefined,
    brokers: new FakeBrokers(),
    data: undefined,
    insight: {
      database: refuse,
      checkIntegrity: refuse,
      freshness:
        measured ??
        (async (connectionId) => ({
          connectionId,
          rows: 1,
          ratePerSecond: 1,
          isStale: false,
          staleAfterSeconds: 120,
          waiting: 0,
          needsResync: false,
          counters,
          rejected: [],
          kinds: [{ kind: 'Pod', rows: 1, messages: 1, ratePerSecond: 0 }],
          ...freshness,
        })),
    },
    product: { version: '1', runtime: 'Node 24.0.0' },
    vitals: () => ({ eventLoopDelayMs, memoryMb: 0 }),
  };
}

/** The outcome of one check by itself. */
export async function ask(id: string, given: Given) {
  const scene = sceneOf(given);
  const all = [
    ...kubernetesChecks(scene),
    ...operatorChecks(scene),
    ...brokerChecks(scene),
    ...meshsyncChecks(scene),
  ];
  const found = all.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no check ${id}`);
  return found.run(SIGNAL);
}

/** An API server that is reached by these steps, and by no others. */
export function reachedBy(way: Partial<WayProbe>): ClusterApi {
  const api: ClusterApi = new FakeCluster();
  const never = { proxy: undefined, resolve: refuse, askProxy: refuse, dial: refuse, shakeHands: refuse };
  return Object.assign(api, { way: { ...never, ...way } });
}
