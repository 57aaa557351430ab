/** Rows drawn above and below what is seen, so that a fast scroll meets no gap. */
const OVERSCAN = 8;

export interface RowWindow {
  readonly start: number;
  /** One past the last. */
  readonly end: number;
}

/** Where each row begins, in px from the top of the list; one more entry than rows, the last being the whole height. */
export function offsetsOf(heights: readonly number[]): readonly number[] {
  const offsets = [0];
  let top = 0;
  for (const height of heights) {
    top += height;
    offsets.push(top);
  }
  return offsets;
}

/** The rows to draw for the part of the list between `top` and `bottom`, in px from its beginning. */
export function windowOf(offsets: readonly number[], top: number, bottom: number): RowWindow {
  const rows = offsets.length - 1;
  const first = Math.min(lastAtOrBefore(offsets, top), rows);
  const last = Math.min(lastAtOrBefore(offsets, bottom), rows);
  return { start: Math.max(0, first - OVERSCAN), end: Math.min(rows, last + 1 + OVERSCAN) };
}

/** Index of the last offset that is not beyond `position`; offsets rise. */
function lastAtOrBefore(offsets: readonly number[], position: number): number {
  let low = 0;
  let high = offsets.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((offsets[middle] ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}
