import type { KubeObject } from '../../services/ports.ts';
import type { SimulatedCluster } from '../cluster.ts';

/** What the program in a pod wrote to its log beside what every one of its kind writes. */
export type Journal = Map<string, string[]>;

const LINES_KEPT = 100;

/** Writes a line to the log of a pod; one that only repeats the line before it is left out. */
export function note({ journal }: SimulatedCluster, pod: KubeObject, line: string): void {
  const uid = pod.metadata.uid ?? '';
  const lines = journal.get(uid) ?? [];
  if (lines.at(-1) === line) return;
  journal.set(uid, [...lines.slice(1 - LINES_KEPT), line]);
}

/** The log goes with its pod. */
export function forgetJournal({ journal }: SimulatedCluster, pod: KubeObject): void {
  journal.delete(pod.metadata.uid ?? '');
}
