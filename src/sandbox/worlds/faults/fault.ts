import type { SandboxFault } from '../../../api/sandbox.ts';
import type { Failure } from '../../../api/evidence.ts';
import type { FindingCode } from '../../../core/judge/catalogue.ts';
import type { SimulatedCluster } from '../../cluster.ts';
import type { Kubelet } from '../../controllers/kubelet.ts';
import type { ConnectionPlan } from '../plan.ts';

/** The entry of a kubeconfig that leads to a simulated cluster, as far as faults change it. It is read anew every 30 s. */
export interface KubeconfigEntry {
  /** Why it cannot be used: then nothing is even tried. */
  problem: Failure | undefined;
  /** Changes with the credentials of its user. */
  credentialsMark: string;
  isTlsVerified: boolean;
  /** Host and port of its proxy-url. */
  proxy: string | undefined;
}

/** A running connection of a simulated world, with every door a fault may need. */
export interface Place {
  readonly plan: ConnectionPlan;
  readonly cluster: SimulatedCluster;
  readonly kubelet: Kubelet;
  readonly kubeconfig: KubeconfigEntry;
  /** Another whole cluster on the same network that no kubeconfig knows; started when first asked for. */
  neighbour(): Place;
}

/** Something that can be broken in a running place, and mended again. */
export interface Fault extends Pick<SandboxFault, 'name' | 'title' | 'story'> {
  /** The findings that appear within minutes of simulated time after it was injected into its start. */
  readonly shows: readonly FindingCode[];
  /** The root cause that is named for it, where that is none of these. */
  readonly root?: FindingCode;
  /** Where it needs another start than a healthy installed place (`connection('lab')`). */
  readonly startsFrom?: ConnectionPlan;
  /** It is of use only where everything had worked before: in the world of its own it strikes soon after one entered it. */
  readonly strikesLater?: true;
  /** Why its findings stay after the repair, where they do. */
  readonly isPermanent?: string;
  inject(place: Place): void;
  repair(place: Place): void;
}
