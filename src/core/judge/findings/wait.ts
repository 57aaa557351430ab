import type { Hop } from '../../../api/shapes.ts';
import { ageWords, timeWords } from '../words.ts';
import { detected, type Detector } from './detector.ts';

/** Tells what a hop waits for, in whole seconds: a sentence that changes ten times a second cannot be read. */
export function waitDetector(hop: Hop, title: string): Detector {
  return (scene, waits) => {
    const wait = waits[hop];
    if (wait === undefined || wait.isSecondHand === true) return undefined;
    const { what, source, sinceMs } = wait;
    const age = ageWords(Math.floor(Math.max(0, scene.nowMs - sinceMs) / 1000) * 1000);
    return detected(source, `waited for since ${timeWords(new Date(sinceMs).toISOString())}: ${what}`, {
      summary: `${title}: waiting for ${what}, ${age} so far.`,
    });
  };
}
