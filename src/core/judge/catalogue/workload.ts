import type { Controller } from '../../../api/shapes.ts';
import { type CatalogueEntry, press, run } from './entry.ts';

/** `the` completes a sentence; `what` is the name on a button. */
const WORDS: Record<Controller, { readonly what: string; readonly the: string; readonly meaning: string }> = {
  operator: {
    what: 'Operator',
    the: 'the Operator',
    meaning: 'Nothing repairs or updates MeshSync and Broker, and nothing new is deployed.',
  },
  meshsync: {
    what: 'MeshSync',
    the: 'MeshSync',
    meaning: 'Changes of the cluster are not published, so the data here grows old.',
  },
  broker: {
    what: 'Broker',
    the: 'the Broker',
    meaning: 'MeshSync has nowhere to publish to, so no data reaches this server.',
  },
};

const GUIDE_IN_CLUSTER = 'Troubleshooting guide, in-cluster deployment';
const describe = run('Read what Kubernetes says of the pod', 'kubectl describe pod <pod> -n <namespace>');
const readLogs = run(
  'Read what it said before it ended',
  'kubectl logs <pod> -n <namespace> --all-containers --previous',
);

export type WorkloadFault =
  | 'imagePull'
  | 'outOfMemory'
  | 'crashLoop'
  | 'unschedulable'
  | 'configError'
  | 'quota'
  | 'scaledToZero'
  | 'terminating'
  | 'noPod'
  | 'notReady';

/** The faults that a workload of any controller can have, in the words of this one. */
export function workloadEntries(controller: Controller): Readonly<Record<WorkloadFault, CatalogueEntry>> {
  const { what, the, meaning } = WORDS[controller];
  const The = the.charAt(0).toUpperCase() + the.slice(1);
  const redeploy = press('redeploy', `Redeploy ${what}`, [controller]);
  return {
    imagePull: {
      severity: 'critical',
      title: `An image of ${the} cannot be pulled`,
      meaning,
      cause:
        'The image does not exist any more, the registry asks for credentials, or the nodes cannot reach it.',
      confidence: 'certain',
      confirm: 'Pulling the image by hand on a node fails the same way.',
      remedies: [redeploy, describe],
      reference: 'meshery/meshery-operator#769',
    },
    outOfMemory: {
      severity: 'critical',
      title: `${The} is ended for using too much memory`,
      meaning,
      cause: 'Its memory limit is lower than what this cluster makes it need.',
      confidence: 'certain',
      confirm: 'The last state of the container reads OOMKilled.',
      remedies: [
        run('Raise the limit', 'kubectl set resources <kind>/<name> -n <namespace> --limits=memory=1Gi'),
        describe,
      ],
      reference: 'Kubernetes: assign memory resources to containers',
    },
    crashLoop: {
      severity: 'critical',
      title: `${The} starts and ends again and again`,
      meaning,
      cause: 'The program ends with an error soon after it starts; its log says which.',
      confidence: 'likely',
      confirm: 'The log of the container before tells the error.',
      remedies: [readLogs, redeploy],
      reference: GUIDE_IN_CLUSTER,
    },
    unschedulable: {
      severity: 'critical',
      title: `No node takes the pod of ${the}`,
      meaning,
      cause: 'The nodes are full, tainted, or do not match what the pod asks for.',
      confidence: 'certain',
      remedies: [
        describe,
        run(
          'See the taints of the nodes',
          'kubectl get nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints',
        ),
      ],
      reference: 'meshery/meshery#7717',
    },
    configError: {
      severity: 'critical',
      title: `${The} waits for a Secret, ConfigMap or volume that is not there`,
      meaning,
      cause:
        'Something the pod mounts or reads was not created: the certificate of the webhook or the token of the Broker, for instance.',
      confidence: 'likely',
      remedies: [describe, redeploy],
      reference: 'meshery/meshery-operator: config/manifests/default.yaml',
    },
    quota: {
      severity: 'critical',
      title: `The cluster refuses to create the pod of ${the}`,
      meaning,
      cause: 'A quota is used up, or an admission rule rejects the pod.',
      confidence: 'certain',
      remedies: [
        run('Read the reason', 'kubectl describe <kind> <name> -n <namespace>'),
        run('See the quotas', 'kubectl describe quota -n <namespace>'),
      ],
      reference: 'Kubernetes: resource quotas',
    },
    scaledToZero: {
      severity: 'critical',
      title: `${The} is scaled to zero`,
      meaning,
      cause: 'Somebody or something asked for no pod at all.',
      confidence: 'certain',
      remedies: [run('Scale it up', 'kubectl scale <kind>/<name> -n <namespace> --replicas=1'), redeploy],
      reference: GUIDE_IN_CLUSTER,
    },
    terminating: {
      severity: 'critical',
      title: `The pod of ${the} does not finish terminating`,
      meaning,
      cause: 'Its node does not answer, or the program ignores the signal to end.',
      confidence: 'likely',
      remedies: [
        run('See whether its node is well', 'kubectl get pod <pod> -n <namespace> -o wide'),
        describe,
      ],
      reference: 'Kubernetes: termination of pods',
    },
    noPod: {
      severity: 'critical',
      title: `${The} has no pod`,
      meaning,
      cause:
        'The pod was removed and was not created again: the controller manager of the cluster does not act, or is slow.',
      confidence: 'possible',
      remedies: [run('Read the reason', 'kubectl describe <kind> <name> -n <namespace>'), redeploy],
      reference: GUIDE_IN_CLUSTER,
    },
    notReady: {
      severity: 'critical',
      title: `${The} is not ready`,
      meaning,
      cause: 'The pod runs and does not pass its readiness check, or was never started.',
      confidence: 'possible',
      remedies: [
        run('Read its log', 'kubectl logs <pod> -n <namespace> --all-containers --tail=100'),
        describe,
      ],
      reference: GUIDE_IN_CLUSTER,
      isFallback: true,
    },
  };
}
