import type { SandboxFault } from '../../../api/sandbox.ts';
import { HOP_NAMES } from '../connection/words.ts';

export interface FaultGroup {
  readonly hop: string;
  readonly title: string;
  readonly faults: readonly SandboxFault[];
}

/** The faults that have every word of a search in their title, story or codes, by the hop they are made at. */
export function faultsByHop(faults: readonly SandboxFault[], search: string): FaultGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const isSought = ({ title, story, shows }: SandboxFault) => {
    const text = [title, story, ...shows].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const sought = faults.filter(isSought);
  return Object.entries(HOP_NAMES)
    .map(([hop, title]) => ({ hop, title, faults: sought.filter((fault) => fault.hop === hop) }))
    .filter((group) => group.faults.length > 0);
}
