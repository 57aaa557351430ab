import { durationWords } from '../data/duration.ts';

/** `as of 2 s ago · next in 1 s`; below two seconds a countdown would only flicker. */
export function freshnessWords(ageMs: number, intervalMs: number, isPaused: boolean): string {
  const age = ageMs < 1_500 ? 'as of now' : `as of ${durationWords(ageMs)} ago`;
  if (isPaused) return `paused · ${age}`;
  if (intervalMs < 2_000) return `${age} · every ${intervalMs / 1_000} s`;
  return `${age} · next in ${durationWords(Math.max(0, intervalMs - ageMs))}`;
}
