import type { Permission } from '../../api/evidence.ts';

/** An age as a person says it: `0.2 s`, `4 s`, `3 min`, `2 h`, `12 d`. Milliseconds in; below zero counts as zero. */
export function ageWords(ageMs: number): string {
  const seconds = Math.max(0, ageMs) / 1000;
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = seconds / 60;
  if (minutes < 90) return `${Math.round(minutes)} min`;
  const hours = minutes / 60;
  if (hours < 48) return `${Math.round(hours)} h`;
  return `${Math.round(hours / 24)} d`;
}

/** A rate as a person says it: `48 msg/s`, `0.2 msg/s`. */
export function rateWords(ratePerSecond: number): string {
  const shown = ratePerSecond >= 10 ? Math.round(ratePerSecond) : Math.round(ratePerSecond * 10) / 10;
  return `${shown} msg/s`;
}

/** `1 pod`, `3 pods`. */
export function countWords(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** `list deployments.apps in meshplay`. */
export function permissionWords(permission: Permission): string {
  const resource =
    permission.group === '' ? permission.resource : `${permission.resource}.${permission.group}`;
  const name = permission.name === undefined ? '' : ` ${permission.name}`;
  return `${permission.verb} ${resource}${name}${permission.namespace === undefined ? '' : ` in ${permission.namespace}`}`;
}

/** A time of the contract as a person reads it, to the second: `2026-06-15 09:00:12 UTC`. */
export function timeWords(at: string): string {
  return `${at.slice(0, 19).replace('T', ' ')} UTC`;
}
