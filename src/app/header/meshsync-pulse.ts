import type { Activity } from '../data/queries.ts';
import { durationWords } from '../data/duration.ts';
import type { Tone } from '../theme/tokens.ts';

/** Below this a pause between two messages is not worth saying. */
const SILENCE_MS = 5_000;

export interface Pulse {
  readonly words: string;
  readonly tone: Tone;
  /** Changes only between kinds of state, so a screen reader is not told of every change of the rate. */
  readonly announcement: string;
  readonly isPulsing: boolean;
}

/**
 * What the MeshSync mark shows. It pulses exactly when messages arrived since the poll before, and never from memory:
 * with no answer from the server nothing is claimed.
 */
export function pulseOf(activity: Activity | undefined, hasFailed: boolean, nowMs: number): Pulse {
  if (activity === undefined || hasFailed) {
    return hasFailed
      ? { ...quiet('MeshSync: no answer', 'unknown'), announcement: 'MeshSync: the server does not answer' }
      : quiet('MeshSync: not looked at yet', 'unknown');
  }
  if (activity.connections === 0) return quiet('MeshSync: no cluster yet', 'unknown');
  if (activity.arrived > 0 || activity.ratePerSecond > 0) {
    return {
      words: `MeshSync ${rateWords(activity.ratePerSecond)}`,
      tone: 'changing',
      announcement: 'MeshSync messages arrive',
      isPulsing: activity.arrived > 0,
    };
  }
  if (activity.connected === 0) return quiet('MeshSync not connected', 'attention');
  if (activity.lastMessageAt === undefined) return quiet('MeshSync: no messages yet', 'unknown');
  const silentMs = nowMs - Date.parse(activity.lastMessageAt);
  if (silentMs < SILENCE_MS) return quiet('MeshSync 0 messages/s', 'unknown');
  return {
    // No fault by itself: whether it is unusual for a cluster its card says, which knows the usual pauses.
    ...quiet(`MeshSync: silent for ${durationWords(silentMs)}`, 'unknown'),
    announcement: 'MeshSync: no messages arrive',
  };
}

/** A rate people can read at a glance: one decimal below ten, none above. */
export function rateWords(perSecond: number): string {
  const rate =
    perSecond > 0 && perSecond < 10 ? Math.max(0.1, Math.round(perSecond * 10) / 10) : Math.round(perSecond);
  return `${rate.toLocaleString('en')} messages/s`;
}

function quiet(words: string, tone: Tone): Pulse {
  return { words, tone, announcement: words, isPulsing: false };
}
