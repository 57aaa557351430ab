import { type RefObject, useSyncExternalStore } from 'react';

/** Rows drawn above and below what is seen, so that a fast scroll meets no gap. */
const OVERSCAN = 12;

export interface RowWindow {
  readonly start: number;
  /** One past the last. */
  readonly end: number;
}

/** The rows of one height that lie between `top` and `bottom`, in px from the first row, and a few around them. */
export function rowsBetween(count: number, rowPx: number, top: number, bottom: number): RowWindow {
  const first = Math.floor(Math.max(0, top) / rowPx);
  const last = Math.ceil(Math.max(0, bottom) / rowPx);
  return {
    start: Math.max(0, Math.min(first, count) - OVERSCAN),
    end: Math.max(0, Math.min(count, last + OVERSCAN)),
  };
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('scroll', listener, { passive: true });
  window.addEventListener('resize', listener);
  return () => {
    window.removeEventListener('scroll', listener);
    window.removeEventListener('resize', listener);
  };
}

/** Follows the scrolling of the page; draws again only when other rows come into the window. */
export function useRowsInView(list: RefObject<HTMLElement | null>, count: number, rowPx: number): RowWindow {
  // As text, since what is watched is compared by value. In steps, so that most scroll events change nothing.
  const rows = useSyncExternalStore(subscribe, () => {
    const top = -(list.current?.getBoundingClientRect().top ?? 0);
    const step = (OVERSCAN / 2) * rowPx;
    const from = Math.floor(top / step) * step;
    const { start, end } = rowsBetween(count, rowPx, from, from + window.innerHeight + step);
    return `${start} ${end}`;
  });
  const [start = 0, end = 0] = rows.split(' ').map(Number);
  return { start, end };
}
