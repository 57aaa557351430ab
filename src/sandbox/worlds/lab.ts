import type { PlacedFault } from './faults/index.ts';
import { connection, type ConnectionPlan, type World } from './plan.ts';

/** The name of the connection that a fault is shown on. */
export const LAB_CONNECTION = 'lab';

/** What a fault is injected into: a healthy connection with everything installed, unless it says otherwise. */
export function startOf(fault: PlacedFault): ConnectionPlan {
  return fault.startsFrom ?? connection(LAB_CONNECTION);
}

export function labWorldName(fault: { readonly name: string }): string {
  return `fault-${fault.name}`;
}

/** The world of one connection where a fault is there from the start: the way from a finding to seeing it. */
export function labWorld(fault: PlacedFault): World {
  const start = startOf(fault);
  return {
    name: labWorldName(fault),
    title: fault.title,
    story: fault.story,
    connections: [
      fault.strikesLater === true
        ? { ...start, strikes: [fault.name] }
        : { ...start, faults: [...start.faults, fault.name] },
    ],
  };
}
