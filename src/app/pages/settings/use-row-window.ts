import { type RefObject, useSyncExternalStore } from 'react';
import { type RowWindow, windowOf } from './windowing.ts';

function subscribe(listener: () => void): () => void {
  window.addEventListener('scroll', listener, { passive: true });
  window.addEventListener('resize', listener);
  return () => {
    window.removeEventListener('scroll', listener);
    window.removeEventListener('resize', listener);
  };
}

/** Follows the scrolling of the page; draws again only when other rows come into the window. */
export function useRowWindow(list: RefObject<HTMLElement | null>, offsets: readonly number[]): RowWindow {
  // As text, since what is watched is compared by value: most scroll events change nothing.
  const rows = useSyncExternalStore(subscribe, () => {
    const top = -(list.current?.getBoundingClientRect().top ?? 0);
    const { start, end } = windowOf(offsets, top, top + window.innerHeight);
    return `${start} ${end}`;
  });
  const [start = 0, end = 0] = rows.split(' ').map(Number);
  return { start, end };
}
