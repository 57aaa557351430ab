/** One page of a list, after the item whose id is the cursor; from the beginning when that one is gone. */
export function pageOf<T extends { readonly id: string }>(
  items: readonly T[],
  page: { readonly cursor?: string | undefined; readonly limit: number },
): { items: T[]; nextCursor?: string } {
  const from = page.cursor === undefined ? 0 : items.findIndex((item) => item.id === page.cursor) + 1;
  const shown = items.slice(from, from + page.limit);
  const last = shown.at(-1);
  return {
    items: shown,
    ...(last !== undefined && from + shown.length < items.length ? { nextCursor: last.id } : {}),
  };
}
