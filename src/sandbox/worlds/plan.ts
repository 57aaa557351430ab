import type { ClusterTraits, SimulatedCluster } from '../cluster.ts';
import type { Installation } from '../controllers/install.ts';
import { MESHERY, MESHPLAY } from '../controllers/install.ts';
import type { FindingCode } from '../../core/judge/catalogue.ts';
import type { Denial } from '../kube/access.ts';

/** One connection of a simulated world. */
export interface ConnectionPlan {
  readonly traits: ClusterTraits;
  readonly size: 'usual' | 'small';
  readonly installations: readonly Installation[];
  /** How long ago it was installed. */
  readonly ageMs: number;
  /** Faults that are there from the start, by name. */
  readonly faults: readonly string[];
  /** Faults that strike soon after the world was entered, by name. */
  readonly strikes?: readonly string[];
  readonly denials: readonly Denial[];
  /** This server listened to it all the time before, and knows which pauses are usual. */
  readonly wasHeard?: boolean;
  /** What happens when the world starts: a rollout in progress, for instance. */
  readonly start?: ((cluster: SimulatedCluster) => void) | undefined;
}

/** A simulated world: a story, and the connections that tell it. */
export interface World {
  readonly name: string;
  readonly title: string;
  readonly story: string;
  readonly connections: readonly ConnectionPlan[];
  /** Findings that it shows and no fault does. */
  readonly shows?: readonly FindingCode[];
}

const DAY_MS = 86_400_000;

/** A connection where everything is well, with what is given changed. */
export function connection(
  name: string,
  changes: {
    traits?: Partial<ClusterTraits>;
    family?: 'meshplay' | 'meshery' | 'both' | 'none';
    installation?: Partial<Installation>;
    faults?: readonly string[];
    denials?: readonly Denial[];
    ageMs?: number;
    size?: 'usual' | 'small';
    wasHeard?: boolean;
    start?: (cluster: SimulatedCluster) => void;
  } = {},
): ConnectionPlan {
  const family = changes.family ?? 'meshplay';
  const families = { meshplay: [MESHPLAY], meshery: [MESHERY], both: [MESHPLAY, MESHERY], none: [] }[family];
  return {
    traits: {
      name,
      server: `https://${name}.example:6443`,
      version: 'v1.34.1',
      latencyMs: 4,
      loadBalancer: 'assigns',
      changesPerSecond: 6,
      ...changes.traits,
    },
    size: changes.size ?? 'usual',
    installations: families.map((installation) => ({
      ...installation,
      serviceType: 'LoadBalancer' as const,
      ...changes.installation,
    })),
    ageMs: changes.ageMs ?? 12 * DAY_MS,
    faults: changes.faults ?? [],
    denials: changes.denials ?? [],
    wasHeard: changes.wasHeard ?? false,
    start: changes.start,
  };
}

/** The identity may look, and may not open ports through the API server. */
export const NO_PORT_FORWARD: Denial = { verbs: ['create', 'get'], group: '', resource: 'pods/portforward' };
