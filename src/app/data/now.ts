import { createContext, useContext, useSyncExternalStore } from 'react';

/** One timer for every age on the page; it runs only while something that ages is shown. */
const TICK_MS = 1_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let nowMs = Date.now();
let serverAheadMs = 0;

/** A moment that stands for now: what lies below shows a time gone by, as it was then. */
export const FrozenNow = createContext<number | undefined>(undefined);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const one of listeners) one();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function read(): number {
  if (timer === undefined) nowMs = Date.now();
  return nowMs + serverAheadMs;
}

/** Tells how the server's clock differs from this machine's, so that ages of the server's times are right. */
export function setServerClock(serverNowAt: string, receivedMs: number): void {
  const aheadMs = Date.parse(serverNowAt) - receivedMs;
  // A reply takes time too; below this the difference is that.
  serverAheadMs = Math.abs(aheadMs) < 2_000 ? 0 : aheadMs;
}

/** Something told from the time; the component is drawn again only when what is told changes. */
export function useFromNow<T extends string | number | boolean>(tell: (nowMs: number) => T): T {
  const frozenMs = useContext(FrozenNow);
  return useSyncExternalStore(frozenMs === undefined ? subscribe : neverMoves, () =>
    tell(frozenMs ?? read()),
  );
}

function neverMoves(): () => void {
  return () => undefined;
}
