import type { KubeObject } from '../../services/ports.ts';
import type { SimulatedCluster } from '../cluster.ts';
import { stringAt } from '../kube/json.ts';
import { DEPLOYMENTS, SERVICES, STATEFUL_SETS } from '../kube/kinds.ts';
import type { Change } from '../kube/store.ts';
import { containerOf } from './broker-program.ts';
import type { Flavour } from './flavour.ts';
import { flavourOf } from './flavour.ts';
import { forgetJournal, note } from './journal.ts';
import { electLeader, type LeaderElection } from './leader-election.ts';
import type { Program } from './kubelet.ts';
import { cleanUpBroker, reconcileBroker } from './operator-broker.ts';
import { cleanUpMeshsync, reconcileMeshsync } from './operator-meshsync.ts';

const RECONCILE_MS = 150;
const RETRY_MS = 5000;

/** Runs the Operator in every ready pod whose container `manager` has an Operator’s image. */
export function createOperatorProgram(cluster: SimulatedCluster): Program {
  const running = new Map<string, OperatorProcess>();
  cluster.onClose(
    cluster.store.listen((change) => {
      for (const process of running.values()) process.observe(change);
    }),
  );
  return {
    started: (pod) => {
      const flavour = flavourOf(stringAt(containerOf(pod, 'manager'), 'image') ?? '');
      if (flavour === undefined) return;
      const process = createOperatorProcess(cluster, flavour, pod);
      running.set(pod.metadata.uid ?? '', process);
      process.start();
    },
    stopped: (pod) => {
      running.get(pod.metadata.uid ?? '')?.stop();
      running.delete(pod.metadata.uid ?? '');
      forgetJournal(cluster, pod);
    },
  };
}

interface OperatorProcess {
  observe(change: Change): void;
  /** Works as soon as it leads. */
  start(): void;
  stop(): void;
}

function createOperatorProcess(
  cluster: SimulatedCluster,
  flavour: Flavour,
  pod: KubeObject,
): OperatorProcess {
  let isStopped = false;
  /** Operators before 1.0 keep their lock in a ConfigMap; that one is not simulated, and they always lead. */
  let election: LeaderElection | undefined;
  const isLeading = () => !flavour.isModern || election?.isLeading() === true;
  const queued = new Set<string>();
  const brokerKeys = flavour.groups.map((group) => `${group}/brokers`);
  const meshsyncKeys = flavour.groups.map((group) => `${group}/meshsyncs`);
  /** What was applied last for each resource: an Operator leaves alone what it has no reason to touch. */
  const applied = new Map<string, string>();

  const reconcile = (key: string, object: KubeObject) => {
    const id = idOf(key, object);
    if (queued.has(id)) return;
    queued.add(id);
    cluster.after(RECONCILE_MS, () => {
      queued.delete(id);
      const current = cluster.store.get(key, object.metadata.namespace, object.metadata.name);
      // Who begins to lead looks at everything, so nothing has to be kept for it.
      if (isStopped || current === undefined || !isLeading()) return;
      if (cluster.condition.isOperatorHung) {
        again(key, current);
        return;
      }
      const retry = (why: string) => {
        const controller = current.kind?.toLowerCase() ?? '';
        note(
          cluster,
          pod,
          `ERROR Reconciler error {"controller": "${controller}", "error": ${JSON.stringify(why)}}`,
        );
        again(key, current);
      };
      const subject = { cluster, flavour, key, resource: current, applied, retry };
      if (brokerKeys.includes(key)) reconcileBroker(subject);
      else reconcileMeshsync(subject, brokerKeys);
    });
  };

  const failing = new Set<string>();
  const again = (key: string, object: KubeObject) => {
    const id = idOf(key, object);
    if (failing.has(id)) return;
    failing.add(id);
    cluster.after(RETRY_MS, () => {
      failing.delete(id);
      if (!isStopped) reconcile(key, object);
    });
  };

  const reconcileAll = () => {
    for (const key of [...brokerKeys, ...meshsyncKeys]) {
      for (const object of cluster.store.all(key)) reconcile(key, object);
    }
  };

  return {
    start: () => {
      const name = `${flavour.family}-operator-leader.${flavour.groups[0] ?? ''}`;
      if (flavour.isModern) election = electLeader(cluster, pod, name, reconcileAll);
      else reconcileAll();
    },
    stop: () => {
      isStopped = true;
      election?.stop();
    },
    observe: ({ key, type, object }) => {
      const isBroker = brokerKeys.includes(key);
      const isMeshsync = meshsyncKeys.includes(key);
      if (isBroker || isMeshsync) {
        if (type !== 'DELETED') reconcile(key, object);
        else if (!flavour.isModern) {
          // The old Operator owns nothing: it notices that its resource is gone and deletes each object by name.
          const subject = { cluster, flavour, key, resource: object, applied, retry: () => undefined };
          if (isBroker) cleanUpBroker(subject);
          else cleanUpMeshsync(subject);
        }
        // A Broker that changed may have another address.
        if (isBroker) reconcileKind(meshsyncKeys);
      } else if (key === STATEFUL_SETS || key === SERVICES) {
        if (type === 'DELETED') applied.clear();
        if (object.metadata.namespace !== undefined) reconcileKind(brokerKeys, object.metadata.namespace);
      } else if (key === DEPLOYMENTS) {
        if (type === 'DELETED') applied.clear();
        if (object.metadata.namespace !== undefined) reconcileKind(meshsyncKeys, object.metadata.namespace);
      }
    },
  };

  function reconcileKind(keys: readonly string[], namespace?: string): void {
    for (const key of keys) for (const object of cluster.store.all(key, namespace)) reconcile(key, object);
  }
}

function idOf(key: string, { metadata }: KubeObject): string {
  return `${key}|${metadata.namespace ?? ''}|${metadata.name}`;
}
