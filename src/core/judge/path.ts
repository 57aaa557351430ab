import { type Hop, HOPS } from '../../api/shapes.ts';
import { ageMs, isDataFresh, isLinkUp, type Scene } from './scene.ts';
import type { StatesByController } from './states.ts';

const JUST_ARRIVED_MS = 10_000;

/** Data may still look fresh when the path is known to be broken before it; only what has just arrived counts then. */
export function isArriving(scene: Scene, isBehindBreak: boolean): boolean {
  if (!isLinkUp(scene) || !isDataFresh(scene)) return false;
  return !isBehindBreak || ageMs(scene, scene.link.lastMessageAt) <= JUST_ARRIVED_MS;
}

/** Whether data passes on from a hop; undefined where it cannot be told without stopping the look beyond. */
export function passes(scene: Scene, hop: Hop, states: StatesByController): boolean | undefined {
  switch (hop) {
    case 'kubernetes':
      return (
        scene.evidence.api.status === 'seen' && (scene.workloads !== undefined || scene.pods !== undefined)
      );
    case 'operator':
      if (states.operator.state === 'UNKNOWN') return undefined;
      return states.operator.isGood || states.meshsync.isGood || states.meshsync.state === 'RUNNING';
    case 'meshsync':
      return states.meshsync.isGood ? true : states.meshsync.isSure ? false : undefined;
    case 'broker':
      return states.broker.isGood || isLinkUp(scene);
    case 'server':
      return isLinkUp(scene) && isDataFresh(scene);
    case 'database':
      return true;
  }
}

/** True for a hop that data is known not to reach, because it stops at one before. */
export function isBehindBreak(scene: Scene, hop: Hop, states: StatesByController): boolean {
  return HOPS.slice(0, HOPS.indexOf(hop)).some((before) => passes(scene, before, states) === false);
}
